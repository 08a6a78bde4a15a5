// rewind on a real broker.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Dynamic members leave the group when they stop.
constexpr char kDynamic[] = "group { membership: DYNAMIC }";

// Everything that is in the input folded in by a processor that has ended.
void RunOnce(BrokerPipeline* pipeline) {
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*instance)->Log();
}

// What a processor that knew nothing makes of the same input: another
// application on it.
CommittedView FromScratch(const BrokerPipeline& pipeline) {
  BrokerPipeline other(pipeline.application() + "-again", pipeline.partitions(),
                       pipeline.input());
  other.extra_config = pipeline.extra_config;
  RunOnce(&other);
  const auto snapshots = other.Snapshots();
  EXPECT_THAT(snapshots, IsOk());
  return snapshots.ok() ? *snapshots : CommittedView();
}

CommittedView SnapshotsOf(BrokerPipeline* pipeline) {
  const auto snapshots = pipeline->Snapshots();
  EXPECT_THAT(snapshots, IsOk());
  return snapshots.ok() ? *snapshots : CommittedView();
}

TEST(InspectRewindTest, ADryRunWritesNothing) {
  BrokerPipeline pipeline("rewind-dry", 1);
  pipeline.extra_config = kDynamic;
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  RunOnce(&pipeline);
  const auto end = [&] {
    const auto offset = pipeline.client().EndOffset(
        pipeline.results(), Partition(0), Isolation::kUncommitted);
    EXPECT_THAT(offset, IsOk());
    return offset.ok() ? offset->value() : -1;
  };
  const int64_t before = end();
  const InspectResult dry =
      Inspect(pipeline, {"rewind", "--to_offset=40", "--partition=0"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("REPLAYED"));
  EXPECT_THAT(dry.err, HasSubstr("nothing was written"));
  // Nobody answers the question.
  const InspectResult asked = Inspect(
      pipeline, {"rewind", "--to_offset=40", "--partition=0", "--execute"});
  EXPECT_EQ(asked.code, 2);
  EXPECT_THAT(asked.err, AllOf(HasSubstr("[y/N]"), HasSubstr("not agreed")));
  const InspectResult json =
      Inspect(pipeline, {"rewind", "--to_offset=40", "--partition=0",
                         "--execute", "--output=json"});
  EXPECT_EQ(json.code, 2);
  EXPECT_EQ(json.out, "");
  EXPECT_THAT(json.err, AllOf(HasSubstr("REPLAYED"), HasSubstr("[y/N]")));
  EXPECT_EQ(end(), before);
}

TEST(InspectRewindTest, OnlyShowsWhileTheGroupHasMembers) {
  BrokerPipeline pipeline("rewind-members", 1);
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult refused =
      Inspect(pipeline, {"rewind", "--to_earliest", "--execute", "--yes"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("has 1 member:"), HasSubstr("session timeout")));
  const InspectResult dry = Inspect(pipeline, {"rewind", "--to_earliest"});
  EXPECT_EQ(dry.code, 0);
  EXPECT_THAT(dry.out, HasSubstr("REPLAYED"));
  EXPECT_THAT(dry.err,
              AllOf(HasSubstr("has 1 member: --execute will refuse until"),
                    HasSubstr("nothing was written")));
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*instance)->Log();
}

// One that no fence ends, as no processor has written a checkpoint under its
// id.
TEST(InspectRewindTest, ATransactionOfSomebodyElseIsNotWaitedForWithoutEnd) {
  BrokerPipeline pipeline("rewind-open", 2);
  pipeline.extra_config = kDynamic;
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  RunOnce(&pipeline);
  const CommittedView before = SnapshotsOf(&pipeline);
  const auto end = pipeline.client().EndOffset(pipeline.results(), Partition(1),
                                               Isolation::kCommitted);
  ASSERT_THAT(end, IsOk());
  const auto writer = Writer::Create(SharedBroker(), "rewind-open-writer");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  for (const std::string& topic : {pipeline.results(), pipeline.input()}) {
    ASSERT_THAT(
        (*writer)->Write(topic, {{Partition(1), "foreign", "7", 0, {}}}),
        IsOk());
  }
  const std::vector<std::string> words = {"rewind", "--to_earliest",
                                          "--execute", "--yes"};
  std::vector<std::string> hasty = words;
  hasty.push_back("--patience=1s");
  const absl::Time start = absl::Now();
  const InspectResult refused = Inspect(pipeline, hasty);
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_EQ(refused.code, 6) << refused.out;
  EXPECT_THAT(
      refused.err,
      AllOf(HasSubstr("partition 1: a transaction of somebody else is open in "
                      "the results topic, from offset "),
            HasSubstr(absl::StrCat(end->value())), HasSubstr("`status`"),
            HasSubstr("nothing was changed")));
  EXPECT_EQ(SnapshotsOf(&pipeline), before);
  ASSERT_THAT((*writer)->Abort(), IsOk());
  const InspectResult done = Inspect(pipeline, words);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(SnapshotsOf(&pipeline), SizeIs(0));
}

