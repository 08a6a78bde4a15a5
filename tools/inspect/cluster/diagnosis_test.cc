// Each thing that a diagnosis knows, and how it is said.

#include "tools/inspect/cluster/diagnosis.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Three brokers and everything as it should be.
ClusterFacts Healthy() {
  ClusterFacts facts;
  facts.brokers = 3;
  for (TopicFacts* topic : {&facts.input, &facts.results}) {
    topic->description.emplace();
    topic->description->partitions = 1;
    topic->description->replication_factor = 3;
    topic->description->in_sync = 3;
    topic->configs = {{"min.insync.replicas", "2"},
                      {"unclean.leader.election.enable", "false"},
                      {"max.message.bytes", "1048588"},
                      {"retention.ms", "604800000"},
                      {"delete.retention.ms", "86400000"},
                      {"cleanup.policy", "delete"}};
  }
  facts.input.name = "trades";
  facts.results.name = "averages";
  facts.broker = {{"transaction.max.timeout.ms", "900000"},
                  {"transactional.id.expiration.ms", "604800000"},
                  {"offsets.retention.minutes", "10080"}};
  facts.read_took = absl::Seconds(2);
  facts.fingerprint = Fingerprint{"window a count 3", 7};
  ApplicationStatus& status = facts.status;
  status.now = absl::FromUnixSeconds(1700000100);
  status.bootstrap_servers = "kafka1:9092";
  status.application_id = "prices";
  status.input_topic = "trades";
  GroupMember member;
  member.client = "a-0";
  member.host = "/10.0.0.7";
  member.partitions = {{"trades", 0}};
  status.group = GroupDescription{"Stable", {member}, absl::nullopt};
  PartitionStatus at;
  at.checkpoint.emplace();
  at.checkpoint->set_fingerprint(7);
  at.checkpoint->set_fingerprint_text("window a count 3");
  at.digest_verified = true;
  at.keys = 100;
  at.records_read = 150;
  at.bytes_read = 30000;
  at.largest_record = 200;
  at.agreement = Agreement::kAgree;
  at.owner = "a-0";
  at.input = OffsetRange{Offset(0), Offset(9)};
  status.partitions.push_back(at);
  facts.input_partitions.push_back({Partition(0), {}, {}});
  return facts;
}

// What is not OK.
std::vector<Finding> Wrong(const ClusterFacts& facts) {
  std::vector<Finding> wrong;
  for (const Finding& finding : Diagnose(facts)) {
    if (finding.grade != Grade::kOk) wrong.push_back(finding);
  }
  return wrong;
}

auto Is(Grade grade, const std::string& check, const std::string& what,
        const std::string& mend) {
  return ElementsAre(AllOf(Field(&Finding::grade, grade),
                           Field(&Finding::check, check),
                           Field(&Finding::what, HasSubstr(what)),
                           Field(&Finding::mend, HasSubstr(mend))));
}

TEST(DiagnosisTest, AHealthyClusterHasNothingWrong) {
  EXPECT_THAT(Wrong(Healthy()), IsEmpty());
}

TEST(DiagnosisTest, Durability) {
  ClusterFacts facts = Healthy();
  facts.results.description->replication_factor = 1;
  facts.results.description->in_sync = 2;
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "replication",
                               "topic averages: one copy", "3 replicas"));
  facts = Healthy();
  facts.input.description->in_sync = 1;
  EXPECT_THAT(Wrong(facts), Is(Grade::kFail, "in-sync",
                               "1 replicas are in sync", "start the brokers"));
  facts = Healthy();
  facts.results.configs["min.insync.replicas"] = "1";
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kWarn, "min.insync.replicas", "1, with 3 copies",
                 "--entity-name averages --add-config min.insync.replicas=2"));
  facts = Healthy();
  facts.input.configs["unclean.leader.election.enable"] = "true";
  EXPECT_THAT(
      Wrong(facts),
      Is(Grade::kWarn, "unclean.leader.election.enable", "topic trades: true",
         "--entity-name trades --add-config unclean.leader"));
}

TEST(DiagnosisTest, CompactionAndRestore) {
  ClusterFacts facts = Healthy();
  facts.status.partitions[0].records_read = 3000000;
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "compaction",
                               "3,000,000 records for 100 live keys, 30000.0",
                               "segment.ms=3600000"));
  facts = Healthy();
  facts.results.configs["delete.retention.ms"] = "1000";
  EXPECT_THAT(Wrong(facts), Is(Grade::kFail, "delete.retention.ms", "1000 ms",
                               "delete.retention.ms=86400000"));
  facts = Healthy();
  facts.read_took = absl::Minutes(7);
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kWarn, "restore", "about 7m0s", "instances"));
}

