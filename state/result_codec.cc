// Encoding and decoding of results records.

#include "state/result_codec.h"

#include "absl/strings/str_cat.h"
#include "state/packed_samples.h"
#include "state/types.h"

namespace exactmean {
namespace {

template <typename Message>
absl::Status Parse(absl::string_view bytes, absl::string_view name,
                   uint32_t newest, Message* to) {
  if (!to->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(absl::StrCat("not a ", name, ": ", bytes.size(),
                                            " bytes that are no such message"));
  }
  if (to->format() == 0 || to->format() > newest) {
    return absl::DataLossError(absl::StrCat(
        name, " of format ", to->format(), "; this version reads format ",
        newest == 1 ? "1" : absl::StrCat("1 to ", newest),
        " alone. Run the version of exactmean that wrote it"));
  }
  return absl::OkStatus();
}

// Snapshots and segments.
template <typename Message>
absl::Status DecodePacked(absl::string_view bytes, absl::string_view name,
                          uint32_t plain, Message* to) {
  absl::Status status = Parse(bytes, name, kPackedFormat, to);
  if (!status.ok()) return status;
  if ((to->has_samples() && !UnpackSamples(to->mutable_samples())) ||
      (to->has_timed() && !UnpackSamples(to->mutable_timed()))) {
    return absl::DataLossError(
        absl::StrCat("corrupt ", name, ": packed samples out of range"));
  }
  to->set_format(plain);
  return absl::OkStatus();
}

template <typename Message>
void Pack(Message* message) {
  const bool samples =
      message->has_samples() && PackSamples(message->mutable_samples());
  const bool timed =
      message->has_timed() && PackSamples(message->mutable_timed());
  if (samples || timed) message->set_format(kPackedFormat);
}

void Append(const google::protobuf::MessageLite& message, std::string* out) {
  const size_t size = message.ByteSizeLong();
  const size_t before = out->size();
  out->resize(before + size);
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(&(*out)[before]));
}

}  // namespace

std::string EncodeResult(const google::protobuf::MessageLite& message) {
  std::string out;
  Append(message, &out);
  return out;
}

std::string EncodeResult(results::Snapshot message) {
  std::string out;
  AppendResult(&message, &out);
  return out;
}

std::string EncodeResult(results::Segment message) {
  Pack(&message);
  std::string out;
  Append(message, &out);
  return out;
}

bool IsEncoding(absl::string_view bytes, const results::Snapshot& message) {
  if (EncodeResult(message) == bytes) return true;
  std::string plain;
  Append(message, &plain);
  return plain == bytes;
}

void AppendResult(results::Snapshot* message, std::string* out) {
  Pack(message);
  Append(*message, out);
}

absl::Status DecodeSnapshot(absl::string_view bytes, results::Snapshot* to) {
  absl::Status status = DecodePacked(bytes, "snapshot", kSnapshotFormat, to);
  if (status.ok() && !IsLastOffset(Offset(to->last_offset()))) {
    status = absl::DataLossError(
        absl::StrCat("corrupt snapshot: ", to->last_offset(),
                     " is the offset of no record"));
  }
  return status;
}

absl::Status DecodeSegment(absl::string_view bytes, results::Segment* to) {
  return DecodePacked(bytes, "segment", kSegmentFormat, to);
}

absl::Status DecodeCheckpoint(absl::string_view bytes,
                              results::Checkpoint* to) {
  return Parse(bytes, "checkpoint", kCheckpointFormat, to);
}

}  // namespace exactmean
