// Marks of a rewind: written, and read back.

#include "tools/inspect/dlq/read_again_mark.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace exactmean {
namespace {

// Of a mark: some 200 kB, which every topic takes.
constexpr size_t kMostRanges = 5000;

}  // namespace

std::vector<OwnedRecord> MarksOf(const ReadAgain& again) {
  std::vector<OwnedRecord> marks;
  for (size_t at = 0; at < again.offsets.size(); at += kMostRanges) {
    OwnedRecord mark;
    mark.value =
        RangesText(absl::MakeSpan(again.offsets).subspan(at, kMostRanges));
    mark.headers = {{std::string(kReadAgainHeader), again.application},
                    {std::string(kReadTopicHeader), again.topic}};
    mark.timestamp_ms = 0;  // the time of now
    marks.push_back(std::move(mark));
  }
  return marks;
}

absl::StatusOr<absl::optional<ReadAgain>> ParseReadAgain(
    const OwnedRecord& record) {
  if (record.key.has_value() || record.headers.size() != 2 ||
      record.headers[0].name != kReadAgainHeader ||
      record.headers[1].name != kReadTopicHeader) {
    return absl::optional<ReadAgain>();
  }
  const std::string value = record.value.value_or("");
  auto offsets = ParseRanges(value);
  if (!offsets.has_value()) {
    return absl::DataLossError(
        absl::StrCat("a mark of what a rewind reads again cannot be read: \"",
                     value.substr(0, 100), "\""));
  }
  ReadAgain again;
  again.application = record.headers[0].value.value_or("");
  again.topic = record.headers[1].value.value_or("");
  again.offsets = *std::move(offsets);
  return absl::optional<ReadAgain>(std::move(again));
}

}  // namespace exactmean