TEST(InspectRewindTest, BackAndOnAgainGivesTheSameToTheByte) {
  BrokerPipeline pipeline("rewind-back", 2);
  pipeline.extra_config = kDynamic;
  ASSERT_THAT(pipeline.Produce(400), IsOk());
  RunOnce(&pipeline);
  const CommittedView whole = SnapshotsOf(&pipeline);
  const auto was = pipeline.Checkpoint(Partition(1));
  ASSERT_THAT(was, IsOk());
  const InspectResult one =
      Inspect(pipeline, {"rewind", "--to_offset=60", "--partition=1",
                         "--execute", "--yes", "--output=json"});
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("\"to_offset\":60"));
  const auto checkpoint = pipeline.Checkpoint(Partition(1));
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_EQ(checkpoint->next_offset(), 60);
  EXPECT_EQ(checkpoint->sequence(), was->sequence() + 1);
  EXPECT_EQ(checkpoint->writer(), "rewind-back/rewind");
  const InspectResult status = Inspect(pipeline, {"status"});
  EXPECT_EQ(status.code, 0) << status.out;
  EXPECT_THAT(status.out, HasSubstr("agrees"));
  RunOnce(&pipeline);
  EXPECT_EQ(SnapshotsOf(&pipeline), whole);
  // All of them, to where they began.
  const InspectResult all =
      Inspect(pipeline, {"rewind", "--to_earliest", "--execute", "--yes"});
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("done, and proven by a restore"));
  EXPECT_THAT(SnapshotsOf(&pipeline), SizeIs(0));
  RunOnce(&pipeline);
  EXPECT_EQ(SnapshotsOf(&pipeline), whole);
  EXPECT_EQ(FromScratch(pipeline), whole);
}

TEST(InspectRewindTest, ToATimeAndUnderAnotherConfiguration) {
  BrokerPipeline pipeline("rewind-other", 2);
  pipeline.extra_config = kDynamic;
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "1"), IsOk());
  ASSERT_THAT(pipeline.Produce(200), IsOk());
  RunOnce(&pipeline);
  pipeline.extra_config =
      absl::StrCat(kDynamic, " window { name: \"five\" count { size: 5 } }");
  const auto refused = pipeline.Start("a");
  ASSERT_THAT(refused, IsOk());
  const auto exit = (*refused)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->exit_code, 4);
  const InspectResult half =
      Inspect(pipeline, {"rewind", "--to_offset=10", "--partition=0"});
  EXPECT_EQ(half.code, 2);
  EXPECT_THAT(half.err, HasSubstr("rewind all partitions"));
  // After all there is: the same state, under the new configuration.
  const InspectResult all = Inspect(
      pipeline, {"rewind", "--to_time=2100-01-01", "--execute", "--yes"});
  ASSERT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("computed anew under this one"));
  EXPECT_EQ(SnapshotsOf(&pipeline), FromScratch(pipeline));
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  RunOnce(&pipeline);
  // The older checkpoints are still there.
  const InspectResult audit = Inspect(pipeline, {"audit"});
  EXPECT_EQ(audit.code, 0) << audit.out << audit.err;
  const InspectResult history = Inspect(pipeline, {"history", "IBM"});
  EXPECT_THAT(history.out, HasSubstr("Of another configuration, before a"));
}

// Of an earlier policy: letters of it may wait there still.
TEST(InspectRewindTest, ADeadLetterTopicThatNobodyWritesTo) {
  for (const bool is_there : {false, true}) {
    BrokerPipeline pipeline(absl::StrCat("rewind-letters-", is_there), 1);
    const std::string dead = pipeline.application() + "-dead";
    pipeline.extra_config =
        absl::StrCat(kDynamic, " dead_letters { topic: \"", dead, "\" }");
    if (is_there) {
      ASSERT_THAT(pipeline.client().CreateTopic(dead, 1), IsOk());
    }
    ASSERT_THAT(pipeline.Produce(100), IsOk());
    RunOnce(&pipeline);
    const InspectResult rewind =
        Inspect(pipeline, {"rewind", "--to_earliest", "--execute", "--yes"});
    EXPECT_EQ(rewind.code, 0) << rewind.err;
    RunOnce(&pipeline);
    EXPECT_EQ(SnapshotsOf(&pipeline), FromScratch(pipeline));
  }
}

TEST(InspectRewindTest, InputThatIsGoneIsNamed) {
  BrokerPipeline pipeline("rewind-gone", 1);
  pipeline.extra_config = kDynamic;
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  const InspectResult nothing = Inspect(pipeline, {"rewind", "--to_earliest"});
  EXPECT_EQ(nothing.code, 0) << nothing.err;
  EXPECT_THAT(nothing.err, HasSubstr("there is no state"));
  RunOnce(&pipeline);
  ASSERT_THAT(pipeline.client().DeleteRecords(pipeline.input(), Partition(0),
                                              Offset(20)),
              IsOk());
  const InspectResult gone =
      Inspect(pipeline, {"rewind", "--to_offset=50", "--partition=0"});
  EXPECT_EQ(gone.code, 2);
  EXPECT_THAT(gone.err, HasSubstr("before 20 is no longer retained"));
  const InspectResult ahead =
      Inspect(pipeline, {"rewind", "--to_offset=101", "--partition=0"});
  EXPECT_EQ(ahead.code, 2);
  EXPECT_THAT(ahead.err, HasSubstr("101 lies ahead"));
  EXPECT_EQ(Inspect(pipeline, {"rewind"}).code, 2);
  EXPECT_EQ(Inspect(pipeline, {"rewind", "--to_offset=1"}).code, 2);
}

}  // namespace
}  // namespace exactmean
