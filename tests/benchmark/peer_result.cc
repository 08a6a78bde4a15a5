// Snapshots and the binary form of the other peers.

#include "tests/benchmark/peer_result.h"

#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/benchmark/workload.h"

namespace exactmean {
namespace {

absl::StatusOr<KeyResult> DecodeBinary(absl::string_view value) {
  KeyResult result;
  if (value.size() < 16) return absl::DataLossError("too short");
  std::memcpy(&result.records, value.data(), 8);
  std::memcpy(&result.average, value.data() + 8, 8);
  return result;
}

absl::StatusOr<KeyResult> DecodeOwn(absl::string_view value) {
  results::Snapshot snapshot;
  const absl::Status status = DecodeSnapshot(value, &snapshot);
  if (!status.ok()) return status;
  if (snapshot.averages_size() != 1) {
    return absl::DataLossError("not one average");
  }
  return KeyResult{snapshot.records(), snapshot.averages(0).average()};
}

}  // namespace

absl::optional<PeerFormat> PeerFormatOf(absl::string_view name) {
  if (name == "exactmean") return PeerFormat::kExactmean;
  if (name == "binary") return PeerFormat::kBinary;
  return absl::nullopt;
}

absl::StatusOr<absl::optional<PeerResult>> DecodePeerResult(
    PeerFormat format, const LogRecord& record) {
  const absl::string_view key = record.key.value_or("");
  const bool own = format == PeerFormat::kExactmean;
  if (own && IsReservedKey(key)) return absl::optional<PeerResult>();
  const absl::string_view value = record.value.value_or("");
  const absl::StatusOr<KeyResult> result =
      own ? DecodeOwn(value) : DecodeBinary(value);
  const int64_t number = SensorNumber(key);
  if (number >= 0 && result.ok()) {
    return absl::make_optional(PeerResult{number, *result});
  }
  return absl::DataLossError(absl::StrCat(
      "partition ", record.partition.value(), " offset ", record.offset.value(),
      ": key '", key,
      "': ", result.ok() ? "no such key" : result.status().message()));
}

}  // namespace exactmean
