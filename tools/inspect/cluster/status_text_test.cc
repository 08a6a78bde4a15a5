// The layout of a status.

#include "tools/inspect/cluster/status_text.h"

#include <string>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ApplicationStatus TwoPartitions() {
  ApplicationStatus status;
  status.now = absl::FromUnixSeconds(1700000100);
  status.bootstrap_servers = "kafka1:9092";
  status.application_id = "prices";
  status.input_topic = "trades";
  status.results_topic = "averages";
  GroupMember member;
  member.instance = "prices-0-0";
  member.host = "/10.0.0.7";
  member.partitions = {{"trades", 1}, {"trades", 0}};
  status.group = GroupDescription{"Stable", {member}, absl::nullopt};
  for (int32_t p = 0; p < 2; ++p) {
    PartitionStatus at;
    at.partition = Partition(p);
    results::Checkpoint c;
    c.set_next_offset(3000000000 + p);
    c.set_keys(1000000);
    c.set_sequence(7);
    c.set_digest(0xabc);
    c.set_writer("prices/prices-0-0");
    c.mutable_dispositions()->set_applied(2999999000);
    c.mutable_dispositions()->set_skipped(12);
    at.checkpoint = c;
    at.committed_at = status.now - absl::Milliseconds(2140);
    at.digest_verified = true;
    at.keys = 1000000;
    at.records_read = 1300000;
    at.bytes_read = 210000000;
    at.agreement = Agreement::kAgree;
    at.group_offset = Offset(c.next_offset());
    at.owner = "prices-0-0";
    at.input = OffsetRange{Offset(0), Offset(3000000002)};
    at.input_stable = Offset(3000000002);
    at.lag = 2 - p;
    at.lag_counted = true;
    status.partitions.push_back(at);
  }
  return status;
}

TEST(StatusTextTest, AllWell) {
  EXPECT_EQ(
      StatusText(TwoPartitions(), Terminal()),
      R"(all well: 2 partitions, 2,000,000 keys, lag 3, last commit 2.1s ago

PARTITION  NEXT OFFSET   GROUP  LAG  COMMITTED     KEYS    DIGEST       OWNER
0           3000000000  agrees    2   2.1s ago  1000000  verified  prices-0-0
1           3000000001  agrees    1   2.1s ago  1000000  verified  prices-0-0

PARTITION     APPLIED  LATE  SKIPPED  DEAD  ABSENT  COMMITS  READ/KEY   RESTORE
0          2999999000     0       12     0       0        7       1.3  210.0 MB
1          2999999000     0       12     0       0        7       1.3  210.0 MB

INPUT  LOG START  STABLE END         END
0              0  3000000002  3000000002
1              0  3000000002  3000000002

group prices, Stable:
  prices-0-0 on /10.0.0.7: partition 0, 1
)");
}

TEST(StatusTextTest, RareFatesHaveAColumnWhenThereAreAny) {
  ApplicationStatus status = TwoPartitions();
  status.partitions[1].checkpoint->mutable_dispositions()->set_lost(31);
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("SKIPPED  DEAD  LOST  ABSENT"));
  status.partitions[0].checkpoint->mutable_dispositions()->set_filtered(5);
  const std::string text = StatusText(status, Terminal());
  EXPECT_THAT(text, HasSubstr("DEAD  FILTERED  LOST  ABSENT"));
  EXPECT_THAT(text, HasSubstr(" 12     0         5     0       0 "));
  EXPECT_THAT(text, HasSubstr(" 12     0         0    31       0 "));
  status.partitions[0].checkpoint->mutable_dispositions()->set_retried(4);
  status.partitions[0].checkpoint->add_retry_topics()->set_waiting(3);
  EXPECT_THAT(StatusText(status, Terminal()),
              AllOf(HasSubstr("DEAD  FILTERED  RETRIED  WAITING  LOST"),
                    HasSubstr(" 5        4        3     0       0 ")));
}

TEST(StatusTextTest, TablesFitATerminal) {
  ApplicationStatus status = TwoPartitions();
  status.partitions[0].owner = "a-very-long-name-of-an-instance-0";
  status.partitions[0].agreement = Agreement::kDiffer;
  Terminal terminal;
  terminal.interactive = true;
  const std::string text = StatusText(status, terminal);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.substr(0, 1) == "-" || line.substr(0, 2) == "  ") continue;
    EXPECT_LE(line.size(), 80u) << line;
  }
  EXPECT_THAT(text, HasSubstr("  ...nstance-0\n"));
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("  a-very-long-name-of-an-instance-0\n"));
}

