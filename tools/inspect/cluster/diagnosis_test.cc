// Each thing that a diagnosis knows, and how it is said.

#include "tools/inspect/cluster/diagnosis.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/inspect/cluster/diagnosis_testing.h"

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
  facts.brokers = {1, 2, 5};
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
  for (const Finding& finding : Named(facts)) {
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
  facts.results.description->partitions = 2;
  EXPECT_THAT(
      Wrong(facts),
      Is(Grade::kWarn, "replication", "topic averages: one copy (3 brokers)",
         R"(echo '{"version":1,"partitions":[{"topic":"averages",)"
         R"("partition":0,"replicas":[1,2,5]},{"topic":"averages",)"
         R"("partition":1,"replicas":[2,5,1]}]}' > averages.json && )"
         "kafka-reassign-partitions.sh --bootstrap-server kafka1:9092 "
         "--reassignment-json-file averages.json --execute"));
  facts.brokers = {1};
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "replication",
                               "one copy (1 broker)", "start more brokers"));
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
                               "3,000,000 records for 100 live ones, 30000.0",
                               "segment.ms=3600000"));
  // Long windows, compacted.
  facts.status.partitions[0].keys = 90000;
  facts.status.partitions[0].segments = 2880000;
  EXPECT_THAT(Wrong(facts), IsEmpty());
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

TEST(DiagnosisTest, OfBrokersThatDifferTheTightestCounts) {
  KafkaConfigs all;
  TakeTightest({{"transaction.max.timeout.ms", "900000"}}, &all);
  TakeTightest({{"transaction.max.timeout.ms", "10000"},
                {"offsets.retention.minutes", "60"}},
               &all);
  TakeTightest({{"transaction.max.timeout.ms", "20000"}, {"other", "1"}}, &all);
  EXPECT_EQ(all, (KafkaConfigs{{"transaction.max.timeout.ms", "10000"},
                               {"offsets.retention.minutes", "60"}}));
}

// The only finding about `check`.
Finding Of(const ClusterFacts& facts, const std::string& check) {
  std::vector<Finding> found;
  for (const Finding& finding : Named(facts)) {
    if (finding.check == check) found.push_back(finding);
  }
  EXPECT_EQ(found.size(), 1u) << check;
  return found.empty() ? Finding() : found[0];
}

TEST(DiagnosisTest, OnlyWhatWasSeenIsOk) {
  ClusterFacts facts = Healthy();
  EXPECT_EQ(Of(facts, "state").what,
            "proven, in agreement with the group; each partition has its "
            "processor");
  // The group may not be asked.
  facts.status.group = absl::nullopt;
  facts.status.partitions[0].owner.clear();
  facts.status.partitions[0].agreement = Agreement::kUnknown;
  EXPECT_EQ(Of(facts, "state").grade, Grade::kWarn);
  EXPECT_EQ(Of(facts, "state").what,
            "proven; not seen: whether the group's offsets agree with it, "
            "whether a processor works on it");
  // Half of it has begun.
  facts = Healthy();
  facts.status.partitions.emplace_back();
  facts.status.partitions[1].owner = "a-0";
  facts.status.partitions[1].agreement = Agreement::kNoGroupOffset;
  EXPECT_THAT(Of(facts, "state").what,
              HasSubstr("proven in 1 of 2 partitions"));
  facts.status.partitions.erase(facts.status.partitions.begin());
  EXPECT_THAT(Of(facts, "state").what, HasSubstr("no state yet; each"));
  // No results topic.
  facts.status.partitions.clear();
  EXPECT_EQ(Of(facts, "state").grade, Grade::kWarn);
  EXPECT_THAT(Of(facts, "state").what, HasSubstr("not seen: the results"));
  for (const Finding& finding : Named(facts)) {
    EXPECT_NE(finding.check, "restore");
    EXPECT_NE(finding.check, "max.message.bytes");
  }
}

TEST(DiagnosisTest, AnInputThatWasNotSeenIsNotOk) {
  ClusterFacts facts = Healthy();
  EXPECT_EQ(Of(facts, "input").grade, Grade::kOk);
  facts.input.configs.clear();
  EXPECT_EQ(Of(facts, "input").grade, Grade::kWarn);
  EXPECT_THAT(Of(facts, "input").what, HasSubstr("retention.ms is not known"));
  facts = Healthy();
  facts.input_partitions.clear();
  EXPECT_EQ(Of(facts, "input").grade, Grade::kWarn);
  EXPECT_THAT(Of(facts, "input").what, HasSubstr("not seen: it is not there"));
  facts.checked = false;
  EXPECT_EQ(Of(facts, "check").grade, Grade::kWarn);
}

TEST(DiagnosisTest, StateAndGroup) {
  ClusterFacts facts = Healthy();
  facts.fingerprint = Fingerprint{"window a count 4", 8};
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kFail, "configuration", "count 4", "rewind"));
  facts = Healthy();
  facts.status.partitions[0].digest_verified = false;
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kFail, "state", "the digest DIFFERS",
                 "exactmean-inspect rewind --config=FILE --partition=0 "
                 "--to_offset=0 --execute"));
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

TEST(DiagnosisTest, TheInputIsDeletedBySizeToo) {
  ClusterFacts facts = Healthy();
  facts.input.configs["retention.bytes"] = "1000";
  EXPECT_EQ(Of(facts, "input").grade, Grade::kOk);  // nothing waits
  facts.input_partitions[0].oldest_waiting = facts.status.now;
  PartitionStatus& at = facts.status.partitions[0];
  at.input = OffsetRange{Offset(0), Offset(1000)};
  at.checkpoint->set_next_offset(990);
  EXPECT_EQ(Of(facts, "input").grade, Grade::kOk);  // far from being deleted
  at.checkpoint->set_next_offset(100);
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "retention", "in partition 0, and",
                               "--add-config retention.bytes=-1"));
  // Neither for its age, when it is only compacted.
  facts.input_partitions[0].oldest_waiting = absl::UnixEpoch();
  facts.input.configs["cleanup.policy"] = "compact";
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "input", "is compacted", ""));
}

TEST(DiagnosisTest, RightsAndWhatCouldNotBeAsked) {
  ClusterFacts facts = Healthy();
  facts.refused = {{"not authorised: Read on topic \"trades\"", "allow it"}};
  EXPECT_THAT(Wrong(facts),
              Is(Grade::kFail, "check", "not authorised", "allow it"));
  facts = Healthy();
  facts.unseen = {"configuration of broker 1: no"};
  EXPECT_THAT(Wrong(facts), Is(Grade::kWarn, "unseen", "broker 1", "Describe"));
}

}  // namespace
}  // namespace exactmean
