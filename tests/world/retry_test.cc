// A step that cannot tell of a record for now: its partition waits before the
// record, the others go on; whatever happens meanwhile, nothing is lost,
// counted twice or out of order.

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/function_step.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Partition kStuck(0);
constexpr Partition kOther(1);

// Of records of the key "stuck" the step says `answer_`, while that is an
// error; of "fatal" and "refused" what they are called after; "skip" it lets
// go by.
class RetryTest : public ::testing::Test {
 protected:
  void MakeWorld(RetryPolicy retry = RetryPolicy(),
                 BadRecordPolicy on_bad = BadRecordPolicy::kSkip) {
    a_.reset();  // before its world
    WorldOptions options;
    options.partitions = 2;
    options.retry = retry;
    options.on_bad_record = on_bad;
    options.step = [this](const InstanceOptions&) {
      return std::make_unique<FunctionStep>(
          [this](const StepRecord& record) { return Apply(record); });
    };
    world_ = std::make_unique<World>(options);
    a_ = world_->Make(InstanceOptions());
  }

  absl::StatusOr<absl::optional<Sample>> Apply(const StepRecord& record) {
    ++asked_[{record.partition, record.offset}];
    world_->Advance(takes_);
    if (record.key == "stuck" && !answer_.ok()) return answer_;
    if (record.key == "fatal") return absl::DataLossError("it is broken");
    if (record.key == "refused") return absl::InvalidArgumentError("not you");
    if (record.key == "skip") return absl::nullopt;
    if (!record.decoded.ok()) return record.decoded.status();
    return *record.decoded;
  }

  void Append(Partition partition, const std::string& key,
              ModelRecord::Kind kind = ModelRecord::Kind::kValue) {
    ModelRecord record = ToModelRecord(key, absl::StrCat(++values_), 1000);
    record.kind = kind;
    world_->Append(partition, record);
  }
  // Records before and after one that is stuck, and in the other partition.
  void AppendAll() {
    for (int i = 0; i < 30; ++i) {
      Append(kStuck, i == 10 ? "stuck" : "key");
      Append(kOther, "key");
    }
  }
  // Turns of `instance`; the promise holds after each.
  absl::Status Turns(Instance* instance, int n) {
    for (int i = 0; i < n; ++i) {
      absl::Status status = instance->Turn();
      if (status.ok()) status = world_->Check();
      if (!status.ok()) return status;
      world_->Advance(absl::Milliseconds(50));
    }
    return absl::OkStatus();
  }
  Offset Committed(Partition partition) {
    return world_->group().Committed(partition).value().value_or(Offset(-1));
  }
  const RecordRetry& RetryOf(Instance* instance) {
    return instance->processor->tasks().at(kStuck)->retry;
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Instance> a_;
  absl::Status answer_ = absl::UnavailableError("the rates are down");
  absl::Duration takes_;
  std::map<std::pair<Partition, Offset>, int> asked_;
  int values_ = 0;
};

TEST_F(RetryTest, ThePartitionWaitsAndTheOthersGoOn) {
  MakeWorld();
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 200), IsOk());
  EXPECT_EQ(Committed(kStuck), Offset(10));
  EXPECT_EQ(Committed(kOther), Offset(30));
  const RecordRetry& retry = RetryOf(a_.get());
  ASSERT_TRUE(retry.pending());
  EXPECT_EQ(retry.offset(), Offset(10));
  EXPECT_EQ(retry.why(), "the rates are down");
  // Once for each try, and not all the time.
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], retry.tries());
  EXPECT_GE(retry.tries(), 5);
  EXPECT_LE(retry.tries(), 12);
  EXPECT_EQ(asked_.count({kStuck, Offset(11)}), 0u);

  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  EXPECT_FALSE(RetryOf(a_.get()).pending());
  for (int i = 11; i < 30; ++i) {
    EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(i))], 1) << i;
  }
  EXPECT_THAT(a_->processor->Shutdown(), IsOk());
  EXPECT_THAT(world_->CheckDrained(), IsOk());
}

TEST_F(RetryTest, WhatCannotBeResumedInOrderIsNotResumed) {
  MakeWorld();
  AppendAll();
  bool broken = false;
  a_->plan.set_chooser([&](SeamCall call, int64_t) {
    return broken && call == SeamCall::kResumeAt
               ? Fault::FailBefore(absl::InternalError("no seek"))
               : Fault();
  });
  ASSERT_THAT(Turns(a_.get(), 20), IsOk());
  ASSERT_TRUE(RetryOf(a_.get()).pending());
  broken = true;
  const absl::Status status = Turns(a_.get(), 2000);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(asked_.count({kStuck, Offset(11)}), 0u);
  EXPECT_EQ(Committed(kStuck), Offset(10));
}

