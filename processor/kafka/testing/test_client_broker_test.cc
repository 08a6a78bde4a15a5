// The tools of other tests do what they say.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/testing/broker_fixture.h"
#include "processor/kafka/testing/test_client.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using TestClientBrokerTest = BrokerTest;

std::vector<std::string> Values(
    const absl::StatusOr<std::vector<StoredRecord>>& records) {
  std::vector<std::string> values;
  if (!records.ok()) return {records.status().ToString()};
  for (const StoredRecord& record : *records) {
    values.push_back(record.value.value_or("null"));
  }
  return values;
}

TEST_F(TestClientBrokerTest, WritesAndReads) {
  CreateTopics(1);
  ASSERT_THAT(client().Produce(input(), {0, "k", "a", 1234}), IsOkAndHolds(0));
  auto open = client().BeginTransaction("open");
  ASSERT_THAT(open, IsOk());
  EXPECT_THAT((*open)->Write(input(), {0, "k", "b", 0}), IsOkAndHolds(1));
  auto aborted = client().BeginTransaction("aborted");
  ASSERT_THAT(aborted, IsOk());
  EXPECT_THAT((*aborted)->Write(input(), {0, "k", "no", 0}), IsOkAndHolds(2));
  ASSERT_THAT((*aborted)->Abort(), IsOk());
  EXPECT_THAT(admin().EndOffset(input(), 0, Isolation::kUncommitted),
              IsOkAndHolds(4))
      << "the marker is there, although the other holds readers back";
  ASSERT_THAT(
      client().ProduceRecords(input(), {{0, absl::nullopt, absl::nullopt, 0}}),
      IsOk());
  EXPECT_THAT(Values(client().ReadTopic(input(), Isolation::kCommitted)),
              ElementsAre("a"));
  EXPECT_THAT(Values(client().ReadTopic(input(), Isolation::kUncommitted)),
              ElementsAre("a", "b", "no", "null"));
  ASSERT_THAT((*open)->Commit(), IsOk());
  const auto records = client().ReadTopic(input(), Isolation::kCommitted);
  EXPECT_THAT(Values(records), ElementsAre("a", "b", "null"));
  EXPECT_EQ(records->at(0).timestamp_ms, 1234);
}

TEST_F(TestClientBrokerTest, OperatesOnGroups) {
  CreateTopics(2);
  const std::string& group = options_.application_id;
  ASSERT_THAT(admin().AlterGroupOffsets(group, input(), {{0, 5}, {1, 6}}),
              IsOk());
  EXPECT_THAT(admin().CommittedOffsets(group, input()),
              IsOkAndHolds(ElementsAre(Pair(0, 5), Pair(1, 6))));
  ASSERT_THAT(admin().DeleteGroupOffsets(group, input(), {0}), IsOk());
  EXPECT_THAT(admin().CommittedOffsets(group, input()),
              IsOkAndHolds(ElementsAre(Pair(1, 6))));
}

TEST_F(TestClientBrokerTest, OperatesOnTopics) {
  CreateTopics(1);
  Fill(input(), 0, 10);
  ASSERT_THAT(admin().DeleteRecordsBefore(input(), 0, 4), IsOk());
  EXPECT_THAT(admin().BeginOffset(input(), 0), IsOkAndHolds(4));
  ASSERT_THAT(
      admin().AlterTopicConfig(input(), "cleanup.policy", "compact,delete"),
      IsOk());
  ASSERT_THAT(admin().AddPartitions(input(), 3), IsOk());
  EXPECT_THAT(admin().PartitionCount(input()), IsOkAndHolds(3));
  ASSERT_THAT(admin().DeleteTopic(input()), IsOk());
}

}  // namespace
}  // namespace exactmean
