// Records that go to retry topics: they are passed, tried again when they are
// due, by whoever owns the partition then, and each ends once, whatever happens
// meanwhile. World::Check is the promise (RetryWatch).

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/step_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class RetryTopicTest : public StepTest {
 protected:
  const Retries& RetriesOf(Instance* instance) {
    return instance->processor->tasks().at(kStuck)->state().retries();
  }
  uint64_t Waiting(Instance* instance, const std::string& topic) {
    const Retries::Topic* found = RetriesOf(instance).Find(topic);
    return found == nullptr ? 0 : found->waiting;
  }
  FakePartition& TopicPartition(const std::string& topic) {
    return world_->cluster().partition(topic, kStuck);
  }
};

TEST_F(RetryTopicTest, ItIsPassedAndTriedAgainWhenItIsDue) {
  MakeWorld(TwoTopics());
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 15), IsOk());
  // Within a second: the input is folded in, all but this one.
  EXPECT_EQ(Committed(kStuck), Offset(30));
  EXPECT_EQ(Waiting(a_.get(), "soon"), 1u);
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 1);
  ASSERT_THAT(Turns(a_.get(), 30), IsOk());
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 2);
  EXPECT_EQ(Waiting(a_.get(), "soon"), 0u);
  EXPECT_EQ(Waiting(a_.get(), "later"), 1u);
  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 3);
  EXPECT_EQ(RetriesOf(a_.get()).outcomes().applied(), 1u);
  EXPECT_EQ(RetriesOf(a_.get()).waiting(), 0u);
}

TEST_F(RetryTopicTest, AfterTheLastItIsADeadLetter) {
  MakeWorld(TwoTopics());
  AppendAll();
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 3);
  EXPECT_EQ(RetriesOf(a_.get()).outcomes().dead_lettered(), 1u);
  std::vector<OwnedRecord> letters;
  TopicPartition("dead").ReadCommitted(
      Offset(0), 10, [&](const FakeRecord& record) {
        letters.push_back(
            {record.key, record.value, record.headers, record.timestamp_ms});
      });
  ASSERT_EQ(letters.size(), 1u);
  const auto letter = ParseDeadLetter(letters[0]);
  ASSERT_THAT(letter.status(), IsOk());
  EXPECT_EQ(letter->origin.tries, 3);
  EXPECT_EQ(letter->origin.offset, Offset(10));
  EXPECT_EQ(letter->origin.error, "the rates are down");
}

TEST_F(RetryTopicTest, WhatTheStepSaysThenIsHandledAsOfAnyRecord) {
  for (const auto policy :
       {BadRecordPolicy::kSkip, BadRecordPolicy::kDeadLetter}) {
    answer_ = absl::UnavailableError("down");
    MakeWorld(TwoTopics(), policy);
    AppendAll();
    ASSERT_THAT(Turns(a_.get(), 10), IsOk());
    EXPECT_EQ(Waiting(a_.get(), "soon"), 1u);
    answer_ = absl::InvalidArgumentError("not you");
    for (int i = 0; i < 100 && Waiting(a_.get(), "soon") > 0; ++i) {
      ASSERT_THAT(a_->Turn(), IsOk());
      world_->Advance(absl::Milliseconds(50));
    }
    const results::RetryOutcomes& outcomes = RetriesOf(a_.get()).outcomes();
    EXPECT_EQ(outcomes.skipped() + outcomes.dead_lettered(), 1u);
    EXPECT_EQ(outcomes.skipped() == 1, policy == BadRecordPolicy::kSkip);
  }
}

TEST_F(RetryTopicTest, AStopBeforeItIsTriedAgainByTheNextStart) {
  MakeWorld(TwoTopics(), BadRecordPolicy::kStop);
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 10), IsOk());
  answer_ = absl::InvalidArgumentError("not you");
  EXPECT_EQ(ReasonOf(Turns(a_.get(), 100)), StopReason::kBadRecord);
  a_->plan.Kill();
  world_->group().Expire("a");
  answer_ = absl::OkStatus();
  InstanceOptions options;
  options.name = "b";
  const auto b = world_->Make(options);
  ASSERT_THAT(world_->Drain(b.get()), IsOk());
  EXPECT_EQ(RetriesOf(b.get()).outcomes().applied(), 1u);
}

