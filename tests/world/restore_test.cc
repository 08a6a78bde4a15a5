// Restoring from every shape that the tail of a results partition can have, and
// while somebody else writes to it.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class RestoreTest : public ::testing::Test {
 protected:
  absl::Status Run(int max_turns = 2000) {
    instance_ = world_.Make(InstanceOptions());
    return world_.Drain(instance_.get(), max_turns);
  }
  bool AllRunning() const {
    for (const auto& [partition, task] : instance_->processor->tasks()) {
      if (!task->running()) return false;
    }
    return true;
  }
  void Append(const FakeProducer& writer, const std::string& key) {
    ASSERT_THAT(world_.cluster().Append(writer, "out", kPartition, key, "x"),
                IsOk());
  }

  static constexpr Partition kPartition{0};
  World world_{WorldOptions()};
  std::unique_ptr<Instance> instance_;
};
constexpr Partition RestoreTest::kPartition;

TEST_F(RestoreTest, AnEmptyTopic) {
  EXPECT_THAT(Run(), IsOk());
  world_.Produce(30);
  EXPECT_THAT(world_.Drain(instance_.get()), IsOk());
}

TEST_F(RestoreTest, OnlyTombstones) {
  world_.cluster().Produce("out", kPartition, "old", absl::nullopt);
  world_.Produce(30);
  EXPECT_THAT(Run(), IsOk());
}

TEST_F(RestoreTest, ACommitMarkerAtTheTail) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  world_.Produce(30);
  EXPECT_THAT(Run(), IsOk());
}

TEST_F(RestoreTest, AnAbortedTransactionAtTheTail) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  const FakeProducer writer =
      world_.cluster().InitProducer("foreign", absl::Minutes(1));
  Append(writer, "key0");
  ASSERT_THAT(world_.cluster().EndTransaction(writer, /*commit=*/false),
              IsOk());
  world_.Produce(30);
  EXPECT_THAT(Run(), IsOk());
}

TEST_F(RestoreTest, AnOpenTransactionAtTheTailIsWaitedFor) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  const FakeProducer writer =
      world_.cluster().InitProducer("foreign", absl::Seconds(20));
  Append(writer, "key0");
  world_.Produce(5);
  EXPECT_THAT(Run(/*max_turns=*/50),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_FALSE(AllRunning());
  EXPECT_THAT(instance_->processor->tasks()
                  .at(kPartition)
                  ->restorer()
                  .Describe(world_.cluster().now()),
              HasSubstr("open transaction"));
  world_.Advance(absl::Seconds(30));  // the coordinator aborts it
  EXPECT_THAT(world_.Drain(instance_.get()), IsOk());
}

TEST_F(RestoreTest, ACompactedLog) {
  world_.Produce(200);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  FakePartition::Compaction all;
  all.drop_tombstones = all.drop_markers = true;
  world_.cluster().partition("out", kPartition).Compact(all);
  world_.Produce(30);
  EXPECT_THAT(Run(), IsOk());
}

// The zombie's view of a partition that its new owner writes to: it must not
// call the state corrupt because it has read half of a transaction. Reads are
// of five records; where the end lies among them varies with the input.
TEST_F(RestoreTest, AZombieThatRestoresWhileTheNewOwnerCommits) {
  for (int round = 0; round < 20; ++round) {
    world_.Produce(7);
    ASSERT_THAT(world_.DrainAndDie(), IsOk());
    InstanceOptions options;
    options.name = "zombie";
    const auto zombie = world_.Make(options);
    while (zombie->plan.calls(SeamCall::kOpenResults) == 0) {
      ASSERT_THAT(zombie->Turn(), IsOk());
    }
    zombie->plan.CutOffFromGroup(true);
    world_.group().Expire("zombie");
    world_.Produce(30);
    ASSERT_THAT(world_.DrainAndDie("owner"), IsOk());
    for (int turn = 0; turn < 300; ++turn) {
      ASSERT_THAT(zombie->Turn(), IsOk()) << round;
      ASSERT_THAT(world_.Check(), IsOk()) << round;
    }
    zombie->plan.Kill();
  }
}

// A reader that is slower than delete.retention.ms.
TEST_F(RestoreTest, ATombstoneThatGoesWhileItIsReadIsNoCorruption) {
  world_.Produce(100);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  ModelRecord deletion;
  deletion.kind = ModelRecord::Kind::kDelete;
  deletion.key = "key1";
  world_.Append(kPartition, deletion);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  instance_ = world_.Make(InstanceOptions());
  while (instance_->plan.calls(SeamCall::kRead) == 0) {
    ASSERT_THAT(instance_->Turn(), IsOk());
  }
  FakePartition::Compaction all;
  all.drop_tombstones = all.drop_markers = true;
  world_.cluster().partition("out", kPartition).Compact(all);
  world_.Produce(5);
  EXPECT_THAT(world_.Drain(instance_.get()), IsOk());
}

