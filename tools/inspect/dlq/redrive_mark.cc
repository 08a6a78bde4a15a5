// Ranges of offsets as text.

#include "tools/inspect/dlq/redrive_mark.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace exactmean {
namespace {

// A mark is of one transaction, which has far fewer.
constexpr int64_t kMostInARange = 1000000;

absl::Status Unreadable(absl::string_view value) {
  return absl::DataLossError(
      absl::StrCat("a mark of what was redriven cannot be read: \"",
                   value.substr(0, 100), "\""));
}

}  // namespace

OwnedRecord MarkOf(const std::vector<Offset>& redriven) {
  std::string value;
  for (size_t first = 0; first < redriven.size();) {
    size_t last = first;
    while (last + 1 < redriven.size() &&
           redriven[last + 1] == Next(redriven[last])) {
      ++last;
    }
    absl::StrAppend(&value, value.empty() ? "" : ",", redriven[first].value());
    if (last > first) absl::StrAppend(&value, "-", redriven[last].value());
    first = last + 1;
  }
  OwnedRecord mark;
  mark.value = value;
  mark.headers = {{std::string(kRedrivenHeader), "1"}};
  mark.timestamp_ms = 0;  // the time of now
  return mark;
}

absl::StatusOr<absl::optional<std::vector<Offset>>> ParseMark(
    const OwnedRecord& record) {
  if (record.key.has_value() || record.headers.size() != 1 ||
      record.headers[0].name != kRedrivenHeader) {
    return absl::optional<std::vector<Offset>>();
  }
  const std::string value = record.value.value_or("");
  std::vector<Offset> offsets;
  for (const absl::string_view range : absl::StrSplit(value, ',')) {
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(range, absl::MaxSplits('-', 1));
    int64_t first = 0, last = 0;
    const bool single = range.find('-') == absl::string_view::npos;
    if (!absl::SimpleAtoi(ends.first, &first) ||
        !absl::SimpleAtoi(single ? ends.first : ends.second, &last) ||
        first < 0 || last < first || last - first > kMostInARange) {
      return Unreadable(value);
    }
    for (int64_t offset = first; offset <= last; ++offset) {
      offsets.push_back(Offset(offset));
    }
  }
  return absl::optional<std::vector<Offset>>(std::move(offsets));
}

}  // namespace exactmean