TEST_F(RetryTopicTest, WhoeverOwnsThePartitionThenTriesItAgain) {
  for (const bool cooperative : {false, true}) {
    asked_.clear();
    answer_ = absl::UnavailableError("down");
    MakeWorld(TwoTopics());
    InstanceOptions options;
    options.cooperative = cooperative;
    a_ = world_->Make(options);
    AppendAll();
    ASSERT_THAT(Turns(a_.get(), 10), IsOk());
    EXPECT_EQ(Waiting(a_.get(), "soon"), 1u);
    options.name = "b";
    const auto b = world_->Make(options);
    world_->group().Force({{"b", {kStuck}}, {"a", {kOther}}});
    answer_ = absl::OkStatus();
    for (int i = 0; i < 100; ++i) {
      ASSERT_THAT(Turns(a_.get(), 1), IsOk());
      ASSERT_THAT(Turns(b.get(), 1), IsOk());
    }
    ASSERT_EQ(b->processor->tasks().count(kStuck), 1u);
    EXPECT_EQ(RetriesOf(b.get()).outcomes().applied(), 1u);
    EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 2);
    EXPECT_THAT(world_->CheckDrained(), IsOk());
  }
}

TEST_F(RetryTopicTest, ManyAreReadAheadInPartsAndAllComeBack) {
  RetryPolicy retry = TwoTopics();
  MakeWorld(retry);
  for (int i = 0; i < 3000; ++i) Append(kStuck, i % 3 == 0 ? "key" : "stuck");
  ASSERT_THAT(Turns(a_.get(), 10), IsOk());
  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(a_.get(), 5000), IsOk());
  EXPECT_EQ(RetriesOf(a_.get()).outcomes().applied(),
            RetriesOf(a_.get()).done());
  EXPECT_GT(RetriesOf(a_.get()).done(), 20u);
}

TEST_F(RetryTopicTest, WhatIsGoneOrNotOursStopsTheProcess) {
  MakeWorld(TwoTopics());
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 15), IsOk());
  a_->plan.Kill();
  world_->group().Expire("a");
  TopicPartition("soon").DeleteBefore(TopicPartition("soon").high());
  InstanceOptions options;
  options.name = "b";
  auto b = world_->Make(options);
  absl::Status status = Turns(b.get(), 50);
  EXPECT_EQ(ReasonOf(status), StopReason::kState);
  EXPECT_THAT(status.message(), HasSubstr("1 record waits there from offset"));
  status = absl::OkStatus();

  MakeWorld(TwoTopics());
  world_->cluster().Produce("soon", kStuck, "key", "1");  // of former times
  AppendAll();
  for (int i = 0; i < 10; ++i) ASSERT_THAT(a_->Turn(), IsOk());
  world_->cluster().Produce("soon", kStuck, "key", "1");
  for (int i = 0; i < 50 && status.ok(); ++i) status = a_->Turn();
  EXPECT_EQ(ReasonOf(status), StopReason::kState);
  EXPECT_THAT(status.message(),
              HasSubstr("not a record that this application put there"));
}

// The input alone takes all the time that a turn has.
TEST_F(RetryTopicTest, ASlowStepStarvesNeitherWhatIsDueNorOtherPartitions) {
  MakeWorld(TwoTopics());
  Append(kStuck, "stuck");
  ASSERT_THAT(Turns(a_.get(), 10), IsOk());
  ASSERT_EQ(Waiting(a_.get(), "soon"), 1u);
  takes_ = absl::Milliseconds(400);
  answer_ = absl::OkStatus();
  for (int i = 0; i < 400; ++i) Append(kStuck, "key");
  int turns = 0;
  for (; turns < 20 && Waiting(a_.get(), "soon") > 0; ++turns) {
    ASSERT_THAT(Turns(a_.get(), 1), IsOk());
  }
  EXPECT_LT(turns, 10);
  // Nor is a partition that comes now left out.
  InstanceOptions options;
  options.name = "b";
  const auto b = world_->Make(options);
  takes_ = absl::ZeroDuration();
  world_->group().Force({{"a", {kStuck}}, {"b", {kOther}}});
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(Turns(a_.get(), 1), IsOk());
    ASSERT_THAT(Turns(b.get(), 1), IsOk());
  }
  takes_ = absl::Milliseconds(400);
  for (int i = 0; i < 400; ++i) Append(kStuck, "key");
  for (int i = 0; i < 3; ++i) Append(kOther, "key");
  world_->group().Force({{"a", {kStuck, kOther}}});
  for (int i = 0; i < 60 && Committed(kOther) < Offset(3); ++i) {
    ASSERT_THAT(Turns(a_.get(), 1), IsOk());
    ASSERT_THAT(Turns(b.get(), 1), IsOk());
  }
  EXPECT_EQ(Committed(kOther), Offset(3));
  EXPECT_LT(Committed(kStuck), world_->model(kStuck).end());
}

