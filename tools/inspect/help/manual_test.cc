// The manual is what the commands say, and the pages that are checked in are
// the manual.

#include "tools/inspect/help/manual.h"

#include <dirent.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/inspect/commands/commands.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr char kDirectory[] = "docs/inspect";
constexpr char kSamples[] = "tests/inspect/samples";
constexpr char kMend[] =
    "docs/inspect is out of date: bazel run //tools/inspect:manual -- "
    "--output_dir=docs/inspect, and remove what it does not write";

TEST(ManualTest, TheCheckedInPagesAreUpToDate) {
  std::set<std::string> there;
  DIR* const directory = opendir(kDirectory);
  ASSERT_NE(directory, nullptr);
  while (const dirent* const entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && name != "BUILD.bazel") there.insert(name);
  }
  closedir(directory);
  std::set<std::string> wanted;
  const absl::Span<const Command> commands = AllCommands();
  for (const auto& [name, text] :
       ManualFiles(commands, ReadSamples(commands, kSamples))) {
    wanted.insert(name);
    std::stringstream contents;
    contents << std::ifstream(std::string(kDirectory) + "/" + name).rdbuf();
    EXPECT_EQ(contents.str(), text) << name << ": " << kMend;
  }
  EXPECT_EQ(there, wanted) << kMend;
}

TEST(ManualTest, EveryPageHasASample) {
  const absl::Span<const Command> commands = AllCommands();
  const Samples samples = ReadSamples(commands, kSamples);
  for (const Command& command : commands) {
    EXPECT_EQ(samples.count(command.name), 1u) << command.name;
  }
  EXPECT_EQ(samples.count("plot.svg"), 1u);
}

TEST(ManualTest, NoLineOfHelpIsWiderThan78) {
  std::vector<std::string> texts = {ProgramHelp(AllCommands())};
  for (const Command& command : AllCommands()) {
    texts.push_back(CommandHelp(command));
  }
  for (const std::string& text : texts) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      // An example is to be copied.
      if (absl::StartsWith(line, "  exactmean-inspect ")) continue;
      EXPECT_LE(line.size(), 78u) << line;
    }
  }
}

TEST(ManualTest, APageSaysAllThatTheHelpSays) {
  Command command;
  command.name = "move";
  command.arguments = "KEY...";
  command.summary = "Moves | keys";
  command.description = "First.\n.second \\line\n";
  command.examples = {"move a --limit=1"};
  command.flags = {"limit"};
  auto files = ManualFiles(
      {command}, {{"move", "$ move a\nmoved\n"}, {"move.svg", "<svg/>"}});
  EXPECT_EQ(files.size(), 4u);
  EXPECT_EQ(files["move.svg"], "<svg/>");
  EXPECT_THAT(files["README.md"],
              HasSubstr("| [`move KEY...`](move.md) | Moves \\| keys |\n"));
  EXPECT_THAT(files["move.md"],
              HasSubstr("```\nexactmean-inspect move KEY... [FLAG]...\n\n"
                        "First.\n.second \\line\n```\n"));
  EXPECT_THAT(files["move.md"], HasSubstr("| `--limit` | `0` | "));
  EXPECT_THAT(files["move.md"],
              HasSubstr("```sh\nexactmean-inspect move a --limit=1\n```\n"));
  EXPECT_THAT(files["move.md"],
              HasSubstr("```\n$ move a\nmoved\n```\n\n![](move.svg)\n"));
  EXPECT_THAT(files["exactmean-inspect.1"],
              HasSubstr(".nf\nFirst.\n\\&.second \\eline\n\n.fi\n.TP\n"
                        "\\fB\\-\\-limit\\fR (default: 0)\n"));
}

}  // namespace
}  // namespace exactmean
