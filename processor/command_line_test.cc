// What the programs take from their command lines.

#include "processor/command_line.h"

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_join.h"
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

TEST(HelpTextTest, ListsTheFlagsOfTheFileWithTheirDefaults) {
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

using ::testing::ExitedWithCode;

// In a process of its own, as most of it ends one.
[[noreturn]] void Parse(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::vector<std::string> rest = ParseCommandLine(
      static_cast<int>(words.size()), argv.data(), "Usage.", __FILE__);
  std::cerr << "rest: " << absl::StrJoin(rest, " ")
            << ", speed: " << absl::GetFlag(FLAGS_speed) << std::endl;
  std::exit(0);
}

TEST(ParseCommandLineTest, FlagsAndWords) {
  EXPECT_EXIT(Parse({"program", "go", "--speed=7", "far"}), ExitedWithCode(0),
              "rest: go far, speed: 7");
  EXPECT_EXIT(Parse({"program", "--speed=7", "--speed=8"}), ExitedWithCode(0),
              "speed: 8");
  EXPECT_EXIT(Parse({"program", "--", "--help"}), ExitedWithCode(0),
              "rest: --help, speed: 3");
  EXPECT_EXIT(Parse({"program", "--speed=7", "--help"}), ExitedWithCode(0), "");
  EXPECT_EXIT(Parse({"program", "--version"}), ExitedWithCode(0), "");
}

TEST(ParseCommandLineTest, WrongUseExitsWithTwo) {
  EXPECT_EXIT(Parse({"program", "--sped=7"}), ExitedWithCode(2), "sped");
  EXPECT_EXIT(Parse({"program", "--speed=fast"}), ExitedWithCode(2), "speed");
  char name[] = "program", word[] = "go";
  char* argv[] = {name, word, nullptr};
  EXPECT_EXIT(ParseFlags(2, argv, "Usage.", __FILE__), ExitedWithCode(2),
              "what is \"go\"");
}

}  // namespace
}  // namespace exactmean
