// Marks of a redrive are read back, and nothing else is.

#include "tools/inspect/dlq/redrive_mark.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

TEST(RedriveMarkTest, IsReadBackAndNothingElseIs) {
  for (const std::vector<Offset>& offsets : std::vector<std::vector<Offset>>{
           {Offset(0)},
           {Offset(5), Offset(6), Offset(7), Offset(12), Offset(14)}}) {
    const auto parsed = ParseMark(MarkOf(offsets));
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(*parsed, offsets);
  }
  EXPECT_EQ(MarkOf({Offset(5), Offset(6), Offset(7), Offset(12)}).value,
            "5-7,12");
  OwnedRecord other = MarkOf({Offset(1)});
  other.headers.push_back({"more", "1"});
  EXPECT_EQ(ParseMark(other)->has_value(), false);
  for (const std::string bad : {"", "x", "3-", "3-1", "-1", "1,,2", "0-9e9"}) {
    OwnedRecord mark = MarkOf({Offset(1)});
    mark.value = bad;
    EXPECT_THAT(ParseMark(mark).status(), StatusIs(absl::StatusCode::kDataLoss))
        << bad;
  }
}

}  // namespace
}  // namespace exactmean