// Its last position is no place to look for what is sent next.
TEST_F(RetryTopicTest, AnEmptyTopicMayBeMadeAnew) {
  MakeWorld(TwoTopics());
  AppendAll();
  answer_ = absl::UnavailableError("down");
  ASSERT_THAT(Turns(a_.get(), 15), IsOk());
  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  a_->plan.Kill();
  world_->group().Expire("a");
  world_->cluster().RecreateTopic("soon");
  answer_ = absl::UnavailableError("down");
  for (const char* name : {"b", "c"}) {
    InstanceOptions options;
    options.name = name;
    const auto instance = world_->Make(options);
    Append(kStuck, "stuck");
    absl::Status status;
    for (int i = 0; i < 12 && status.ok(); ++i) {
      status = instance->Turn();
      world_->Advance(absl::Milliseconds(20));
    }
    EXPECT_THAT(status, IsOk()) << name;
    EXPECT_GE(Waiting(instance.get(), "soon"), 1u);
    instance->plan.Kill();
    world_->group().Expire(name);
  }
  answer_ = absl::OkStatus();
  InstanceOptions options;
  options.name = "d";
  const auto last = world_->Make(options);
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(last->Turn(), IsOk());
    world_->Advance(absl::Milliseconds(50));
  }
  EXPECT_EQ(RetriesOf(last.get()).waiting(), 0u);
}

// A clock that was a day ahead has sent the first of them.
TEST_F(RetryTopicTest, NothingIsDueLaterThanItsDelayFromNow) {
  MakeWorld(TwoTopics());
  Append(kStuck, "stuck");
  RecordHandler ahead(
      SampleReader(nullptr), BadRecordPolicy::kSkip, "in", "app",
      [this] { return world_->cluster().now() + absl::Hours(24); },
      TwoTopics().topics);
  ASSERT_THAT(Turns(a_.get(), 3), IsOk());
  PartitionState& state = a_->processor->tasks().at(kStuck)->state();
  LogRecord record;
  record.partition = kStuck;
  record.offset = state.next_offset();
  record.key = "key";
  record.value = "1";
  Append(kStuck, "key");
  ahead.GiveUp(record, "down", 1, &state);
  answer_ = absl::OkStatus();
  for (int i = 0; i < 60; ++i) {
    ASSERT_THAT(a_->Turn(), IsOk());
    world_->Advance(absl::Milliseconds(50));
  }
  EXPECT_EQ(RetriesOf(a_.get()).waiting(), 0u);
}

TEST_F(RetryTopicTest, ATopicIsNotForgottenWhileRecordsWaitThere) {
  MakeWorld(TwoTopics());
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 10), IsOk());
  PartitionState& state = a_->processor->tasks().at(kStuck)->state();
  RetryTopics none(&world_->pipeline(), {}, [] { return absl::Now(); });
  const absl::Status refused = none.Begin(&state);
  EXPECT_EQ(ReasonOf(refused), StopReason::kConfig);
  EXPECT_THAT(refused.message(),
              HasSubstr("1 record waits in the retry topic \"soon\""));
  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  EXPECT_THAT(none.Begin(&state), IsOk());
  EXPECT_TRUE(state.retries().topics().empty());
}

}  // namespace
}  // namespace exactmean
