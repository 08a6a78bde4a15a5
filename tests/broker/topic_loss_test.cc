// A topic changes under the shipped binary while it works: deleted, made again,
// the input also given more partitions. It stops with what happened, and
// nothing was committed across it.

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

class TopicLossTest : public ::testing::Test {
 protected:
  // A pipeline with an instance that has folded in 10 records, and reads on.
  void Work(const std::string& name, int32_t partitions) {
    pipeline_ = std::make_unique<BrokerPipeline>(name, partitions);
    ASSERT_THAT(pipeline_->Produce(10), IsOk());
    auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    instance_ = *std::move(instance);
    ASSERT_THAT(pipeline_->AwaitDrained(), IsOk()) << instance_->Log();
  }
  // It ends by itself, soon.
  void ExpectEnds(int exit_code, const std::string& text) {
    const auto exit = instance_->AwaitExit(absl::Seconds(30));
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), exit_code) << instance_->Log();
    EXPECT_THAT(instance_->Log(), HasSubstr(text));
  }
  // Of partition 0.
  void ExpectCommitted(int64_t next_offset) {
    const auto checkpoint = pipeline_->Checkpoint(Partition(0));
    ASSERT_THAT(checkpoint, IsOk());
    EXPECT_EQ(checkpoint->next_offset(), next_offset);
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
  std::unique_ptr<RunningInstance> instance_;
};

TEST_F(TopicLossTest, MadeAnewWhileItIsRead) {
  ASSERT_NO_FATAL_FAILURE(Work("anew", 1));
  ASSERT_THAT(pipeline_->client().DeleteTopic(pipeline_->input()), IsOk());
  ASSERT_THAT(Eventually([&] {
                return pipeline_->client().CreateTopic(pipeline_->input(), 1);
              }),
              IsOk());
  ASSERT_THAT(pipeline_->Produce(30), IsOk());
  ExpectEnds(4, "\"anew-in\" was deleted and made again");
  ExpectCommitted(10);
  // The next start does not take it for its own either.
  auto again = pipeline_->Start("a");
  ASSERT_THAT(again, IsOk());
  instance_ = *std::move(again);
  const auto exit = instance_->AwaitExit(absl::Minutes(2));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 4) << instance_->Log();
  EXPECT_THAT(instance_->Log(), HasSubstr("deleted and made again"));
  ExpectCommitted(10);
}

TEST_F(TopicLossTest, DeletedWhileItIsRead) {
  ASSERT_NO_FATAL_FAILURE(Work("gone", 1));
  ASSERT_THAT(pipeline_->client().DeleteTopic(pipeline_->input()), IsOk());
  ExpectEnds(2, "\"gone-in\" does not exist any more");
  ExpectCommitted(10);
}

TEST_F(TopicLossTest, ResultsMadeAnewWhileTheyAreWritten) {
  ASSERT_NO_FATAL_FAILURE(Work("unkept", 1));
  ASSERT_THAT(pipeline_->client().DeleteTopic("unkept-out"), IsOk());
  ASSERT_THAT(Eventually([this] {
                return pipeline_->client().CreateTopic(
                    "unkept-out", 1, {{"cleanup.policy", "compact"}});
              }),
              IsOk());
  ASSERT_THAT(pipeline_->Produce(10), IsOk());
  ExpectEnds(4, "results topic \"unkept-out\" was deleted and made again");
  // Whatever went into it, the next start does not take it for the state.
  auto again = pipeline_->Start("a");
  ASSERT_THAT(again, IsOk());
  instance_ = *std::move(again);
  const auto exit = instance_->AwaitExit(absl::Minutes(2));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 4) << instance_->Log();
  EXPECT_THAT(instance_->Log(),
              AnyOf(HasSubstr("committed offset 10, but the results topic "
                              "holds no state"),
                    HasSubstr("its checkpoint ")));
}

TEST_F(TopicLossTest, ResultsDeletedWhileTheyAreWritten) {
  ASSERT_NO_FATAL_FAILURE(Work("lost", 1));
  ASSERT_THAT(pipeline_->client().DeleteTopic("lost-out"), IsOk());
  ExpectEnds(2, "results topic \"lost-out\" does not exist any more");
}

TEST_F(TopicLossTest, GivenPartitionsWhileItIsRead) {
  ASSERT_NO_FATAL_FAILURE(Work("grown", 2));
  ASSERT_THAT(pipeline_->client().AddPartitions(pipeline_->input(), 3), IsOk());
  ExpectEnds(4, "had 2 partitions and now has 3: its keys may have moved");
}

}  // namespace
}  // namespace exactmean