TEST(StatusTextTest, WhatIsNotWellComesFirstTheWorstBeforeTheRest) {
  ApplicationStatus status = TwoPartitions();
  OpenTransaction open;
  open.topic = "averages";
  open.from = Offset(77);
  open.since = status.now - absl::Minutes(3);
  open.writers_after = {"prices/old-0"};
  status.partitions[0].open.push_back(open);
  status.partitions[1].digest_verified = false;
  status.partitions[1].owner.clear();
  const std::string text = StatusText(status, Terminal());
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  EXPECT_THAT(lines[0], HasSubstr("NOT WELL: 2 partitions"));
  EXPECT_THAT(lines[1], HasSubstr("- partition 1: the digest DIFFERS"));
  EXPECT_THAT(text,
              HasSubstr("a transaction in averages is open since 3m, from "
                        "offset 77 on: readers stand before it; checkpoints "
                        "after it are by prices/old-0\n  kafka-"));
  EXPECT_THAT(text, HasSubstr("describe-producers --topic averages "
                              "--partition 0\n"));
  EXPECT_THAT(text, HasSubstr("abort --topic averages --partition 0 "
                              "--start-offset 77\n"));
  EXPECT_THAT(text, HasSubstr("- no processor has partition 1 "));
}

TEST(StatusTextTest, YoungTransactionsAreShownAndNoTrouble) {
  ApplicationStatus status = TwoPartitions();
  const absl::Time since = status.now - absl::Seconds(1);
  status.partitions[0].open = {{"averages", Offset(77), since, {"prices/a-0"}}};
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr(", 1 transaction open\n"));
  status.partitions[1].open = {{"trades", Offset(5), since, {}}};
  const std::string text = StatusText(status, Terminal());
  EXPECT_THAT(text, HasSubstr("all well: 2 partitions, "));
  EXPECT_THAT(text, HasSubstr(", 2 transactions open\n"));
  EXPECT_THAT(text, HasSubstr(R"(
open transactions:
  averages, partition 0: from offset 77 on, since 1.0s; checkpoints after it are by prices/a-0
  trades, partition 1: from offset 5 on, since 1.0s
)"));
}

TEST(StatusTextTest, ALagThatIsNotKnownIsNoNumber) {
  ApplicationStatus status = TwoPartitions();
  status.partitions[1].lag = absl::nullopt;
  status.partitions[1].lag_counted = false;
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("keys, lag ?, last commit"));
  status.partitions[1].lag = 50000;
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("keys, lag <=50,002, last"));
}

TEST(StatusTextTest, AStepUnderWayIsNoDifference) {
  ApplicationStatus status = TwoPartitions();
  status.partitions[1].digest_verified = false;
  status.partitions[1].step_under_way = true;
  const std::string text = StatusText(status, Terminal());
  EXPECT_THAT(text, HasSubstr("  step under way  "));
  EXPECT_THAT(text, HasSubstr("a step is under way, or was not finished"));
  EXPECT_THAT(text, Not(HasSubstr("DIFFERS")));
  for (const Trouble& trouble : TroublesOf(status)) {
    EXPECT_FALSE(trouble.fatal) << trouble.text;
  }
}

TEST(StatusTextTest, ARewindIsNamedOnlyWhereItWorks) {
  ApplicationStatus status = TwoPartitions();
  status.partitions.resize(1);
  PartitionStatus& at = status.partitions[0];
  at.digest_verified = false;
  constexpr char kCommand[] =
      "\n  exactmean-inspect rewind --config=FILE --partition=0 "
      "--to_offset=3000000000 --execute\n";
  EXPECT_THAT(StatusText(status, Terminal()), HasSubstr(kCommand));
  // A record that is no checkpoint, behind one that is.
  at.checkpoint_problem = "the record at offset 9 is no checkpoint: x";
  EXPECT_THAT(StatusText(status, Terminal()), HasSubstr(kCommand));
  at.input->low = Offset(1);
  EXPECT_THAT(StatusText(status, Terminal()), Not(HasSubstr(kCommand)));
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("a new application_id"));
  // None is left.
  at.input->low = Offset(0);
  at.checkpoint = absl::nullopt;
  EXPECT_THAT(StatusText(status, Terminal()), Not(HasSubstr("rewind")));
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("a new application_id"));
}

TEST(StatusTextTest, OffsetsAreSetWhenNobodyRuns) {
  ApplicationStatus status = TwoPartitions();
  status.partitions[1].agreement = Agreement::kDiffer;
  EXPECT_THAT(StatusText(status, Terminal()),
              HasSubstr("\n  stop all processors, then\n"
                        "  kafka-consumer-groups.sh --bootstrap-server kafka1:"
                        "9092 --group prices --topic trades:1 --reset-offsets "
                        "--to-offset 3000000001 --execute\n"));
}

