// Completions, asked of a real bash.

#include "tools/inspect/help/completion.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<Command> Commands() {
  std::vector<Command> commands(2);
  commands[0].name = "list";
  commands[0].summary = "It's all: keys";
  commands[0].flags = {"limit", "partition"};
  commands[1].name = "listen";
  commands[1].summary = "Nothing";
  return commands;
}

// What bash offers for the last of `words`, as it splits them.
std::vector<std::string> Completions(const std::string& words) {
  const std::string script = ::testing::TempDir() + "/completion.bash";
  std::ofstream(script) << BashCompletion(Commands())
                        << "COMP_WORDS=(exactmean-inspect " << words << ")\n"
                        << "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                        << "_exactmean_inspect\n"
                        << "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
  FILE* const bash =
      popen(absl::StrCat("bash --norc -u '", script, "' 2>&1").c_str(), "r");
  EXPECT_NE(bash, nullptr);
  std::string out;
  std::array<char, 256> buffer;
  while (fgets(buffer.data(), buffer.size(), bash) != nullptr) {
    out += buffer.data();
  }
  EXPECT_EQ(pclose(bash), 0) << out;
  return absl::StrSplit(out, '\n', absl::SkipEmpty());
}

TEST(CompletionTest, Commands) {
  EXPECT_THAT(Completions("''"), ElementsAre("list", "listen"));
  EXPECT_THAT(Completions("listen"), ElementsAre("listen"));
  EXPECT_THAT(Completions("x"), IsEmpty());
  EXPECT_THAT(Completions("--output = json lis"),
              ElementsAre("list", "listen"));
}

TEST(CompletionTest, FlagsOfTheCommand) {
  EXPECT_THAT(Completions("list --l"), ElementsAre("--limit="));
  EXPECT_THAT(Completions("list --"), Contains("--config="));
  EXPECT_THAT(Completions("listen --"), Not(Contains("--limit=")));
  EXPECT_THAT(Completions("--config = list --l"), IsEmpty());
}

TEST(CompletionTest, ValuesOfFlags) {
  EXPECT_THAT(Completions("list --output ="), ElementsAre("text", "json"));
  EXPECT_THAT(Completions("list --output = j"), ElementsAre("json"));
  EXPECT_THAT(Completions("list --limit = 1"), IsEmpty());
  const std::string file = ::testing::TempDir() + "/completion_a b.textproto";
  std::ofstream(file.c_str()) << "x";
  EXPECT_THAT(
      Completions("list --config = " + ::testing::TempDir() + "/completion_a"),
      ElementsAre(file));
}

TEST(CompletionTest, ZshHasCommandsAndFlags) {
  const std::string script = ZshCompletion(Commands());
  EXPECT_THAT(script, HasSubstr("    'list:It'\\''s all\\: keys'\n"));
  EXPECT_THAT(script, HasSubstr("'--limit=[So many at most; 0\\: no limit, "
                                "or the command'\\''s own.]:limit: '"));
  EXPECT_THAT(script, HasSubstr(":config:_files'"));
  EXPECT_THAT(script, HasSubstr(":output:(text json)'"));
}

}  // namespace
}  // namespace exactmean
