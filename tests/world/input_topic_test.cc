// The input topic, or the whole cluster, goes away from under a processor that
// runs: it says so and stops, and commits nothing that is not true.

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

class InputTopicTest : public RunningTest {
 protected:
  // Only what librdkafka knows of itself answers: its polls are empty.
  void LoseBrokers() {
    instance_->plan.set_chooser([](SeamCall call, int64_t /*nth*/) {
      switch (call) {
        case SeamCall::kPoll:
        case SeamCall::kPause:
        case SeamCall::kToken:
        case SeamCall::kBegin:
        case SeamCall::kWrite:
          return Fault();
        default:
          return Fault::FailBefore(absl::UnavailableError("no answer"));
      }
    });
  }
};

TEST_F(InputTopicTest, MadeAnewIsNeverCommittedAcross) {
  ASSERT_NO_FATAL_FAILURE(Work());
  world_.cluster().RecreateTopic("in");
  for (int i = 0; i < 100; ++i) {
    world_.cluster().Produce("in", Partition(i % kPartitions), "other", "1");
  }
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr("\"in\" was deleted and made again"));
  EXPECT_THAT(world_.Check(), IsOk());
  EXPECT_THAT(instance_->processor->Shutdown(), IsOk());
  EXPECT_THAT(world_.Check(), IsOk());
}

TEST_F(InputTopicTest, MadeAnewIsNoticedThoughNothingComes) {
  ASSERT_NO_FATAL_FAILURE(Work());
  world_.cluster().RecreateTopic("in");
  for (int32_t p = 0; p < kPartitions; ++p) {
    while (world_.cluster().partition("in", Partition(p)).high() <
           world_.model(Partition(p)).end()) {
      world_.cluster().Produce("in", Partition(p), "other", "1");
    }
  }
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(), HasSubstr("\"in\" was deleted and made again"));
}

TEST_F(InputTopicTest, MissingIsAnErrorAfterAWhile) {
  ASSERT_NO_FATAL_FAILURE(Work());
  FailAlways(SeamCall::kDescribe, absl::NotFoundError("no such topic"));
  EXPECT_THAT(RunFor(absl::Seconds(2)), IsOk()) << "a broker that just started";
  instance_->plan.set_chooser(nullptr);
  EXPECT_THAT(RunFor(absl::Seconds(10)), IsOk());
  FailAlways(SeamCall::kDescribe, absl::NotFoundError("no such topic"));
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kConfig) << error;
  EXPECT_THAT(error.message(), HasSubstr("\"in\" does not exist any more"));
}

TEST_F(InputTopicTest, AddedPartitionsAreRefused) {
  ASSERT_NO_FATAL_FAILURE(Work());
  world_.cluster().AddPartitions("in", 1);
  world_.group().StartRebalance();
  const absl::Status error = RunFor(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(error), StopReason::kState) << error;
  EXPECT_THAT(error.message(),
              HasSubstr("had 2 partitions and now has 3: its keys may have"));
}

TEST_F(InputTopicTest, BrokersThatAreGoneAreNoticedThoughNothingComes) {
  InstanceOptions options;
  options.unreachable_deadline = absl::Seconds(5);
  ASSERT_NO_FATAL_FAILURE(Work(options));
  EXPECT_THAT(RunFor(absl::Minutes(1)), IsOk());
  LoseBrokers();
  const absl::Time start = world_.cluster().now();
  const absl::Status error = RunFor(absl::Minutes(5));
  EXPECT_EQ(ReasonOf(error), StopReason::kUnreachable) << error;
  EXPECT_THAT(error.message(), HasSubstr("unreachable_deadline: 5s"));
  EXPECT_LT(world_.cluster().now() - start, absl::Seconds(8));
}

TEST_F(InputTopicTest, BrokersThatAreGoneWithinACommitAreToleratedNoLonger) {
  InstanceOptions options;
  options.unreachable_deadline = absl::Seconds(5);
  ASSERT_NO_FATAL_FAILURE(Work(options));
  world_.Produce(30);
  // The next call after the first of a transaction finds nobody.
  instance_->plan.set_chooser([begun = false](SeamCall call,
                                              int64_t /*nth*/) mutable {
    begun |= call == SeamCall::kBegin;
    const bool answers = !begun || call == SeamCall::kPoll ||
                         call == SeamCall::kPause || call == SeamCall::kToken ||
                         call == SeamCall::kBegin || call == SeamCall::kWrite;
    return answers ? Fault()
                   : Fault::FailBefore(absl::UnavailableError("no answer"));
  });
  const absl::Time start = world_.cluster().now();
  const absl::Status error = RunFor(absl::Minutes(5));
  EXPECT_EQ(ReasonOf(error), StopReason::kUnreachable) << error;
  // The transaction's calls, its abort, and the new producer.
  EXPECT_LT(world_.cluster().now() - start, absl::Seconds(15));
}

}  // namespace
}  // namespace exactmean
