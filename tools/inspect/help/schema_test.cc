// The help of the commands about cluster, partitions and dead letters names
// each member of their JSON, and none that it has not.

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/inspect/audit/audit_text.h"
#include "tools/inspect/cluster/finding.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/dlq/render.h"
#include "tools/inspect/help/schema_testing.h"
#include "tools/inspect/replay/verify_text.h"
#include "tools/inspect/rewind/rewind_plan.h"
#include "tools/inspect/watch/watch_render.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

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
  ExpectDocumented(
      "status", StatusJson(status),
      "an object a of the hex without instead checkpoints windows "
      "these null and long as column is in results that follow way out "
      "start would refuse this state those whole application are each "
      "not known");
}

TEST(SchemaTest, Doctor) {
  ExpectDocumented("doctor", FindingsJson({Finding()}), "an object a finding");
}

// As the values of a member, they are part of what scripts rely on.
TEST(SchemaTest, ChecksOfDoctor) {
  // In the rows of the list, before what is said of each.
  std::string rows = " ";
  for (const absl::string_view line :
       absl::StrSplit(DescriptionOf("doctor"), '\n')) {
    if (!absl::StartsWith(line, "  ") || absl::StartsWith(line, "   "))
      continue;
    // Of a name that fits, what is said begins behind a column of blanks.
    const bool fits = line.size() > 16 && line[15] == ' ';
    absl::StrAppend(
        &rows,
        absl::StripAsciiWhitespace(line.substr(0, fits ? 15 : line.npos)),
        ", ");
  }
  for (const absl::string_view name : CheckNames()) {
    EXPECT_THAT(rows, HasSubstr(absl::StrCat(" ", name, ",")));
  }
}

TEST(SchemaTest, Watch) {
  WatchView view;
  view.partitions.emplace_back();
  view.movers.emplace_back();
  view.movers[0].key = kNoText;
  ExpectDocumented(
      "watch", WatchJson(view),
      "output json an object interval if it is no at most what keeps "
      "from reading or telling the null nothing not known");
}

TEST(SchemaTest, Audit) {
  PartitionAudit audit;
  audit.writers.emplace_back();
  audit.violations.emplace_back();
  ExpectDocumented("audit", AuditsJson({audit}), "a line in the log null not");
}

TEST(SchemaTest, Verify) {
  PartitionVerdict verdict;
  verdict.outcome = PartitionVerdict::Outcome::kDiffers;
  verdict.first[kNoText].kind = KeyDifference::Kind::kDifferent;
  verdict.checkpoint.push_back({"keys", "1", "2"});
  ExpectDocumented(
      "verify", VerdictsJson({verdict}, {}),
      "a line verified partial differs empty records when it is no");
}

TEST(SchemaTest, Rewind) {
  ExpectDocumented("rewind", RewindJson({PartitionRewind()}, /*done=*/true),
                   "an object a");
}

TEST(SchemaTest, DeadLetters) {
  LetterIndex index;
  LetterInfo& letter = index[Partition(0)].letters[Offset(1)];
  letter.key = kNoText;
  letter.origin.tries = 3;  // of a record that was given up
  ParsedDeadLetter whole;
  whole.origin.tries = 3;
  whole.record.key = whole.record.value = kNoText;
  whole.record.headers.emplace_back();
  const std::string json =
      absl::StrCat(LettersJson(index, LetterFilter(), /*limit=*/0),
                   LetterJson(Partition(0), Offset(1), whole),
                   RedriveJson({PartitionRedrive()}, /*executed=*/true));
  ExpectDocumented(
      "dlq", json,
      "of list an object a dead letter record that was given up how "
      "often many in full it tried null none show one the same without "
      "and but redrive when is no");
}

}  // namespace
}  // namespace exactmean
