// The shipped binary restores from results partitions as a real Kafka leaves
// them: empty, tombstones alone, markers, aborted and open transactions at the
// tail, compacted segments.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/compaction.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Of no use to anybody, in partition 0.
std::vector<Record> Junk(int n) {
  std::vector<Record> records(static_cast<size_t>(n));
  for (Record& record : records) {
    record.key = absl::StrCat("junk", &record - &records[0]);
    record.value = "junk";
  }
  return records;
}

// Starts, folds in all there is, and stops.
void RunOnce(BrokerPipeline* pipeline, const std::string& expected_log) {
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog(expected_log), IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  ASSERT_TRUE(exit->ok()) << (*instance)->Log();
}

TEST(RestoreTest, NothingThenACommitMarkerAtTheTail) {
  BrokerPipeline pipeline("nothing", 1);
  // Neither input nor results: where it starts is written down at once.
  RunOnce(&pipeline, "starts at offset 0 (fresh start): 0 keys from 0 records");
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "k", "1"), IsOk());
  RunOnce(&pipeline, "starts at offset 0");
  // Key and checkpoint; the marker after them is no record.
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "k", "2"), IsOk());
  RunOnce(&pipeline,
          "starts at offset 1 (group and checkpoint agree): 1 key from");
}

TEST(RestoreTest, TombstonesAlone) {
  BrokerPipeline pipeline("tombstones", 1);
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  std::vector<Record> tombstones = Junk(3);
  for (Record& record : tombstones) record.value.reset();
  ASSERT_THAT((*writer)->Write(pipeline.results(), tombstones), IsOk());
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  RunOnce(&pipeline, "starts at offset 0 (fresh start): 0 keys from 3 records");
}

TEST(RestoreTest, AbortedTransactionsAtTheTail) {
  BrokerPipeline pipeline("aborted", 1);
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  RunOnce(&pipeline, "fresh start");
  const auto writer = Writer::Create(SharedBroker(), "aborts");
  ASSERT_THAT(writer, IsOk());
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT((*writer)->Begin(), IsOk());
    ASSERT_THAT((*writer)->Write(pipeline.results(), Junk(20)), IsOk());
    ASSERT_THAT((*writer)->Abort(), IsOk());
    ASSERT_THAT(pipeline.Produce(20), IsOk());
    RunOnce(&pipeline, "group and checkpoint agree");
  }
}

TEST(RestoreTest, AnOpenTransactionIsWaitedOut) {
  BrokerPipeline pipeline("open", 1);
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  RunOnce(&pipeline, "fresh start");
  auto writer = Writer::Create(SharedBroker(), "opens", absl::Seconds(6));
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.results(), Junk(20)), IsOk());
  writer->reset();  // as if killed: the coordinator is left to abort it
  ASSERT_THAT(pipeline.Produce(50), IsOk());

  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("an open transaction of a former owner"),
              IsOk());
  EXPECT_THAT((*instance)->Log(), Not(HasSubstr("starts at offset")));
  EXPECT_THAT(
      pipeline.client().CommittedOffset("open", "open-in", Partition(0)),
      IsOkAndHolds(absl::optional<Offset>(Offset(50))));
  EXPECT_THAT((*instance)->AwaitLog("group and checkpoint agree"), IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*instance)->Log();
}

// Which may take as long as the transaction may last.
TEST(RestoreTest, ASignalWhileItWaitsForAnOpenTransaction) {
  BrokerPipeline pipeline("interrupted", 2);
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  RunOnce(&pipeline, "fresh start");
  const auto writer =
      Writer::Create(SharedBroker(), "interrupts", absl::Minutes(10));
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.results(), Junk(20)), IsOk());
  ASSERT_THAT(pipeline.Produce(50), IsOk());

  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("an open transaction of a former owner"),
              IsOk());
  const absl::Time start = absl::Now();
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0) << (*instance)->Log();
  EXPECT_LT(absl::Now() - start, absl::Seconds(10)) << (*instance)->Log();

  ASSERT_THAT((*writer)->Abort(), IsOk());
  RunOnce(&pipeline, "group and checkpoint agree");
}

TEST(RestoreTest, CompactedSegments) {
  BrokerPipeline pipeline("compacted", 2);
  ASSERT_THAT(CompactEagerly(&pipeline), IsOk());
  auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(AwaitCompaction(&pipeline), IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk()) << (*instance)->Log();
  const auto before = pipeline.Snapshots();
  ASSERT_THAT(before, IsOk());
  ASSERT_GE(before->size(), 40u);
  ASSERT_THAT((*instance)->Kill(), IsOk());

  instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("dispositions verified"), IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  EXPECT_THAT(pipeline.Snapshots(), IsOkAndHolds(*before));
  ASSERT_THAT(pipeline.Produce(200), IsOk());
  EXPECT_THAT(pipeline.AwaitCaughtUp(), IsOk()) << (*instance)->Log();
}

}  // namespace
}  // namespace exactmean