// Paused late, or resumed late: what Poll delivers meanwhile is not folded in.
TEST_F(RetryTest, TroubleWithPauseAndResumeIsWaitedOut) {
  MakeWorld();
  AppendAll();
  int faults = 0;
  a_->plan.set_chooser([&](SeamCall call, int64_t nth) {
    const bool fails =
        (call == SeamCall::kPause || call == SeamCall::kResumeAt) &&
        nth % 3 != 0;
    faults += fails ? 1 : 0;
    return fails ? Fault::FailBefore(absl::UnavailableError("moving"))
                 : Fault();
  });
  ASSERT_THAT(Turns(a_.get(), 200), IsOk());
  EXPECT_GT(faults, 5);
  EXPECT_EQ(Committed(kStuck), Offset(10));
  EXPECT_EQ(asked_.count({kStuck, Offset(11)}), 0u);
  answer_ = absl::OkStatus();
  EXPECT_THAT(world_->Drain(a_.get()), IsOk());
}

TEST_F(RetryTest, AfterARestartTriesAreCountedAnew) {
  MakeWorld();
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 100), IsOk());
  EXPECT_GE(RetryOf(a_.get()).tries(), 5);
  a_->plan.Kill();
  world_->group().Expire("a");
  InstanceOptions options;
  options.name = "b";
  const auto b = world_->Make(options);
  asked_.clear();
  for (int i = 0; i < 100 && asked_.count({kStuck, Offset(10)}) == 0; ++i) {
    ASSERT_THAT(Turns(b.get(), 1), IsOk());
  }
  EXPECT_EQ(RetryOf(b.get()).tries(), 1);
  answer_ = absl::OkStatus();
  EXPECT_THAT(world_->Drain(b.get()), IsOk());
}

TEST_F(RetryTest, ARecoveryWhileStuckBeginsAtTheRecordAgain) {
  MakeWorld();
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 100), IsOk());
  EXPECT_GE(RetryOf(a_.get()).tries(), 5);
  a_->plan.Set(SeamCall::kCommit, a_->plan.calls(SeamCall::kCommit) + 1,
               Fault::FailAfter(absl::UnknownError("lost")));
  Append(kOther, "key");
  asked_.clear();
  for (int i = 0; i < 100 && a_->processor->stats().recoveries == 0; ++i) {
    ASSERT_THAT(Turns(a_.get(), 1), IsOk());
  }
  ASSERT_EQ(a_->processor->stats().recoveries, 1u);
  EXPECT_FALSE(RetryOf(a_.get()).pending());
  ASSERT_THAT(Turns(a_.get(), 50), IsOk());
  EXPECT_TRUE(RetryOf(a_.get()).pending());
  answer_ = absl::OkStatus();
  EXPECT_THAT(world_->Drain(a_.get()), IsOk());
}

TEST_F(RetryTest, APartitionThatIsTakenAwayWhileStuckGoesOnElsewhere) {
  for (const bool cooperative : {false, true}) {
    asked_.clear();
    answer_ = absl::UnavailableError("the rates are down");
    MakeWorld();
    AppendAll();
    InstanceOptions options;
    options.cooperative = cooperative;
    a_ = world_->Make(options);
    ASSERT_THAT(Turns(a_.get(), 100), IsOk());
    options.name = "b";
    const auto b = world_->Make(options);
    world_->group().Force({{"b", {kStuck}}, {"a", {kOther}}});
    for (int i = 0; i < 100; ++i) {
      ASSERT_THAT(Turns(a_.get(), 1), IsOk());
      ASSERT_THAT(Turns(b.get(), 1), IsOk());
    }
    EXPECT_EQ(a_->processor->tasks().count(kStuck), 0u);
    ASSERT_EQ(b->processor->tasks().count(kStuck), 1u);
    EXPECT_TRUE(RetryOf(b.get()).pending());
    EXPECT_EQ(Committed(kStuck), Offset(10));
    answer_ = absl::OkStatus();
    Append(kOther, "key");
    for (int i = 0; i < 1000 && !world_->CheckDrained().ok(); ++i) {
      ASSERT_THAT(Turns(a_.get(), 1), IsOk());
      ASSERT_THAT(Turns(b.get(), 1), IsOk());
    }
    EXPECT_THAT(world_->CheckDrained(), IsOk());
  }
}

