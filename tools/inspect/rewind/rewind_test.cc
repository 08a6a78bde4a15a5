// A rewind of what the shipped processor has written, on the fake cluster: what
// is said when it is hindered at each of its steps.

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/verify.h"
#include "tools/inspect/rewind/rewind_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(RewindTest, IsWrittenAndProven) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  EXPECT_FALSE(Committed() == before_);
  EXPECT_THAT(parts_, HasSubstr("reading the state\nwriting\n"));
  EXPECT_THAT(rewind->Prove(), IsOk());
}

// As the watch over that topic advises, when it stops.
TEST_F(RewindTest, AResultsTopicThatWasMadeAnewIsWrittenAnew) {
  InstanceOptions options;
  options.name = "c";
  const auto writer = world_.Make(options);
  for (int i = 0; i < 50; ++i) {  // it restores, last of all looks
    world_.Advance(absl::Milliseconds(100));
    ASSERT_THAT(writer->Turn(), IsOk());
  }
  world_.cluster().RecreateTopic("out");
  for (const Partition partition : {kFirst, Partition(1)}) {
    Append(partition, "one of many", "1");
  }
  // Before it is noticed.
  for (int i = 0; i < 3; ++i) ASSERT_THAT(writer->Turn(), IsOk());
  writer->plan.Kill();
  world_.group().Expire("c");
  EXPECT_EQ(Committed().size(), 2u) << "a key and the checkpoint";

  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  EXPECT_THAT(rewind->Prove(), IsOk());
  Restart();
  auto now = Committed();
  EXPECT_EQ(now.count("one of many"), 1u);
  for (const auto& [key, value] : before_) {
    if (key == kCheckpointKey || value == "deleted") continue;
    EXPECT_EQ(now[key], value) << key;
  }
}

TEST_F(RewindTest, AProcessorThatHasGoneOnFromItIsNoFault) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  Restart();
  EXPECT_THAT(rewind->Prove(), IsOk());
}

// As a time is found behind the marker of a producer's transaction.
TEST_F(RewindTest, WhatEndsBehindAMarkerIsVerified) {
  ForeignWriter foreign = world_.BeginForeign();
  world_.Append(kFirst, ToModelRecord("a", "1", 0), &foreign);
  world_.EndForeign(foreign, true);
  RewindGoal goal;
  goal.kind = RewindGoal::Kind::kOffset;
  goal.offset = world_.cluster().partition("in", kFirst).high();
  Append(kFirst, "a", "2");
  Restart();
  next_.reset();
  world_.group().Expire("b");

  Rewind rewind(settings_, &world_.pipeline(), clients_, Options());
  ASSERT_THAT(rewind.Plan({{kFirst, goal}}), IsOk());
  ASSERT_THAT(rewind.Execute(), IsOk());
  VerifyOptions options;
  options.scan = Options();
  auto states = ReadToVerify(&results_, {kFirst}, options);
  ASSERT_THAT(states, IsOk());
  const auto verdicts = Verify(Source(), *std::move(states), &input_, options);
  ASSERT_THAT(verdicts, IsOk());
  EXPECT_EQ(verdicts->front().next, goal.offset);
  EXPECT_THAT(verdicts->front().checkpoint, IsEmpty());
  EXPECT_EQ(verdicts->front().outcome, PartitionVerdict::Outcome::kVerified);
}

TEST_F(RewindTest, AnotherRewindIsNotTheOneToProve) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  Rewind other(settings_, &world_.pipeline(), clients_, Options());
  RewindGoal goal;
  goal.kind = RewindGoal::Kind::kOffset;
  ASSERT_THAT(other.Plan({{kFirst, goal}}), IsOk());
  ASSERT_THAT(other.Execute(), IsOk());
  const absl::Status status = rewind->Prove();
  EXPECT_EQ(ReasonOf(status), StopReason::kState) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot be proven"));
}

TEST_F(RewindTest, AnOutageWhileItIsProvenIsNoVerdict) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  group_plan_.set_chooser([](SeamCall, int64_t) {
    return Fault::FailBefore(absl::UnavailableError("gone"));
  });
  const absl::Status status = rewind->Prove();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               AllOf(HasSubstr("the rewind is written"),
                                     HasSubstr("was not proven"))));
  EXPECT_FALSE(IsStop(status));
}

TEST_F(RewindTest, InterruptedWhileItIsProvenItSaysThatItIsWritten) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  stop_ = true;
  EXPECT_THAT(rewind->Prove(),
              StatusIs(absl::StatusCode::kCancelled,
                       HasSubstr("the rewind is written, but partition 0")));
}

