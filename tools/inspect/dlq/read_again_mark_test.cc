// Marks of a rewind are read back, however much they say.

#include "tools/inspect/dlq/read_again_mark.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

TEST(ReadAgainMarkTest, IsReadBackAndNothingElseIs) {
  const ReadAgain again = {"app", "in", {{Offset(3), kNoEnd}}};
  const std::vector<OwnedRecord> marks = MarksOf(again);
  ASSERT_EQ(marks.size(), 1u);
  const auto parsed = ParseReadAgain(marks[0]);
  ASSERT_THAT(parsed, IsOk());
  ASSERT_TRUE(parsed->has_value());
  EXPECT_EQ((*parsed)->application, "app");
  EXPECT_EQ((*parsed)->topic, "in");
  EXPECT_EQ((*parsed)->offsets, again.offsets);
  OwnedRecord other = marks[0];
  other.headers.push_back({"more", "1"});
  EXPECT_EQ(ParseReadAgain(other)->has_value(), false);
  other = marks[0];
  other.value = "all";
  EXPECT_THAT(ParseReadAgain(other).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(ReadAgainMarkTest, EachIsSmall) {
  ReadAgain again;
  for (int64_t i = 0; i < 20000; ++i) {
    const int64_t at = int64_t{1} << 60;
    again.offsets.push_back({Offset(at + 3 * i), Offset(at + 3 * i + 1)});
  }
  std::vector<OffsetSpan> read;
  for (const OwnedRecord& mark : MarksOf(again)) {
    EXPECT_LT(mark.value->size(), 500000u);
    const auto parsed = ParseReadAgain(mark);
    ASSERT_THAT(parsed, IsOk());
    read.insert(read.end(), (*parsed)->offsets.begin(),
                (*parsed)->offsets.end());
  }
  EXPECT_EQ(read, again.offsets);
}

}  // namespace
}  // namespace exactmean
