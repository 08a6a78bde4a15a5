// A command's help names each member of its JSON.

#include <regex>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tools/inspect/audit/audit_text.h"
#include "tools/inspect/cluster/rewind_plan.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/dlq/render.h"
#include "tools/inspect/replay/verify_text.h"
#include "tools/inspect/watch/watch_render.h"

namespace exactmean {
namespace {

void ExpectNamed(const std::string& name, const std::string& json) {
  std::string description;
  for (const Command& command : AllCommands()) {
    if (command.name == name) description = command.description;
  }
  ASSERT_NE(description, "") << name;
  const std::regex member("\"([a-z0-9_]+)\":");
  std::sregex_iterator at(json.begin(), json.end(), member);
  ASSERT_NE(at, std::sregex_iterator()) << json;
  for (; at != std::sregex_iterator(); ++at) {
    const std::regex word(absl::StrCat("\\b", at->str(1), "\\b"));
    EXPECT_TRUE(std::regex_search(description, word))
        << name << " --help does not name " << at->str(1);
  }
}

TEST(SchemaTest, Status) {
  ApplicationStatus status;
  PartitionStatus at;
  at.checkpoint.emplace();
  at.checkpoint->add_retry_topics()->set_topic("later");
  at.open = {{"in", Offset(1), absl::UnixEpoch(), {"a-0"}}};
  status.partitions = {at};
  at.checkpoint = absl::nullopt;
  at.keys = 1;  // that is trouble
  status.partitions.push_back(at);
  ExpectNamed("status", StatusJson(status));
}

TEST(SchemaTest, Watch) {
  WatchView view;
  view.partitions.emplace_back();
  view.movers.emplace_back();
  view.movers[0].key = "\xff";
  ExpectNamed("watch", WatchJson(view));
}

TEST(SchemaTest, Audit) {
  PartitionAudit audit;
  audit.writers.emplace_back();
  audit.violations.emplace_back();
  ExpectNamed("audit", AuditsJson({audit}));
}

TEST(SchemaTest, Verify) {
  PartitionVerdict verdict;
  verdict.outcome = PartitionVerdict::Outcome::kDiffers;
  verdict.first["k"].kind = KeyDifference::Kind::kMissing;
  verdict.checkpoint.push_back({"keys", "1", "2"});
  ExpectNamed("verify", VerdictsJson({verdict}, {}));
}

TEST(SchemaTest, Rewind) {
  ExpectNamed("rewind", RewindJson({PartitionRewind()}, /*done=*/true));
}

TEST(SchemaTest, DeadLetters) {
  LetterIndex index;
  LetterInfo& letter = index[Partition(0)].letters[Offset(1)];
  letter.origin.tries = 3;  // of a record that was given up
  ExpectNamed("dlq", LettersJson(index, LetterFilter()));
  ParsedDeadLetter whole;
  whole.origin.tries = 3;
  ExpectNamed("dlq", LetterJson(Partition(0), Offset(1), whole));
  ExpectNamed("dlq", RedriveJson({PartitionRedrive()}, /*executed=*/true));
}

}  // namespace
}  // namespace exactmean
