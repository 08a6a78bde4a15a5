// The layout of audit's answer.

#include "tools/inspect/audit/audit_text.h"

#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

std::vector<PartitionAudit> Some() {
  PartitionAudit good;
  good.checkpoints = 7;
  good.first.set_sequence(4);
  good.last.set_sequence(10);
  good.last.set_start_offset(5);
  good.last.set_next_offset(105);
  good.last.mutable_dispositions()->set_applied(98);
  good.last.mutable_dispositions()->set_absent(2);
  good.writers = {{"app-a-0", 4, 8, 90}, {"app-b-0", 9, 10, 105}};
  good.counted_from = Offset(5);
  good.counted = good.expected = 98;
  good.group = Offset(105);
  PartitionAudit bad = good;
  bad.partition = Partition(1);
  bad.writers.pop_back();
  bad.counted_from.reset();
  bad.group.reset();
  bad.violations = {{Offset(33), "commit 6 follows commit 4"}};
  PartitionAudit none;
  none.partition = Partition(2);
  return {good, bad, none};
}

TEST(AuditTextTest, Table) {
  EXPECT_EQ(
      AuditsText(Some(), Terminal()),
      R"(PARTITION  OUTCOME        PASSED  APPLIED  LATE  SKIPPED  DEAD  RETRIED  FILTERED  ABSENT  COMMITS  IN LOG  COMPACTED  COUNTED  GROUP
0          holds             100       98     0        0     0        0         0       2       10       7          3       98    105
1          VIOLATED          100       98     0        0     0        0         0       2       10       7          3        -      -
2          no checkpoint

partition 0: commits 4 to 8 by "app-a-0", to input offset 90
partition 0: commits 9 to 10 by "app-b-0", to input offset 105
partition 1: checkpoint at results offset 33: commit 6 follows commit 4

200 offsets passed, 14 checkpoints in the log: 1 violation
)");
}

TEST(AuditTextTest, Json) {
  const std::vector<PartitionAudit> audits = Some();
  EXPECT_EQ(
      AuditsJson(absl::MakeConstSpan(audits).subspan(1, 1)),
      R"({"partition":1,"checkpoints":7,"first_sequence":4,"last_sequence":10,"start_offset":5,"next_offset":105,"applied":98,"late":0,"skipped":0,"dead_lettered":0,"retried":0,"filtered":0,"absent":2,"lost":0,"delivery":"EXACTLY_ONCE","counted_from":null,"counted":null,"expected":null,"group_offset":null,"writers":[{"writer":"app-a-0","first_sequence":4,"last_sequence":8,"next_offset":90}],"violations":[{"results_offset":33,"what":"commit 6 follows commit 4"}]})"
      "\n");
}

}  // namespace
}  // namespace exactmean
