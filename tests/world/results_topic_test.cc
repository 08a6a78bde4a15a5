// The results topic goes away from under a processor that runs: what is left of
// the state is not taken for the whole, and nothing more is committed.

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/running_testing.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr char kMadeAnew[] = "results topic \"out\" was deleted and made again";

class ResultsTopicTest : public RunningTest {
 protected:
  void SetUp() override { Work(); }
  // Records, markers and all.
  int64_t Written() {
    int64_t written = 0;
    for (int32_t p = 0; p < kPartitions; ++p) {
      written += world_.cluster().partition("out", Partition(p)).high().value();
    }
    return written;
  }
  int64_t FoldedIn() {
    int64_t folded_in = 0;
    for (int32_t p = 0; p < kPartitions; ++p) {
      const auto committed = world_.group().LastCommitted(Partition(p));
      folded_in += committed.value_or(Offset(0)).value();
    }
    return folded_in;
  }
};

TEST_F(ResultsTopicTest, MadeAnewIsNotCommittedInto) {
  const int64_t folded_in = FoldedIn();
  ASSERT_GT(folded_in, 0);
  world_.cluster().RecreateTopic("out");
  world_.Advance(absl::Seconds(1));
  world_.Produce(30);
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr(kMadeAnew));
  EXPECT_THAT(error.message(), HasSubstr("rewind --to_earliest --execute"));
  EXPECT_THAT(instance_->processor->Shutdown(), IsOk());
  EXPECT_EQ(Written(), 0);
  EXPECT_EQ(FoldedIn(), folded_in);
}

TEST_F(ResultsTopicTest, MadeAnewIsNoticedSoonThoughCommitsGoThrough) {
  world_.cluster().RecreateTopic("out");
  const absl::Time made_anew = world_.cluster().now();
  absl::Status error;
  while (error.ok() && world_.cluster().now() - made_anew < absl::Seconds(10)) {
    world_.Produce(3);
    error = RunFor(absl::Milliseconds(200));
  }
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr(kMadeAnew));
  EXPECT_LE(world_.cluster().now() - made_anew, absl::Milliseconds(1300));
  const int64_t written = Written();
  EXPECT_GT(written, 0) << "the question is asked before every commit";
  world_.Produce(3);
  EXPECT_THAT(instance_->processor->Shutdown(), IsOk());
  EXPECT_EQ(Written(), written);
}

// A partition that is taken away is committed from within Poll: the turn's own
// question comes too late for it.
TEST_F(ResultsTopicTest, MadeAnewIsNoticedByTheCommitOfARevocation) {
  world_.Produce(1);
  InstanceOptions rare;
  rare.commit_policy = {absl::Hours(1), 1000};
  rare.cooperative = false;
  instance_->plan.Kill();
  world_.group().Expire("a");
  instance_ = world_.Make(rare);
  ASSERT_THAT(RunFor(absl::Seconds(5)), IsOk());
  world_.Produce(30);
  ASSERT_THAT(RunFor(absl::Seconds(5)), IsOk());
  const int64_t folded_in = FoldedIn();
  world_.cluster().RecreateTopic("out");
  world_.Advance(absl::Seconds(1));
  world_.group().StartRebalance();
  const absl::Status error = RunFor(absl::Seconds(5));
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr(kMadeAnew));
  EXPECT_EQ(Written(), 0);
  EXPECT_EQ(FoldedIn(), folded_in);
}

TEST_F(ResultsTopicTest, MadeAnewIsNoticedThoughNothingComes) {
  world_.cluster().RecreateTopic("out");
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr(kMadeAnew));
}

TEST_F(ResultsTopicTest, MissingIsAnErrorAfterAWhile) {
  FailAlways(SeamCall::kDescribeResults, absl::NotFoundError("no such topic"));
  EXPECT_THAT(RunFor(absl::Seconds(2)), IsOk()) << "a broker that just started";
  instance_->plan.set_chooser(nullptr);
  EXPECT_THAT(RunFor(absl::Seconds(10)), IsOk());
  FailAlways(SeamCall::kDescribeResults, absl::NotFoundError("no such topic"));
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kConfig) << error;
  EXPECT_THAT(error.message(), HasSubstr("results topic \"out\" does not exist "
                                         "any more"));
}

// One question a second, however often it commits.
TEST_F(ResultsTopicTest, IsNotAskedForWithEveryCommit) {
  const int64_t asked = instance_->plan.calls(SeamCall::kDescribeResults);
  const uint64_t commits = instance_->processor->stats().commits;
  for (int i = 0; i < 50; ++i) {
    world_.Produce(3);
    ASSERT_THAT(RunFor(absl::Milliseconds(200)), IsOk());
  }
  EXPECT_GT(instance_->processor->stats().commits - commits, 40u);
  EXPECT_GE(instance_->plan.calls(SeamCall::kDescribeResults) - asked, 8);
  EXPECT_LE(instance_->plan.calls(SeamCall::kDescribeResults) - asked, 10);
}

}  // namespace
}  // namespace exactmean
