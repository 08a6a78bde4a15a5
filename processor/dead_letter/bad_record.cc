// BadRecordKind as a payload of absl::Status.

#include "processor/dead_letter/bad_record.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"

namespace exactmean {
namespace {

constexpr absl::string_view kPayload = "exactmean/bad-record";

constexpr BadRecordKind kKinds[] = {
    BadRecordKind::kNoKey,       BadRecordKind::kKeyTooLong,
    BadRecordKind::kReservedKey, BadRecordKind::kUndecodable,
    BadRecordKind::kOutOfRange,  BadRecordKind::kRefused,
    BadRecordKind::kGivenUp};

}  // namespace

absl::string_view ToString(BadRecordKind kind) {
  switch (kind) {
    case BadRecordKind::kNoKey:
      return "no-key";
    case BadRecordKind::kKeyTooLong:
      return "key-too-long";
    case BadRecordKind::kReservedKey:
      return "reserved-key";
    case BadRecordKind::kUndecodable:
      return "undecodable";
    case BadRecordKind::kOutOfRange:
      return "out-of-range";
    case BadRecordKind::kRefused:
      return "refused";
    case BadRecordKind::kGivenUp:
      return "given-up";
  }
  return "";
}

absl::Status BadRecord(BadRecordKind kind, absl::string_view why) {
  absl::Status status = absl::InvalidArgumentError(why);
  status.SetPayload(kPayload, absl::Cord(ToString(kind)));
  return status;
}

BadRecordKind KindOf(const absl::Status& bad) {
  const absl::optional<absl::Cord> payload = bad.GetPayload(kPayload);
  if (!payload.has_value()) return BadRecordKind::kUndecodable;
  const std::string name(*payload);
  for (const BadRecordKind kind : kKinds) {
    if (name == ToString(kind)) return kind;
  }
  return BadRecordKind::kUndecodable;
}

}  // namespace exactmean
