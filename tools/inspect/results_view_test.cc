// Reading a results topic as it is, while others write to it.

#include "tools/inspect/results_view.h"

#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ResultsViewTest : public ::testing::Test {
 protected:
  // The cluster's time passes with every look at it.
  class TestClock : public Clock {
   public:
    explicit TestClock(FakeCluster* cluster) : cluster_(cluster) {}
    absl::Time Now() override {
      cluster_->Advance(absl::Milliseconds(10));
      if (on_now) on_now();
      return cluster_->now();
    }
    void Sleep(absl::Duration duration) override {
      cluster_->Advance(duration);
    }

    std::function<void()> on_now;

   private:
    FakeCluster* const cluster_;
  };

  ResultsViewTest() { cluster_.CreateTopic("out", 2); }

  void Write(int32_t partition, const std::string& key,
             absl::optional<absl::string_view> value) {
    cluster_.Produce("out", Partition(partition), key, value);
  }
  absl::StatusOr<std::vector<PartitionView>> Read() {
    FakeResultsLog log(&cluster_, &plan_, {"out"});
    TestClock clock(&cluster_);
    clock.on_now = on_now_;
    ScanOptions options;
    options.clock = &clock;
    options.patience = absl::Seconds(3);
    return ReadResults(&log, {Partition(0), Partition(1)}, options);
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  std::function<void()> on_now_;  // what others do meanwhile
};

TEST_F(ResultsViewTest, TheNewestOfEachLiveKeyAndTheirDigest) {
  Write(0, "a", "old");
  Write(0, "b", "gone");
  Write(0, "a", "new");
  Write(0, "b", absl::nullopt);
  Write(1, "c", "other");
  results::Checkpoint checkpoint;
  checkpoint.set_format(1);
  checkpoint.set_keys(1);
  checkpoint.set_digest(RecordHash("a", "new"));
  Write(0, std::string(kCheckpointKey), EncodeResult(checkpoint));
  const auto views = Read();
  ASSERT_THAT(views, IsOk());
  const PartitionView& first = (*views)[0];
  ASSERT_EQ(first.keys.size(), 1u);
  EXPECT_EQ(first.keys.at("a").snapshot, "new");
  EXPECT_EQ(first.keys.at("a").offset, Offset(2));
  EXPECT_EQ(first.records_read, 5u);
  EXPECT_TRUE(first.DigestVerified());
  EXPECT_FALSE(first.transaction_open);
  EXPECT_EQ((*views)[1].keys.size(), 1u);
  EXPECT_FALSE((*views)[1].DigestVerified());  // there is no checkpoint
}

TEST_F(ResultsViewTest, AnOpenTransactionHidesWhatFollows) {
  Write(0, "a", "1");
  const FakeProducer writer = cluster_.InitProducer("w", absl::Hours(1));
  ASSERT_THAT(cluster_.Append(writer, "out", Partition(0), "a", "2"), IsOk());
  Write(0, "a", "3");
  const auto views = Read();
  ASSERT_THAT(views, IsOk());
  EXPECT_TRUE((*views)[0].transaction_open);
  EXPECT_EQ((*views)[0].keys.at("a").snapshot, "1");
  EXPECT_FALSE((*views)[1].transaction_open);
}

TEST_F(ResultsViewTest, ATransactionThatCommitsMeanwhileIsSeenWhole) {
  Write(0, "a", "1");
  const FakeProducer writer = cluster_.InitProducer("w", absl::Hours(1));
  ASSERT_THAT(cluster_.Append(writer, "out", Partition(0), "a", "2"), IsOk());
  int looks = 0;
  on_now_ = [&] {
    if (++looks != 3) return;
    EXPECT_THAT(cluster_.Append(writer, "out", Partition(0), "b", "2"), IsOk());
    EXPECT_THAT(cluster_.EndTransaction(writer, true), IsOk());
  };
  const auto views = Read();
  ASSERT_THAT(views, IsOk());
  ASSERT_GE(looks, 3);
  EXPECT_EQ((*views)[0].keys.at("a").snapshot, "2");
  EXPECT_EQ((*views)[0].keys.count("b"), 1u);
  EXPECT_FALSE((*views)[0].transaction_open);
}

TEST_F(ResultsViewTest, PassingTroubleIsWaitedOut) {
  Write(0, "a", "1");
  plan_.Set(SeamCall::kEndOffset, 1,
            Fault::FailBefore(absl::UnavailableError("away")));
  plan_.Set(SeamCall::kRead, 1,
            Fault::FailBefore(absl::UnavailableError("away")));
  const auto views = Read();
  ASSERT_THAT(views, IsOk());
  EXPECT_EQ((*views)[0].keys.size(), 1u);
}

TEST_F(ResultsViewTest, LastingTroubleIsTold) {
  Write(0, "a", "1");
  plan_.set_chooser([](SeamCall call, int64_t) {
    return call == SeamCall::kRead
               ? Fault::FailBefore(absl::UnavailableError("away"))
               : Fault();
  });
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kUnavailable, "away"));
}

TEST_F(ResultsViewTest, ACheckpointThatCannotBeReadIsNamed) {
  Write(1, std::string(kCheckpointKey), "no checkpoint");
  EXPECT_THAT(Read(), StatusIs(testing::_, HasSubstr("partition 1, offset 0")));
}

TEST_F(ResultsViewTest, AnEmptyTopic) {
  const auto views = Read();
  ASSERT_THAT(views, IsOk());
  EXPECT_THAT((*views)[0].keys, IsEmpty());
  EXPECT_FALSE((*views)[0].checkpoint.has_value());
}

}  // namespace
}  // namespace exactmean
