// The manual is what the commands say, the pages that are checked in are the
// manual, and what it says of exit codes and flags holds together.

#include "tools/inspect/help/manual.h"

#include <dirent.h>

#include <cstdio>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/flags.h"

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
    EXPECT_EQ(ContentsOf(std::string(kDirectory) + "/" + name), text)
        << name << ": " << kMend;
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

// The codes of the table, by what it says of them.
std::map<int, std::string> TableOfCodes() {
  std::map<int, std::string> codes;
  int code = -1, read = -1;
  for (const absl::string_view line : absl::StrSplit(kExitCodes, '\n')) {
    if (absl::SimpleAtoi(line.substr(0, line.find("  ", 2)), &read)) {
      code = read;
      codes[code] = std::string(line.substr(7));
    } else if (absl::StartsWith(line, "       ")) {
      absl::StrAppend(&codes[code], " ", line.substr(7));
    }
  }
  return codes;
}

// Those that the description of a command names: "Exits with 4 when ..., 7
// when ...".
std::set<int> CodesOf(const Command& command) {
  static const auto* const kSentence = new std::regex(
      "(Exits with|ends with|[Ee]xit code:?(?: is)?|With) (\\d[^.]*)");
  static const auto* const kCode =
      new std::regex("\\b(\\d+)(?=:| at| when| with|,|\\)|;|$)");
  const std::string text =
      absl::StrReplaceAll(command.description, {{"\n", " "}});
  std::set<int> codes;
  const std::sregex_iterator end;
  for (std::sregex_iterator at(text.begin(), text.end(), *kSentence); at != end;
       ++at) {
    const std::string sentence = at->str(2);
    for (std::sregex_iterator its(sentence.begin(), sentence.end(), *kCode);
         its != end; ++its) {
      codes.insert(std::stoi(its->str(1)));
    }
  }
  return codes;
}

// Where the table names commands for a code, they are those whose help tells of
// it; "also": others may.
TEST(ManualTest, ExitCodesAreThoseOfTheTable) {
  const std::map<int, std::string> table = TableOfCodes();
  EXPECT_EQ(table.size(), 12u);
  size_t told = 0;
  for (const Command& command : AllCommands()) {
    const std::set<int> codes = CodesOf(command);
    told += codes.size();
    for (const int code : codes) {
      EXPECT_EQ(table.count(code), 1u)
          << command.name << " --help tells of code " << code;
    }
    for (const auto& [code, meaning] : table) {
      if (!absl::StrContains(meaning, '(')) continue;
      const std::regex named("\\(.*\\b" + command.name + "\\b.*\\)");
      const bool its = std::regex_search(meaning, named);
      const bool others = absl::StrContains(meaning, "also");
      if (its || !others) {
        EXPECT_EQ(codes.count(code) > 0, its)
            << command.name << " --help, and the table's " << code << ": "
            << meaning;
      }
    }
  }
  EXPECT_GT(told, 20u);  // they are found
}

TEST(ManualTest, ExamplesTakeTheFlagsThatTheyShow) {
  const std::regex flag("--(?:no)?([a-z_]+)");
  const std::vector<std::string>& common = CommonFlags();
  for (const Command& command : AllCommands()) {
    EXPECT_FALSE(command.examples.empty()) << command.name;
    const std::set<std::string> its(command.flags.begin(), command.flags.end());
    for (const std::string& example : command.examples) {
      EXPECT_TRUE(absl::StartsWith(example, command.name)) << example;
      for (std::sregex_iterator at(example.begin(), example.end(), flag), end;
           at != end; ++at) {
        const std::string name = at->str(1);
        EXPECT_TRUE(its.count(name) > 0 || absl::c_linear_search(common, name))
            << "exactmean-inspect " << example << ": it takes no --" << name;
      }
    }
  }
}

// What it warns of is a page that man shows otherwise than it is meant.
TEST(ManualTest, GroffTakesTheManPage) {
  const std::string page = std::string(kDirectory) + "/exactmean-inspect.1";
  FILE* const groff =
      popen(("groff -man -ww -z " + page + " 2>&1").c_str(), "r");
  ASSERT_NE(groff, nullptr);
  std::string said(1000, '\0');
  said.resize(fread(&said[0], 1, said.size(), groff));
  EXPECT_EQ(pclose(groff), 0);
  EXPECT_EQ(said, "");
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