TEST(DiagnosisTest, LargeSnapshots) {
  ClusterFacts facts = Healthy();
  facts.status.partitions[0].largest_record = 600000;
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "max.message.bytes", "600.0 kB",
                               "max.message.bytes=4000000"));
  facts.status.partitions[0].largest_record = 950000;
  EXPECT_THAT(Wrong(facts), Is(Grade::kFail, "max.message.bytes", "950.0 kB",
                               "max.message.bytes=4000000"));
}

TEST(DiagnosisTest, LimitsOfBrokers) {
  ClusterFacts facts = Healthy();
  facts.broker["transaction.max.timeout.ms"] = "10000";
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kFail, "transaction.max.timeout.ms", "grants 10s",
                 "lower commit.transaction_timeout"));
  facts = Healthy();
  facts.broker["transactional.id.expiration.ms"] = "60000";
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "transactional.id.expiration.ms",
                               "60000 ms", "days"));
  facts = Healthy();
  facts.broker["offsets.retention.minutes"] = "60";
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "offsets.retention.minutes",
                               "60 minutes", "10080"));
}

TEST(DiagnosisTest, StateAndGroup) {
  ClusterFacts facts = Healthy();
  facts.fingerprint = Fingerprint{"window a count 4", 8};
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kFail, "configuration", "count 4", "rewind"));
  facts = Healthy();
  facts.status.partitions[0].digest_verified = false;
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kFail, "state", "the digest DIFFERS", ""));
  facts = Healthy();
  facts.status.group->members[0].partitions.emplace_back("orders", 0);
  EXPECT_THAT(Wrong(facts), Is(Grade::kFail, "group", "reads topic orders",
                               "a group of its own"));
}

TEST(DiagnosisTest, TheInput) {
  ClusterFacts facts = Healthy();
  facts.input_partitions[0].oldest_waiting =
      facts.status.now - absl::Hours(24 * 7) + absl::Hours(5);
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kWarn, "retention", "is deleted in 5h0m",
                 "--entity-name trades --add-config retention.ms=1209600000"));
  facts = Healthy();
  facts.input_partitions[0].ahead = Offset(12);
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "clock", "offset 12", "clocks"));
  facts = Healthy();
  facts.input.configs["cleanup.policy"] = "compact,delete";
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "input", "is compacted", ""));
  facts = Healthy();
  facts.status.partitions[0].input->low = Offset(3);
  facts.status.partitions[0].checkpoint->set_next_offset(4);
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "replay", "before offset 3", ""));
}

TEST(DiagnosisTest, RightsAndWhatCouldNotBeAsked) {
  ClusterFacts facts = Healthy();
  facts.refused = {"not authorised: Read on topic \"trades\". Allow it: x"};
  EXPECT_THAT(Wrong(facts), Is(Grade::kFail, "check", "not authorised", ""));
  facts = Healthy();
  facts.unseen = {"configuration of broker 1: no"};
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "unseen", "broker 1", "Describe"));
}

TEST(FindingTest, TheWorstFirstAndCommandsOnOneLine) {
  const std::vector<Finding> findings = {
      {Grade::kOk, "a", "fine", "", ""},
      {Grade::kFail, "b", "not fine",
       "because of a reason that takes more words than there is room for in "
       "one line of a terminal",
       "a command --that --is=longer --than --eighty --columns --and --must "
       "--stay --on --one --line"},
      {Grade::kWarn, "c", "so so", "", ""}};
  EXPECT_EQ(FindingsText(findings, Terminal()),
            R"(FAIL  b: not fine
      Why: because of a reason that takes more words than there is room for in
      one line of a terminal
      Mend: a command --that --is=longer --than --eighty --columns --and --must --stay --on --one --line
WARN  c: so so
OK    a: fine

3 findings: 1 FAIL, 1 WARN, 1 OK
)");
  EXPECT_THAT(FindingsJson(findings),
              HasSubstr(R"({"grade":"WARN","check":"c","what":"so so",)"
                        R"("why":"","mend":""})"));
  EXPECT_TRUE(AnyFails(findings));
  Terminal colour;
  colour.colour = true;
  EXPECT_THAT(FindingsText(findings, colour), HasSubstr("\x1b[31mFAIL\x1b[0m"));
}

}  // namespace
}  // namespace exactmean
