// Encoding and decoding of results records.

#include "state/result_codec.h"

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

template <typename Message>
absl::Status Decode(absl::string_view bytes, absl::string_view name,
                    uint32_t known, Message* to) {
  if (!to->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(absl::StrCat("not a ", name, ": ", bytes.size(),
                                            " bytes that are no such message"));
  }
  if (to->format() != known) {
    return absl::DataLossError(absl::StrCat(
        name, " of format ", to->format(), "; this version reads format ",
        known, " alone. Run the version of exactmean that wrote it"));
  }
  return absl::OkStatus();
}

}  // namespace

void AppendResult(const google::protobuf::MessageLite& message,
                  std::string* out) {
  const size_t size = message.ByteSizeLong();
  const size_t before = out->size();
  out->resize(before + size);
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(&(*out)[before]));
}

std::string EncodeResult(const google::protobuf::MessageLite& message) {
  std::string out;
  AppendResult(message, &out);
  return out;
}

absl::Status DecodeSnapshot(absl::string_view bytes, results::Snapshot* to) {
  return Decode(bytes, "snapshot", kSnapshotFormat, to);
}

absl::Status DecodeSegment(absl::string_view bytes, results::Segment* to) {
  return Decode(bytes, "segment", kSegmentFormat, to);
}

absl::Status DecodeCheckpoint(absl::string_view bytes,
                              results::Checkpoint* to) {
  return Decode(bytes, "checkpoint", kCheckpointFormat, to);
}

}  // namespace exactmean