TEST_F(RetryTest, AtTheLimitItStopsBeforeTheRecord) {
  RetryPolicy retry;
  retry.max_tries = 4;
  MakeWorld(retry);
  AppendAll();
  const absl::Status status = Turns(a_.get(), 1000);
  EXPECT_EQ(ReasonOf(status), StopReason::kStep);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("partition 0, offset 10"), HasSubstr("4 tries"),
                    HasSubstr("the rates are down"),
                    HasSubstr("Everything before it is committed")));
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 4);
  EXPECT_EQ(Committed(kStuck), Offset(10));
  EXPECT_THAT(world_->Check(), IsOk());
}

TEST_F(RetryTest, AtTheLimitItBecomesADeadLetter) {
  RetryPolicy retry;
  retry.max_time = absl::Seconds(3);
  retry.give_up = RetryPolicy::GiveUp::kDeadLetter;
  MakeWorld(retry, BadRecordPolicy::kDeadLetter);
  for (int i = 0; i < 20; ++i) {
    const bool stuck = i == 0 || i == 10 || i == 11 || i == 19;
    Append(kStuck, stuck ? "stuck" : "key",
           stuck ? ModelRecord::Kind::kBad : ModelRecord::Kind::kValue);
  }
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  std::vector<int> tries;
  world_->cluster()
      .partition("dead", kStuck)
      .ReadCommitted(Offset(0), 100, [&](const FakeRecord& record) {
        const auto letter = ParseDeadLetter(
            {record.key, record.value, record.headers, record.timestamp_ms});
        ASSERT_THAT(letter, IsOk());
        EXPECT_EQ(letter->origin.kind, "given-up");
        EXPECT_EQ(letter->origin.attempts, 1);
        EXPECT_THAT(letter->origin.error,
                    HasSubstr(absl::StrCat("after ", letter->origin.tries,
                                           " tries in 3")));
        EXPECT_EQ(letter->origin.tries,
                  (asked_[std::make_pair(kStuck, letter->origin.offset)]));
        tries.push_back(letter->origin.tries);
      });
  ASSERT_EQ(tries.size(), 4u);
  EXPECT_GE(tries[0], 3);
}

TEST_F(RetryTest, AFatalErrorStopsBeforeTheRecord) {
  MakeWorld();
  Append(kStuck, "key");
  Append(kStuck, "fatal");
  const absl::Status status = Turns(a_.get(), 100);
  EXPECT_EQ(ReasonOf(status), StopReason::kStep);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("topic \"in\", partition 0, offset 1"),
                    HasSubstr("DATA_LOSS: it is broken"),
                    HasSubstr("Everything before it is committed")));
  EXPECT_EQ(Committed(kStuck), Offset(1));
}

TEST_F(RetryTest, RefusedAndFilteredRecordsAreCounted) {
  MakeWorld(RetryPolicy(), BadRecordPolicy::kDeadLetter);
  answer_ = absl::OkStatus();
  for (int i = 0; i < 10; ++i) {
    Append(kStuck, "key");
    Append(kStuck, "skip", ModelRecord::Kind::kFilter);
    Append(kOther, "refused", ModelRecord::Kind::kBad);
  }
  Append(kOther, "skip", ModelRecord::Kind::kFilter);
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  const auto& state = a_->processor->tasks().at(kStuck)->state();
  EXPECT_EQ(state.dispositions().filtered(), 10u);
}

// One call after the other that takes its time: the group and the commits do
// not wait for a whole batch.
TEST_F(RetryTest, ASlowStepDoesNotHoldUpTheGroup) {
  MakeWorld();
  AppendAll();
  answer_ = absl::OkStatus();
  takes_ = absl::Milliseconds(400);
  absl::Duration longest;
  for (int i = 0; i < 1000 && !world_->CheckDrained().ok(); ++i) {
    const absl::Time before = world_->cluster().now();
    ASSERT_THAT(a_->Turn(), IsOk());
    longest = std::max(longest, world_->cluster().now() - before);
    ASSERT_THAT(world_->Check(), IsOk());
    world_->Advance(absl::Milliseconds(10));
  }
  EXPECT_THAT(world_->CheckDrained(), IsOk());
  EXPECT_LE(longest, absl::Milliseconds(1300));
  for (const auto& [record, times] : asked_) EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace exactmean