// Nobody says for a while whether somebody else has committed meanwhile: that
// is waited for, and no reason to read the state again.
TEST_F(RestoreTest, WhatIsFoundIsConfirmedWhenTheCoordinatorAnswersAgain) {
  world_.Produce(100);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  world_.group().SetCommitted(kPartition, Offset(1));
  instance_ = world_.Make(InstanceOptions());
  constexpr int64_t kSilent = 50;
  const int64_t restored = world_.partitions();
  const FaultPlan& plan = instance_->plan;
  instance_->plan.set_chooser(
      [&plan, restored](SeamCall call, int64_t /*of_all*/) {
        const int64_t nth = plan.calls(SeamCall::kCommitted);
        return call == SeamCall::kCommitted && nth > restored &&
                       nth <= restored + kSilent
                   ? Fault::FailBefore(absl::UnavailableError("no answer"))
                   : Fault();
      });
  absl::Status error;
  for (int turn = 0; turn < 1000 && error.ok(); ++turn) {
    error = instance_->Turn();
    world_.Advance(absl::Milliseconds(100));
  }
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr("somebody reset the group's offsets"));
  EXPECT_EQ(instance_->plan.calls(SeamCall::kCommitted),
            restored + kSilent + 1);
  EXPECT_EQ(instance_->plan.calls(SeamCall::kOpenResults), restored);
}

// The partition still flows when its state is dropped: what is read ahead of
// the restored state must not be folded in after it.
// Two applications with one results topic by mistake: what is found is
// another's state, and the other never rests.
TEST_F(RestoreTest, WhatIsFoundIsBelievedAfterAWhileThoughSomebodyWrites) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  const FakeProducer other =
      world_.cluster().InitProducer("foreign", absl::Minutes(1));
  Append(other, "key0");
  ASSERT_THAT(world_.cluster().EndTransaction(other, /*commit=*/true), IsOk());
  instance_ = world_.Make(InstanceOptions());
  int restores = 0;
  instance_->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call == SeamCall::kOpenResults) {
      ++restores;
      world_.cluster().Produce("out", kPartition, "key1", "x");
    }
    world_.Advance(absl::Milliseconds(100));
    return Fault();
  });
  absl::Status status;
  for (int turn = 0; turn < 20000 && status.ok(); ++turn) {
    status = instance_->Turn();
  }
  EXPECT_EQ(ReasonOf(status), StopReason::kState) << status;
  EXPECT_GT(restores, 5);
}

TEST_F(RestoreTest, PausesThatFailDuringARecoveryLosesNothing) {
  world_.Produce(7);
  instance_ = world_.Make(InstanceOptions());
  ASSERT_THAT(world_.Drain(instance_.get()), IsOk());
  FaultPlan& plan = instance_->plan;
  plan.Set(SeamCall::kCommit, plan.calls(SeamCall::kCommit) + 1,
           Fault::FailBefore(absl::UnknownError("x")));
  for (int nth = 1; nth <= 5; ++nth) {
    plan.Set(SeamCall::kPause, nth,
             Fault::FailBefore(absl::UnavailableError("x")));
  }
  world_.Produce(30);
  EXPECT_THAT(world_.Drain(instance_.get()), IsOk());
  EXPECT_GE(instance_->processor->stats().recoveries, 1u);
}

TEST_F(RestoreTest, AGroupOffsetThatIsGoneIsBelievedAfterAWhile) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  world_.group().SetCommitted(kPartition, absl::nullopt);
  world_.watch(kPartition).AllowMissingOffset();
  const absl::Time start = world_.cluster().now();
  instance_ = world_.Make(InstanceOptions());
  for (int turn = 0; turn < 1000; ++turn) {
    ASSERT_THAT(instance_->Turn(), IsOk());
    if (!instance_->processor->tasks().empty() && AllRunning()) break;
    world_.Advance(absl::Milliseconds(100));
  }
  EXPECT_TRUE(AllRunning());
  EXPECT_GE(world_.cluster().now() - start, absl::Seconds(30));
  // The group has its offset back, though nothing new has come.
  EXPECT_THAT(world_.Drain(instance_.get()), IsOk());
}

TEST_F(RestoreTest, AGroupOffsetThatWasResetIsRefused) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  world_.group().SetCommitted(kPartition, Offset(7));
  const auto instance = world_.Make(InstanceOptions());
  absl::Status status;
  for (int turn = 0; turn < 100 && status.ok(); ++turn) {
    status = instance->Turn();
  }
  EXPECT_EQ(ReasonOf(status), StopReason::kState) << status;
  EXPECT_THAT(status.message(), HasSubstr("committed offset is 7"));
}

TEST_F(RestoreTest, AnInputThatWasMadeAnewIsRefused) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  world_.cluster().RecreateTopic("in");
  for (int i = 0; i < 100; ++i) {
    world_.cluster().Produce("in", kPartition, "other", "1", i);
  }
  const auto instance = world_.Make(InstanceOptions());
  absl::Status status;
  for (int turn = 0; turn < 100 && status.ok(); ++turn) {
    status = instance->Turn();
  }
  EXPECT_EQ(ReasonOf(status), StopReason::kState) << status;
  EXPECT_THAT(status.message(), HasSubstr("made again"));
}

}  // namespace
}  // namespace exactmean
