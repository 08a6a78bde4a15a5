// SnapshotHead: walks over the fields; decodes what was written by another
// encoder.

#include "tools/inspect/records/snapshot_head.h"

#include <cstdint>
#include <limits>

#include "absl/types/optional.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "proto/result.pb.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr uint32_t kFormatTag = results::Snapshot::kFormatFieldNumber << 3;

bool SkipValue(CodedInputStream* in, uint32_t tag) {
  uint64_t number = 0;
  uint32_t size = 0;
  switch (WireFormatLite::GetTagWireType(tag)) {
    case WireFormatLite::WIRETYPE_VARINT:
      return in->ReadVarint64(&number);
    case WireFormatLite::WIRETYPE_FIXED64:
      return in->Skip(sizeof(uint64_t));
    case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
      return in->ReadVarint32(&size) &&
             size <= std::numeric_limits<int32_t>::max() &&
             in->Skip(static_cast<int>(size));
    case WireFormatLite::WIRETYPE_FIXED32:
      return in->Skip(sizeof(uint32_t));
    default:
      return false;
  }
}

// The bytes before the first field behind the averages; nullopt unless the
// format comes first, then the averages, then the others.
absl::optional<size_t> HeadSize(absl::string_view snapshot) {
  const int size = static_cast<int>(snapshot.size());
  CodedInputStream in(reinterpret_cast<const uint8_t*>(snapshot.data()), size);
  uint64_t format = 0;
  if (in.ReadTag() != kFormatTag || !in.ReadVarint64(&format) || format == 0 ||
      format > kPackedFormat) {
    return absl::nullopt;
  }
  absl::optional<size_t> head;
  while (in.CurrentPosition() < size) {
    const auto at = static_cast<size_t>(in.CurrentPosition());
    const uint32_t tag = in.ReadTag();
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (field == 0 || !SkipValue(&in, tag)) return absl::nullopt;
    const bool behind = field > results::Snapshot::kAveragesFieldNumber;
    if (behind && !head.has_value()) head = at;
    if (!behind && head.has_value()) return absl::nullopt;
  }
  return head.value_or(snapshot.size());
}

}  // namespace

absl::StatusOr<absl::string_view> SnapshotHead::Of(absl::string_view snapshot) {
  const absl::optional<size_t> size = HeadSize(snapshot);
  if (size.has_value()) return snapshot.substr(0, *size);
  results::Snapshot decoded;
  const absl::Status status = DecodeSnapshot(snapshot, &decoded);
  if (!status.ok()) return status;
  decoded.clear_samples();
  decoded.clear_timed();
  decoded.clear_panes();
  decoded.clear_decayed();
  decoded.clear_cumulative();
  rewritten_ = EncodeResult(decoded);
  return absl::string_view(rewritten_);
}

}  // namespace exactmean
