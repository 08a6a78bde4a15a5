// Positions as text.

#include "processor/input_position.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

TEST(InputPositionTest, IsWrittenAsItIsRead) {
  for (const absl::string_view text :
       {"earliest", "latest", "committed", "2026-11-21T09:30:00+00:00",
        "2026-11-21T09:30:00.25+00:00", "0:1200", "0:1200,1:1187,12:0"}) {
    const auto position = ParseInputPosition(text);
    ASSERT_THAT(position, IsOk()) << text;
    EXPECT_EQ(ToString(*position), text);
  }
}

TEST(InputPositionTest, TimesMayBeWrittenInOtherZonesOrAsADate) {
  for (const absl::string_view text :
       {"2026-11-21T00:00:00Z", "2026-11-21T01:00:00+01:00", "2026-11-21"}) {
    const auto position = ParseInputPosition(text);
    ASSERT_THAT(position, IsOk()) << text;
    EXPECT_EQ(ToString(*position), "2026-11-21T00:00:00+00:00");
  }
}

TEST(InputPositionTest, SaysWhatIsWrong) {
  for (const absl::string_view text : {"", "EARLIEST", "first", "100", "-1:5"})
    EXPECT_THAT(
        ParseInputPosition(text),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("earliest")))
        << text;
  for (const absl::string_view text :
       {"0:", "0:-1", "0:1,", "0:1:2", "0:x", "0:99999999999999999999"})
    EXPECT_THAT(ParseInputPosition(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("partition:offset")))
        << text;
  EXPECT_THAT(ParseInputPosition("0:1,0:2"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("partition 0 is named twice")));
}

}  // namespace
}  // namespace exactmean
