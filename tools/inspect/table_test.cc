// Tables: alignment, a terminal's width, its bold header.

#include "tools/inspect/table.h"

#include <string>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Terminal Wide(int columns) {
  Terminal terminal;
  terminal.interactive = true;
  terminal.width = columns;
  return terminal;
}

TEST(TableTest, TextToTheLeftNumbersToTheRight) {
  Table table;
  EXPECT_EQ(table.ToString(), "");
  table.Add({"KEY", "RECORDS", "sma20"});
  table.Add({"IBM", "3", "41.25"});
  table.Add({"Z\xc3\xbcrich", "12", "7"});
  EXPECT_EQ(table.ToString(),
            "KEY     RECORDS  sma20\n"
            "IBM           3  41.25\n"
            "Z\xc3\xbcrich       12      7\n");
}

TEST(TableTest, ShortensTheWidestTextToFitTheTerminal) {
  Table table({0, 2});
  table.Add({"KEY", "COUNT", "WRITER"});
  table.Add({"a-rather-long-key", "1234567890", "application/instance-0"});
  table.Add({"b", "1", "x"});
  EXPECT_EQ(table.ToString(Wide(40)),
            "KEY                 COUNT  WRITER\n"
            "a-rather-l...  1234567890  applicatio...\n"
            "b                       1  x\n");
}

TEST(TableTest, NumbersAreNeverShortened) {
  Table table;
  table.Add({"KEY", "COUNT"});
  table.Add({"a-rather-long-key", "1234567890"});
  EXPECT_EQ(table.ToString(Wide(10)),
            "KEY            COUNT\n"
            "a-rat...  1234567890\n");
}

TEST(TableTest, NothingIsShortenedInAFile) {
  Table table;
  table.Add({"KEY", "ONE", "NONE"});
  table.Add({std::string(300, 'x'), "1", "0"});
  EXPECT_EQ(table.ToString(), "KEY" + std::string(299, ' ') + "ONE  NONE\n" +
                                  std::string(300, 'x') + "    1     0\n");
}

TEST(TableTest, WithoutRoomColumnsThatSayNothingAreNamedUnderIt) {
  Table table;
  table.Add({"PARTITION", "LATE", "APPLIED", "SKIPPED", "GROUP"});
  table.Add({"0", "0", "12345678", "0", "-"});
  table.Add({"1", "0", "0", "0", "-"});
  table.Add({"2", "no state"});
  EXPECT_EQ(table.ToString(Wide(37)),
            "PARTITION      LATE   APPLIED\n"
            "0                 0  12345678\n"
            "1                 0         0\n"
            "2          no state\n"
            "0 or - everywhere: SKIPPED, GROUP\n");
  EXPECT_THAT(table.ToString(Wide(80)), Not(HasSubstr("everywhere")));
}

TEST(TableTest, WithoutRoomColumnsFollowBelow) {
  Table table({0, 1});
  table.Add({"P", "OUTCOME", "APPLIED", "ABSENT", "COMMITS"});
  table.Add({"0", "holds", "12345678", "2", "123456"});
  table.Add({"1", "no checkpoint"});
  table.Add({"2", "holds", "1", "23456789", "3"});
  EXPECT_EQ(table.ToString(Wide(26)),
            "P  OUTCOME    APPLIED\n"
            "0  holds     12345678\n"
            "1  no ch...\n"
            "2  holds            1\n"
            "\n"
            "P    ABSENT  COMMITS\n"
            "0         2   123456\n"
            "2  23456789        3\n");
  for (size_t width = 21; width < 60; ++width) {
    const std::string text = table.ToString(Wide(static_cast<int>(width)));
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      EXPECT_LE(line.size(), width) << text;
    }
  }
}

TEST(TableTest, TheHeaderIsBoldOnATerminalWithColour) {
  Terminal terminal;
  terminal.colour = true;
  Table table;
  table.Add({"KEY"});
  table.Add({"IBM"});
  EXPECT_EQ(table.ToString(terminal), "\x1b[1mKEY\x1b[0m\nIBM\n");
}

TEST(TableTest, RowsCanBePrintedAFewAtATime) {
  Table table;
  table.Add({"KEY", "N"});
  table.Add({"abc", "10"});
  const auto widths = table.Widths({});
  EXPECT_EQ(table.RowsToString(widths, {}), "KEY   N\nabc  10\n");
  table.Clear();
  table.Add({"d", "5"});
  table.Add({"efghij", "1234"});
  Terminal terminal;
  terminal.colour = true;
  EXPECT_EQ(table.RowsToString(widths, terminal), "d     5\nefghij  1234\n");
}

}  // namespace
}  // namespace exactmean
