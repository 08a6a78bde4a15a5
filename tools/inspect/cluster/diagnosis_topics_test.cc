// What a diagnosis says of Kafka's own topics, and of those for records that
// are not folded in.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/inspect/cluster/diagnosis.h"
#include "tools/inspect/cluster/diagnosis_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Nothing but these topics, on three brokers.
class DiagnosisTopicsTest : public ::testing::Test {
 protected:
  DiagnosisTopicsTest() {
    facts_.brokers = {1, 2, 5};
    facts_.status.bootstrap_servers = "kafka1:9092";
  }
  static TopicFacts Topic(const std::string& name, int copies,
                          KafkaConfigs configs) {
    TopicFacts topic;
    topic.name = name;
    topic.description.emplace();
    topic.description->partitions = 1;
    topic.description->replication_factor = copies;
    topic.description->in_sync = copies;
    topic.configs = std::move(configs);
    return topic;
  }
  // About topics whose names begin so.
  std::vector<Finding> About(const std::string& name) const {
    std::vector<Finding> found;
    for (const Finding& finding : Named(facts_)) {
      if (finding.what.find("topic " + name) == 0) found.push_back(finding);
    }
    return found;
  }
  static auto Is(Grade grade, const std::string& check, const std::string& what,
                 const std::string& mend) {
    return AllOf(Field(&Finding::grade, grade), Field(&Finding::check, check),
                 Field(&Finding::what, HasSubstr(what)),
                 Field(&Finding::mend, HasSubstr(mend)));
  }

  ClusterFacts facts_;
};

TEST_F(DiagnosisTopicsTest, TransactionsRestOnKafkasOwnTopics) {
  facts_.of_kafka = {
      Topic("__transaction_state", 3, {{"min.insync.replicas", "2"}}),
      Topic("__consumer_offsets", 3, {{"min.insync.replicas", "2"}})};
  EXPECT_THAT(
      About("__"),
      ElementsAre(Is(Grade::kOk, "replication", "state: 3 copies, 3 in", ""),
                  Is(Grade::kOk, "replication", "offsets: 3 copies", "")));
  facts_.of_kafka[0].configs["min.insync.replicas"] = "1";
  facts_.of_kafka[1] = Topic("__consumer_offsets", 2, {});
  EXPECT_THAT(
      About("__"),
      ElementsAre(
          Is(Grade::kOk, "replication", "state: 3 copies", ""),
          Is(Grade::kWarn, "min.insync.replicas", "state: 1, with 3 copies",
             "--entity-name __transaction_state --add-config "
             "min.insync.replicas=2"),
          Is(Grade::kWarn, "replication", "offsets: 2 copies on 3 brokers",
             R"("topic":"__consumer_offsets","partition":0,)"
             R"("replicas":[1,2,5]})")));
  facts_.of_kafka[0] =
      Topic("__transaction_state", 1, {{"min.insync.replicas", "1"}});
  EXPECT_THAT(About("__transaction_state"),
              ElementsAre(Is(Grade::kWarn, "replication",
                             "state: one copy (3 brokers)", "reassign")));
  // Nobody has more copies than brokers.
  facts_.brokers = {1};
  EXPECT_THAT(About("__transaction_state"),
              ElementsAre(Is(Grade::kOk, "replication", "state: 1 copy", "")));
  facts_.of_kafka[0].description = absl::nullopt;  // there is none yet
  EXPECT_THAT(About("__transaction_state"), IsEmpty());
}

TEST_F(DiagnosisTopicsTest, ARetryTopicMustKeepWhatWaits) {
  facts_.diverted = {
      {Topic("later", 3, {{"retention.ms", "-1"}}), absl::Minutes(10)}};
  EXPECT_THAT(About("later"),
              ElementsAre(Is(Grade::kOk, "retry topic", "kept for ever", "")));
  facts_.diverted[0].topic.configs["retention.ms"] = "599999";
  EXPECT_THAT(
      About("later"),
      ElementsAre(Is(Grade::kFail, "retry topic",
                     "kept for 9m59s after the record's own time, tried again "
                     "after 10m0s",
                     "--entity-name later --add-config retention.ms=-1")));
  facts_.diverted[0].topic.configs["retention.ms"] = "600000";
  EXPECT_THAT(About("later"), ElementsAre(Is(Grade::kWarn, "retry topic",
                                             "kept for 10m0s", "=-1")));
  facts_.diverted[0].topic.configs = {{"retention.ms", "-1"},
                                      {"cleanup.policy", "compact,delete"}};
  EXPECT_THAT(About("later"),
              ElementsAre(Is(Grade::kFail, "retry topic", "it is compacted",
                             "--add-config cleanup.policy=delete"),
                          Is(Grade::kOk, "retry topic", "for ever", "")));
}

TEST_F(DiagnosisTopicsTest, DeadLettersMayExpireButNotBeCompacted) {
  facts_.diverted = {
      {Topic("dead", 3, {{"retention.ms", "604800000"}}), absl::nullopt}};
  EXPECT_THAT(About("dead"),
              ElementsAre(Is(Grade::kOk, "dead letters",
                             "kept for 7d after the record's own time; what "
                             "is not redriven by then is lost",
                             "")));
  facts_.diverted[0].topic.configs = {{"cleanup.policy", "compact"}};
  EXPECT_THAT(About("dead"),
              ElementsAre(Is(Grade::kFail, "dead letters", "it is compacted",
                             "--entity-name dead --add-config "
                             "cleanup.policy=delete")));
}

}  // namespace
}  // namespace exactmean
