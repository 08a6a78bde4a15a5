// DescriptionOf and ExpectDocumented.

#include "tools/inspect/help/schema_testing.h"

#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tools/inspect/commands/commands.h"

namespace exactmean {
namespace {

using Words = std::set<std::string>;

// The paragraph on JSON.
std::string SectionOf(const std::string& description) {
  std::string section;
  for (const absl::string_view line : absl::StrSplit(description, '\n')) {
    const bool begins = absl::StartsWith(line, "JSON") ||
                        absl::StartsWith(line, "--output=json, ") ||
                        absl::StartsWith(line, "--output=json: ") ||
                        absl::StartsWith(line, "Columns, in csv");
    if (section.empty() && !begins) continue;
    if (line.empty() || absl::StartsWith(line, "Exit")) break;
    absl::StrAppend(&section, line, "\n");
  }
  return section;
}

Words Matches(const std::string& text, const std::string& pattern) {
  Words found;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end;
       ++at) {
    found.insert(at->str(1));
  }
  return found;
}

}  // namespace

std::string DescriptionOf(const std::string& name) {
  for (const Command& command : AllCommands()) {
    if (command.name == name) return command.description;
  }
  ADD_FAILURE() << "no command " << name;
  return "";
}

void ExpectDocumented(const std::string& name, const std::string& json,
                      const std::string& prose) {
  const std::string section = SectionOf(DescriptionOf(name));
  ASSERT_NE(section, "") << name;
  Words members = Matches(json, "\"([A-Za-z0-9_]+)\":");
  members.erase(kWindow);
  ASSERT_FALSE(members.empty()) << json;
  const Words documented =
      Matches(section, "\\b((?:WINDOW_)?[a-z][a-z0-9_]*)\\b");
  for (const std::string& member : members) {
    EXPECT_EQ(documented.count(member), 1u)
        << name << " --help does not name the member " << member;
  }
  const Words known = absl::StrSplit(prose, ' ', absl::SkipEmpty());
  for (const std::string& word : documented) {
    EXPECT_NE(members.count(word) > 0, known.count(word) > 0)
        << name << " --help says \"" << word
        << "\": it must be a member, or of the prose listed in this test";
  }
  for (const std::string& word : known) {
    EXPECT_EQ(documented.count(word), 1u)
        << name << " --help does not say \"" << word << "\" any more";
  }
}

}  // namespace exactmean