TEST_F(RewindTest, InterruptedWhileItIsWrittenItChangesNothing) {
  Rewind* const rewind = Planned();
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    stop_ = stop_ || call == SeamCall::kWrite;
    return Fault();
  });
  EXPECT_THAT(rewind->Execute(), StatusIs(absl::StatusCode::kCancelled,
                                          "interrupted; nothing was changed"));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, WhatComesBeforeTheCommitChangesNothing) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kAddOffsets, 1,
                  Fault::FailBefore(absl::PermissionDeniedError("not yours")));
  EXPECT_THAT(rewind->Execute(), StatusIs(absl::StatusCode::kPermissionDenied,
                                          "not yours; nothing was changed"));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, SomebodyWhoWroteMeanwhileIsNotOverwritten) {
  Rewind* const rewind = Planned();
  world_.Produce(20);
  Drain();
  const absl::Status status = rewind->Execute();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("meanwhile"));
}

// Retention goes on while the input is folded, and while somebody is asked.
TEST_F(RewindTest, InputThatIsDeletedMeanwhileIsNotRewoundInto) {
  Rewind* const rewind = Planned();
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    if (call == SeamCall::kAddOffsets) {
      world_.cluster().partition("in", kFirst).DeleteBefore(Offset(1));
    }
    return Fault();
  });
  const absl::Status status = rewind->Execute();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig) << status;
  EXPECT_THAT(
      std::string(status.message()),
      AllOf(HasSubstr("partition 0: meanwhile the input holds offsets 1 "),
            HasSubstr("; nothing was changed")));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, SilenceIsNotTakenForNobody) {
  Rewind* const rewind = Planned();
  world_.Produce(20);
  Drain();
  results_.silent = true;
  EXPECT_THAT(rewind->Execute(), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("; nothing was changed")));
}

TEST_F(RewindTest, ACommitWithoutAnAnswerIsLookedFor) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailAfter(absl::UnknownError("no answer")));
  EXPECT_THAT(rewind->Execute(), IsOk());
  EXPECT_FALSE(Committed() == before_);
  EXPECT_THAT(rewind->Prove(), IsOk());
}

TEST_F(RewindTest, ACommitThatNeverCameIsLookedFor) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailBefore(absl::UnknownError("no answer")));
  EXPECT_THAT(rewind->Execute(),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("nothing was changed, run it again"),
                             HasSubstr("no answer"))));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, ACommitWithoutAnAnswerIsFoundThoughOthersWentOn) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailAfter(absl::UnknownError("no answer")));
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    const bool again = call == SeamCall::kOpenTransaction &&
                       write_plan_.calls(SeamCall::kCommit) == 1;
    if (again && next_ == nullptr) Restart();
    return Fault();
  });
  EXPECT_THAT(rewind->Execute(), IsOk());
  ASSERT_NE(next_, nullptr);
  EXPECT_THAT(rewind->Prove(), IsOk());
}

TEST_F(RewindTest, WhatCannotBeLookedForIsNotKnown) {
  // The trouble that begins with a commit whose outcome is not known.
  const std::function<void()> kHinder[] = {
      [this] { no_producer_ = true; },
      [this] { results_.stable_ends_missing = 1000000; },
      [this] { results_.silent = true; },
  };
  for (const auto& hinder : kHinder) {
    results_.stable_ends_missing = 0;
    results_.silent = no_producer_ = false;
    Rewind* const rewind = Planned();
    write_plan_.set_chooser([&](SeamCall call, int64_t) {
      if (call == SeamCall::kCommit) {
        hinder();
        return Fault::FailBefore(absl::UnknownError("no answer"));
      }
      return no_producer_ && call == SeamCall::kOpenTransaction
                 ? Fault::FailBefore(absl::UnavailableError("no producer"))
                 : Fault();
    });
    EXPECT_THAT(
        rewind->Execute(),
        StatusIs(absl::StatusCode::kUnavailable,
                 AllOf(HasSubstr("whether the rewind took place is not known"),
                       HasSubstr("no answer; "),
                       Not(HasSubstr("nothing was changed")))));
    write_plan_.set_chooser(nullptr);
  }
}

TEST_F(RewindTest, AnEndThatIsLateIsAskedForAgain) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailAfter(absl::UnknownError("no answer")));
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    if (call == SeamCall::kCommit) results_.stable_ends_missing = 3;
    return Fault();
  });
  EXPECT_THAT(rewind->Execute(), IsOk());
  EXPECT_EQ(results_.stable_ends_missing, 0);
}

}  // namespace
}  // namespace exactmean