TEST(StatusTextTest, TroublesInJson) {
  ApplicationStatus status = TwoPartitions();
  status.partitions[0].digest_verified = false;
  status.partitions[1].owner.clear();
  const std::vector<std::string> lines =
      absl::StrSplit(StatusJson(status), '\n');
  EXPECT_THAT(lines[0],
              HasSubstr(R"("troubles":[{"text":"partition 0: the d)"));
  EXPECT_THAT(lines[0], HasSubstr(R"(--execute","fatal":true},)"));
  EXPECT_THAT(
      lines[1],
      HasSubstr(R"j("troubles":[{"text":"no processor has partition 1 )j"
                R"j((group prices is Stable)","mend":"start one, or wait )j"
                R"j(for the rebalance","fatal":false}]})j"));
}

TEST(StatusTextTest, NobodyRunsAndNothingThere) {
  ApplicationStatus status = TwoPartitions();
  status.group->members.clear();
  status.group->state = "Empty";
  for (PartitionStatus& at : status.partitions) {
    at = PartitionStatus();
  }
  EXPECT_EQ(StatusText(status, Terminal()),
            R"(NOT WELL: 2 partitions, no state yet
- no processor runs: group prices has no members
  start one

PARTITION  NEXT OFFSET  GROUP  LAG  COMMITTED  KEYS  DIGEST  OWNER
0                    -      ?    -          -     0       -      -
0                    -      ?    -          -     0       -      -
)");
}

TEST(StatusTextTest, WhatMayNotBeSeenIsSaid) {
  ApplicationStatus status = TwoPartitions();
  status.group = absl::nullopt;
  status.unseen = {"the group's offsets: not authorised"};
  status.partitions.resize(1);
  status.partitions[0].agreement = Agreement::kUnknown;
  status.partitions[0].owner.clear();
  const std::string text = StatusText(status, Terminal());
  EXPECT_THAT(text, HasSubstr("well so far: 1 partition, "));
  EXPECT_THAT(text, HasSubstr("not seen: the group's offsets: not authorised"));
}

TEST(StatusTextTest, Json) {
  ApplicationStatus status = TwoPartitions();
  status.partitions.resize(1);
  EXPECT_EQ(
      StatusJson(status),
      R"({"partition":0,"next_offset":3000000000,"start_offset":0,)"
      R"("keys":1000000,"applied":2999999000,"late":0,"skipped":12,)"
      R"("dead_lettered":0,"retried":0,"waiting":0,"retry_topics":[],"filtered":0,"absent":0,"lost":0,)"
      R"("delivery":"EXACTLY_ONCE","sequence":7,)"
      R"("digest":"0000000000000abc","digest_verified":true,)"
      R"("step_under_way":false,)"
      R"("writer":"prices/prices-0-0",)"
      R"("committed_at":"2023-11-14T22:14:57.860Z","committed_ago_ms":2140,)"
      R"("checkpoint_problem":"","live_keys":1000000,"live_segments":0,"records_read":1300000,)"
      R"("restore_bytes":210000000,"largest_record_bytes":0,"group":"agrees",)"
      R"("group_offset":3000000000,"input_low":0,"input_stable":3000000002,)"
      R"("input_high":3000000002,"lag":2,"lag_is_bound":false,)"
      R"("owner":"prices-0-0","transaction_open":false,)"
      R"("open_transactions":[],"troubles":[]})"
      "\n");
  status.partitions[0] = PartitionStatus();
  EXPECT_THAT(StatusJson(status),
              HasSubstr(R"("checkpoint":null,"digest_verified":true)"));
}

TEST(StatusTextTest, Units) {
  EXPECT_EQ(ShortDuration(absl::Milliseconds(2140)), "2.1s");
  EXPECT_EQ(ShortDuration(absl::Seconds(303)), "5m3s");
  EXPECT_EQ(ShortDuration(absl::Minutes(252)), "4h12m");
  EXPECT_EQ(ShortDuration(absl::Hours(300)), "12d");
  EXPECT_EQ(ShortDuration(-absl::Seconds(1)), "0.0s");
  EXPECT_EQ(ShortBytes(999), "999 B");
  EXPECT_EQ(ShortBytes(1250000), "1.2 MB");
  EXPECT_EQ(ShortBytes(3000000000000000), "3000.0 TB");
}

}  // namespace
}  // namespace exactmean
