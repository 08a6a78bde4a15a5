// What a rewind reads again is not redriven: neither after it, nor by a redrive
// that began before.

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/dead_letter.h"
#include "tests/status_matchers.h"
#include "tools/inspect/dlq/redrive.h"
#include "tools/inspect/rewind/rewind_testing.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// In the first partition a bad record, and its dead letter.
class RewindLettersTest : public RewindTest {
 protected:
  RewindLettersTest() {
    settings_.dead_letter_topic = "dead";
    settings_.input_topic = "in";
    world_.cluster().CreateTopic("dead", 2);
    bad_ = world_.cluster().partition("in", kFirst).high();
    Append(kFirst, "key", "no number");
    Append(kFirst, "key", "1");
    Restart();
    next_.reset();
    world_.group().Expire("b");
    AddLetter("app");
    request_.application = "app";
    request_.input_topic = "in";
    request_.input_partitions = 2;
    request_.partitions = {kFirst};
  }

  void AddLetter(const std::string& application) {
    DeadLetterOrigin origin;
    origin.topic = "in";
    origin.partition = kFirst;
    origin.offset = bad_;
    origin.kind = "undecodable";
    origin.error = "no number";
    origin.application = application;
    origin.time = absl::FromUnixSeconds(1700000000);
    OwnedRecord record;
    record.key = "key";
    record.value = "no number";
    record.timestamp_ms = 1000;
    const OwnedRecord letter = ToDeadLetter(origin, std::move(record));
    world_.cluster().Produce("dead", kFirst,
                             absl::optional<absl::string_view>(letter.key),
                             absl::optional<absl::string_view>(letter.value),
                             letter.timestamp_ms, letter.headers);
  }

  absl::Status RewindTo(Offset offset) {
    RewindGoal goal;
    goal.kind = RewindGoal::Kind::kOffset;
    goal.offset = offset;
    Rewind rewind(settings_, &world_.pipeline(), clients_, Options());
    absl::Status status = rewind.Plan({{kFirst, goal}});
    if (status.ok()) status = rewind.Execute();
    return status.ok() ? rewind.Prove() : status;
  }

  PartitionRedrive WhatToRedrive() {
    FakeResultsLog letters(&world_.cluster(), &none_, {"dead", 3});
    Redrive redrive(request_, &letters, Options());
    EXPECT_THAT(redrive.Plan(), IsOk());
    return redrive.plan().at(0);
  }

  absl::Status DoRedrive(FaultPlan* plan) {
    FakeResultsLog letters(&world_.cluster(), &none_, {"dead", 3});
    FakeTransaction::Options options;
    options.id = RedriverOf("app");
    options.results_topic = "in";
    options.dead_letter_topic = "dead";
    FakeTransaction transaction(&world_.cluster(), plan, options);
    Redrive redrive(request_, &letters, Options());
    const absl::Status planned = redrive.Plan();
    return planned.ok() ? redrive.Execute(&transaction) : planned;
  }

  Offset bad_;
  FaultPlan none_;
  RedriveRequest request_;
};

TEST_F(RewindLettersTest, WhatIsReadAgainIsNotRedriven) {
  EXPECT_THAT(WhatToRedrive().letters, ElementsAre(Offset(0)));
  ASSERT_THAT(RewindTo(bad_), IsOk());
  EXPECT_THAT(WhatToRedrive().letters, IsEmpty());
  EXPECT_EQ(WhatToRedrive().read_again, 1u);
  // It was bad again.
  AddLetter("app");
  EXPECT_THAT(WhatToRedrive().letters,
              ElementsAre(Offset(3)));  // behind the mark, and its end
}

TEST_F(RewindLettersTest, WhatIsBadBeforeTheGoalWaitsOn) {
  ASSERT_THAT(RewindTo(Next(bad_)), IsOk());
  EXPECT_THAT(WhatToRedrive().letters, ElementsAre(Offset(0)));
}

TEST_F(RewindLettersTest, WhatTheFoldFindsGoodWaitsNoLonger) {
  bad_ = Next(bad_);  // under other settings it was bad
  AddLetter("app");
  ASSERT_THAT(RewindTo(Next(bad_)), IsOk());
  EXPECT_THAT(WhatToRedrive().letters, ElementsAre(Offset(0)));
  EXPECT_EQ(WhatToRedrive().read_again, 1u);
}

TEST_F(RewindLettersTest, DeadLettersOfOthersAreLeftAlone) {
  AddLetter("another application");
  ASSERT_THAT(RewindTo(bad_), IsOk());
  request_.application = "another application";
  EXPECT_THAT(WhatToRedrive().letters, ElementsAre(Offset(1)));
}

TEST_F(RewindLettersTest, OneThatIsCutOffLeavesThemWaiting) {
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailBefore(absl::UnknownError("no answer")));
  EXPECT_THAT(RewindTo(bad_), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(WhatToRedrive().letters, ElementsAre(Offset(0)));
}

// It took the dead letter for one that waits.
TEST_F(RewindLettersTest, ARedriveThatBeganBeforeIsFenced) {
  absl::Status rewound = absl::UnknownError("it did not run");
  FaultPlan plan;
  plan.set_chooser([&](SeamCall call, int64_t) {
    if (call == SeamCall::kCommit) rewound = RewindTo(bad_);
    return Fault();
  });
  const Offset end = world_.cluster().partition("in", kFirst).high();
  EXPECT_THAT(DoRedrive(&plan),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(rewound, IsOk());
  int redriven = 0;
  world_.cluster()
      .partition("in", kFirst)
      .ReadCommitted(end, SIZE_MAX, [&](const FakeRecord&) { ++redriven; });
  EXPECT_EQ(redriven, 0);
  EXPECT_THAT(WhatToRedrive().letters, IsEmpty());
}

// Begun while the marks are undecided, it waits, and finds them.
TEST_F(RewindLettersTest, ARedriveThatBeginsMeanwhileWritesNothing) {
  absl::Status redriven;
  write_plan_.set_chooser([&](SeamCall call, int64_t) {
    if (call == SeamCall::kCommit) redriven = DoRedrive(&none_);
    return Fault();
  });
  EXPECT_THAT(RewindTo(bad_), IsOk());
  EXPECT_THAT(redriven, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(WhatToRedrive().letters, IsEmpty());
}

}  // namespace
}  // namespace exactmean
