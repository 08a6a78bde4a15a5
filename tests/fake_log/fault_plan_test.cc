// Planned faults meet the call they are planned for, and calls are counted.

#include "tests/fake_log/fault_plan.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;

class FaultPlanTest : public testing::Test {
 protected:
  absl::StatusOr<int> Call(SeamCall call) {
    return plan_.Run(call, [&]() -> absl::StatusOr<int> { return ++effects_; });
  }
  FaultPlan plan_;
  int effects_ = 0;
};

TEST_F(FaultPlanTest, CountsCalls) {
  EXPECT_THAT(Call(SeamCall::kPoll), IsOkAndHolds(1));
  EXPECT_THAT(Call(SeamCall::kWrite), IsOkAndHolds(2));
  EXPECT_THAT(Call(SeamCall::kWrite), IsOkAndHolds(3));
  EXPECT_EQ(plan_.calls(), 3);
  EXPECT_EQ(plan_.calls(SeamCall::kWrite), 2);
  EXPECT_EQ(plan_.calls(SeamCall::kRead), 0);
  EXPECT_EQ(plan_.last_call(), SeamCall::kWrite);
}

TEST_F(FaultPlanTest, NamesCalls) {
  EXPECT_EQ(SeamCallName(SeamCall::kSubscribe), "InputLog::Subscribe");
  EXPECT_EQ(SeamCallName(SeamCall::kEndOffset), "ResultsLog::EndOffset");
  EXPECT_EQ(SeamCallName(SeamCall::kOpenTransaction), "Transaction::Open");
  EXPECT_EQ(SeamCallName(SeamCall::kAbort), "Transaction::Abort");
}

TEST_F(FaultPlanTest, FailsAtTheNthOfItsKind) {
  plan_.Set(SeamCall::kWrite, 2,
            Fault::FailBefore(absl::UnavailableError("later")));
  EXPECT_THAT(Call(SeamCall::kWrite), IsOk());
  EXPECT_THAT(Call(SeamCall::kPoll), IsOk());
  EXPECT_THAT(Call(SeamCall::kWrite),
              StatusIs(absl::StatusCode::kUnavailable, "later"));
  EXPECT_EQ(effects_, 2);
  EXPECT_THAT(Call(SeamCall::kWrite), IsOk());
}

TEST_F(FaultPlanTest, FailsAfterTheEffect) {
  plan_.Set(SeamCall::kCommit, 1,
            Fault::FailAfter(absl::UnavailableError("no answer")));
  EXPECT_THAT(Call(SeamCall::kCommit),
              StatusIs(absl::StatusCode::kUnavailable, "no answer"));
  EXPECT_EQ(effects_, 1);
}

TEST_F(FaultPlanTest, AnErrorOfTheCallItselfIsNotHidden) {
  plan_.SetAny(1, Fault::FailAfter(absl::UnavailableError("no answer")));
  EXPECT_THAT(plan_.Run(SeamCall::kPoll,
                        [] { return absl::OutOfRangeError("deleted"); }),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(FaultPlanTest, CrashesAtTheNthOfAll) {
  for (const bool after : {false, true}) {
    FaultPlan plan;
    int effects = 0;
    const auto call = [&](SeamCall c) {
      return plan.Run(c, [&] {
        ++effects;
        return absl::OkStatus();
      });
    };
    plan.SetAny(2, after ? Fault::CrashAfter() : Fault::CrashBefore());
    EXPECT_THAT(call(SeamCall::kPoll), IsOk());
    EXPECT_THAT(call(SeamCall::kWrite),
                StatusIs(absl::StatusCode::kCancelled, "crash"));
    EXPECT_EQ(effects, after ? 2 : 1);
    EXPECT_TRUE(plan.dead());
    EXPECT_THAT(call(SeamCall::kWrite), StatusIs(absl::StatusCode::kCancelled));
    EXPECT_FALSE(plan.RunsWithoutStatus(SeamCall::kPosition));
    EXPECT_EQ(effects, after ? 2 : 1);
    EXPECT_EQ(plan.calls(), 2);
    EXPECT_EQ(plan.last_call(), SeamCall::kWrite);
  }
}

TEST_F(FaultPlanTest, CrashesCallsWithoutStatus) {
  plan_.Set(SeamCall::kPosition, 1, Fault::CrashAfter());
  plan_.Set(SeamCall::kCloseResults, 1, Fault::CrashBefore());
  EXPECT_TRUE(plan_.RunsWithoutStatus(SeamCall::kPosition));
  EXPECT_TRUE(plan_.dead());
  EXPECT_FALSE(plan_.RunsWithoutStatus(SeamCall::kCloseResults));
}

TEST_F(FaultPlanTest, AsksTheChooserAtEachCallWithoutAPlannedFault) {
  std::vector<int64_t> asked;
  plan_.Set(SeamCall::kWrite, 1,
            Fault::FailBefore(absl::UnavailableError("planned")));
  plan_.set_chooser([&](SeamCall call, int64_t nth) {
    asked.push_back(nth);
    return call == SeamCall::kBegin
               ? Fault::FailBefore(absl::InternalError("chosen"))
               : Fault();
  });
  EXPECT_THAT(Call(SeamCall::kPoll), IsOk());
  EXPECT_THAT(Call(SeamCall::kWrite),
              StatusIs(absl::StatusCode::kUnavailable, "planned"));
  EXPECT_THAT(Call(SeamCall::kBegin),
              StatusIs(absl::StatusCode::kInternal, "chosen"));
  EXPECT_THAT(asked, ElementsAre(1, 3));
}

}  // namespace
}  // namespace exactmean
