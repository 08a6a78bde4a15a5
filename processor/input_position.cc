// Reads and writes positions.

#include "processor/input_position.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace exactmean {
namespace {

absl::StatusOr<std::map<Partition, Offset>> ParseOffsets(
    absl::string_view text) {
  std::map<Partition, Offset> offsets;
  for (const absl::string_view item : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(item, ':');
    int32_t partition = 0;
    int64_t offset = 0;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &partition) ||
        !absl::SimpleAtoi(parts[1], &offset) || partition < 0 || offset < 0) {
      return absl::InvalidArgumentError(
          "offsets are written as 0:1200,1:1187 (partition:offset)");
    }
    if (!offsets.emplace(Partition(partition), Offset(offset)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("partition ", partition, " is named twice"));
    }
  }
  return offsets;
}

}  // namespace

InputPosition InputPosition::Of(Kind kind) {
  InputPosition position;
  position.kind = kind;
  return position;
}

InputPosition InputPosition::At(absl::Time time) {
  InputPosition position = Of(Kind::kTime);
  position.time = time;
  return position;
}

InputPosition InputPosition::At(std::map<Partition, Offset> offsets) {
  InputPosition position = Of(Kind::kOffsets);
  position.offsets = std::move(offsets);
  return position;
}

absl::StatusOr<absl::Time> ParsePointInTime(absl::string_view text) {
  absl::Time time;
  std::string why;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &why) ||
      absl::ParseTime("%Y-%m-%d", text, &time, &why)) {
    return time;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(why, "; as 2026-11-21T09:30:00Z or 2026-11-21"));
}

absl::StatusOr<InputPosition> ParseInputPosition(absl::string_view text) {
  if (text == "earliest") return InputPosition::Earliest();
  if (text == "latest") return InputPosition::Latest();
  if (text == "committed") return InputPosition::Committed();
  const auto time = ParsePointInTime(text);
  if (time.ok()) return InputPosition::At(*time);
  // A time has colons, too, but begins with a year and '-'.
  const absl::string_view digits =
      text.substr(0, text.find_first_not_of("0123456789"));
  if (!digits.empty() && text.substr(digits.size(), 1) == ":") {
    auto offsets = ParseOffsets(text);
    if (!offsets.ok()) return offsets.status();
    return InputPosition::At(*std::move(offsets));
  }
  return absl::InvalidArgumentError(
      "must be earliest, latest, committed, a time as 2026-11-21T09:30:00Z or "
      "2026-11-21, or offsets as 0:1200,1:1187 (partition:offset)");
}

std::string ToString(const InputPosition& position) {
  switch (position.kind) {
    case InputPosition::Kind::kEarliest:
      return "earliest";
    case InputPosition::Kind::kLatest:
      return "latest";
    case InputPosition::Kind::kCommitted:
      return "committed";
    case InputPosition::Kind::kTime:
      return absl::FormatTime(absl::RFC3339_full, position.time,
                              absl::UTCTimeZone());
    case InputPosition::Kind::kOffsets:
      break;
  }
  return absl::StrJoin(
      position.offsets, ",", [](std::string* out, const auto& entry) {
        absl::StrAppend(out, entry.first.value(), ":", entry.second.value());
      });
}

}  // namespace exactmean
