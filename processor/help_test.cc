// What --help prints.

#include "processor/help.h"

#include <string>

#include "absl/flags/flag.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

ABSL_FLAG(int, speed, 3,
          "How fast: so long a text that it does not fit into one line of the "
          "terminal and is broken.");
ABSL_FLAG(std::string, aim, "", "Where to.");

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HelpTest, ListsTheFlagsOfTheFileWithTheirDefaults) {
  const std::string text = HelpText("Does things.", __FILE__);
  EXPECT_EQ(text,
            "Does things.\n"
            "\n"
            "Flags:\n"
            "  --aim\n"
            "      Where to.\n"
            "  --speed  (default: 3)\n"
            "      How fast: so long a text that it does not fit into one line "
            "of the\n"
            "      terminal and is broken.\n");
  EXPECT_THAT(HelpText("", "another.cc"), Not(HasSubstr("--speed")));
}

TEST(HelpTest, IsWantedByItsFlagAlone) {
  const char* const asked[] = {"program", "--config=x", "--help"};
  EXPECT_TRUE(HelpWanted(3, asked));
  const char* const named[] = {"program", "--config=--help", "--", "--help"};
  EXPECT_FALSE(HelpWanted(4, named));
  EXPECT_FALSE(HelpWanted(1, asked));
}

}  // namespace
}  // namespace exactmean
