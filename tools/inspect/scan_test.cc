// Reading stretches on the fake cluster: ends, holes, open transactions,
// trouble, and when to give up.

#include "tools/inspect/scan.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Partition kP0{0};
constexpr Partition kP1{1};

// Like the real one when brokers go away: no error, and nothing read.
class SilentReader : public FakeResultsLog {
 public:
  using FakeResultsLog::FakeResultsLog;
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override {
    if (silent) return absl::Span<const LogRecord>();
    return FakeResultsLog::Read(timeout);
  }
  absl::StatusOr<Offset> StableEnd(Partition partition) override {
    if (!trouble.ok()) return trouble;
    return FakeResultsLog::StableEnd(partition);
  }

  bool silent = false;
  absl::Status trouble;  // of StableEnd
};

class ScanTest : public ::testing::Test {
 protected:
  ScanTest()
      : clock_(&cluster_, absl::Milliseconds(10)),
        reader_(&cluster_, &plan_, {"t"}) {
    cluster_.CreateTopic("t", 2);
    options_.clock = &clock_;
    options_.patience = absl::Seconds(3);
  }

  void Write(Partition partition, int n) {
    for (int i = 0; i < n; ++i) cluster_.Produce("t", partition, "k", "v");
  }
  // "partition/offset" of all that is visited.
  absl::StatusOr<std::vector<StretchEnd>> ScanAll(
      const std::vector<Stretch>& stretches) {
    seen_.clear();
    return Scan(&reader_, stretches, options_, [&](const LogRecord& record) {
      seen_.push_back(
          absl::StrCat(record.partition.value(), "/", record.offset.value()));
      return absl::OkStatus();
    });
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  ClusterClock clock_;
  SilentReader reader_;
  ScanOptions options_;
  std::vector<std::string> seen_;
};

TEST_F(ScanTest, FromTheFirstOffsetToBeforeTheLast) {
  Write(kP0, 5);
  Write(kP1, 2);
  const auto ends =
      ScanAll({{kP0, Offset(1), Offset(4)}, {kP1, Offset(0), Offset(1)}});
  ASSERT_THAT(ends, IsOk());
  std::sort(seen_.begin(), seen_.end());
  EXPECT_THAT(seen_, ElementsAre("0/1", "0/2", "0/3", "1/0"));
  ASSERT_EQ(ends->size(), 2u);
  EXPECT_EQ((*ends)[0].position, Offset(4)) << "not beyond what was asked";
  EXPECT_FALSE((*ends)[0].held_back);
}

TEST_F(ScanTest, NothingAsked) {
  const auto ends = ScanAll({{kP0, Offset(0), Offset(0)}});
  ASSERT_THAT(ends, IsOk());
  EXPECT_THAT(seen_, IsEmpty());
  EXPECT_FALSE((*ends)[0].held_back);
}

TEST_F(ScanTest, MarkersAndAbortedRecordsAreSteppedOver) {
  const FakeProducer producer = cluster_.InitProducer("w", absl::Minutes(1));
  ASSERT_THAT(cluster_.Append(producer, "t", kP0, "k", "aborted"), IsOk());
  ASSERT_THAT(cluster_.EndTransaction(producer, false), IsOk());
  const auto ends = ScanAll({{kP0, Offset(0), Offset(2)}});
  ASSERT_THAT(ends, IsOk());
  EXPECT_THAT(seen_, IsEmpty());
  EXPECT_FALSE((*ends)[0].held_back);
}

TEST_F(ScanTest, AnOpenTransactionHoldsBackWhatFollows) {
  Write(kP0, 1);
  const FakeProducer producer = cluster_.InitProducer("w", absl::Minutes(1));
  ASSERT_THAT(cluster_.Append(producer, "t", kP0, "k", "open"), IsOk());
  Write(kP0, 1);
  const auto ends = ScanAll({{kP0, Offset(0), Offset(3)}});
  ASSERT_THAT(ends, IsOk());
  EXPECT_THAT(seen_, ElementsAre("0/0"));
  EXPECT_TRUE((*ends)[0].held_back);
  EXPECT_EQ((*ends)[0].position, Offset(1));
}

TEST_F(ScanTest, OneThatEndsInTimeIsWaitedFor) {
  const FakeProducer producer = cluster_.InitProducer("w", absl::Seconds(1));
  ASSERT_THAT(cluster_.Append(producer, "t", kP0, "k", "open"), IsOk());
  Write(kP0, 1);
  const auto ends = ScanAll({{kP0, Offset(0), Offset(2)}});
  ASSERT_THAT(ends, IsOk());
  EXPECT_THAT(seen_, ElementsAre("0/1")) << "the cluster has aborted the other";
  EXPECT_FALSE((*ends)[0].held_back);
}

TEST_F(ScanTest, TroublePassesOrIsTold) {
  Write(kP0, 2);
  plan_.Set(SeamCall::kRead, 1,
            Fault::FailBefore(absl::UnavailableError("a moment")));
  ASSERT_THAT(ScanAll({{kP0, Offset(0), Offset(2)}}), IsOk());
  EXPECT_THAT(seen_, ElementsAre("0/0", "0/1"));

  plan_.set_chooser([](SeamCall call, int64_t) {
    return call == SeamCall::kRead
               ? Fault::FailBefore(absl::UnavailableError("gone"))
               : Fault();
  });
  EXPECT_THAT(ScanAll({{kP0, Offset(0), Offset(2)}}),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(ScanTest, ASilentBrokerIsNoEnd) {
  Write(kP0, 2);
  reader_.silent = true;
  const auto ends = ScanAll({{kP0, Offset(0), Offset(2)}});
  EXPECT_THAT(ends, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(ends.status().message(),
              HasSubstr("partition 0: nothing came from offset 0 on, though "
                        "committed records end at 2"));
  reader_.trouble = absl::UnavailableError("no broker");
  EXPECT_THAT(ScanAll({{kP0, Offset(0), Offset(2)}}).status().message(),
              HasSubstr("no broker"));
}

TEST_F(ScanTest, AnErrorOfTheVisitorSaysWhereAndKeepsItsReason) {
  Write(kP1, 3);
  const std::vector<Stretch> stretches = {{kP1, Offset(2), Offset(3)}};
  const auto ends = Scan(&reader_, stretches, options_, [](const LogRecord&) {
    return Stop(StopReason::kState, "odd");
  });
  EXPECT_THAT(ends.status().message(), HasSubstr("partition 1, offset 2: odd"));
  EXPECT_EQ(ReasonOf(ends.status()), StopReason::kState);
  // The reader can be used again.
  EXPECT_THAT(ScanAll(stretches), IsOk());
}

TEST_F(ScanTest, StopsWhenTold) {
  Write(kP0, 1);
  const std::atomic<bool> stop{true};
  options_.stop = &stop;
  EXPECT_THAT(ScanAll({{kP0, Offset(0), Offset(1)}}),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(ScanTest, WholePartitionsAreWhatIsRetained) {
  Write(kP0, 4);
  cluster_.partition("t", kP0).DeleteBefore(Offset(3));
  const auto stretches = WholePartitions(&reader_, {kP0, kP1}, options_);
  ASSERT_THAT(stretches, IsOk());
  EXPECT_EQ((*stretches)[0].from, Offset(3));
  EXPECT_EQ((*stretches)[0].to, Offset(4));
  EXPECT_EQ((*stretches)[1].to, Offset(0));
}

}  // namespace
}  // namespace exactmean
