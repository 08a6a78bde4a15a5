// Offsets without transactions: one commit at a time, none moves one back, and
// what failed is made up for.

#include "processor/offset_commits.h"

#include <deque>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using CommitWhen = InputLog::CommitWhen;

// A group coordinator that answers when it is told to.
class Coordinator : public InputLog {
 public:
  explicit Coordinator(FakeCluster* cluster) : cluster_(cluster) {}

  absl::Status CommitOffsets(absl::Span<const PartitionOffset> offsets,
                             CommitWhen when) override {
    EXPECT_TRUE(!asked_ || when_ == CommitWhen::kInTime)
        << "two at a time: the later could be overtaken";
    for (const PartitionOffset& o : offsets) sent.push_back(o.next.value());
    asked_ = true;
    when_ = when;
    return absl::OkStatus();
  }
  absl::Status OffsetsCommitted(absl::Duration timeout) override {
    if (answers.empty()) {
      cluster_->Advance(timeout);
      return absl::UnavailableError("not yet");
    }
    asked_ = false;
    const absl::Status answer = answers.front();
    answers.pop_front();
    return answer;
  }

  std::vector<int64_t> sent;
  std::deque<absl::Status> answers;

  absl::Status Subscribe(AssignmentListener*) override { return Unused(); }
  absl::StatusOr<std::string> CommittedNote(Partition) override {
    return Unused();
  }
  absl::StatusOr<Offset> StableEnd(Partition) override { return Unused(); }
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition,
                                                  absl::Time) override {
    return Unused();
  }
  absl::StatusOr<absl::Span<const LogRecord>> Poll(absl::Duration) override {
    return Unused();
  }
  absl::StatusOr<absl::optional<Offset>> Committed(Partition) override {
    return Unused();
  }
  absl::StatusOr<OffsetRange> Range(Partition) override { return Unused(); }
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition, Offset) override {
    return Unused();
  }
  absl::Status ResumeAt(Partition, Offset) override { return Unused(); }
  absl::Status Pause(Partition) override { return Unused(); }
  absl::StatusOr<GroupToken> Token() override { return Unused(); }
  absl::StatusOr<TopicIdentity> Describe() override { return Unused(); }
  absl::Status Close() override { return Unused(); }

 private:
  static absl::Status Unused() { return absl::InternalError("not asked"); }
  FakeCluster* const cluster_;
  bool asked_ = false;
  CommitWhen when_ = CommitWhen::kNow;
};

class OffsetCommitsTest : public ::testing::Test {
 protected:
  static PartitionOffset At(int64_t next) {
    return {Partition(0), Offset(next)};
  }
  OffsetCommits Make(CommitStyle style) {
    return OffsetCommits(&group_, &clock_, style, absl::Seconds(5));
  }
  void Later() { cluster_.Advance(absl::Seconds(3)); }

  FakeCluster cluster_;
  ClusterClock clock_{&cluster_};
  Coordinator group_{&cluster_};
};

TEST_F(OffsetCommitsTest, TheNextWaitsForTheOneUnderWay) {
  OffsetCommits commits = Make(CommitStyle::kAsync);
  commits.Want({At(10)});
  EXPECT_THAT(commits.Continue(), IsOk());
  commits.Want({At(20)});
  EXPECT_THAT(commits.Continue(), IsOk());
  commits.Want({At(30)});
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10));
  EXPECT_FALSE(commits.IsCommitted(At(10)));
  group_.answers = {absl::OkStatus()};
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10, 30));
  EXPECT_TRUE(commits.IsCommitted(At(10)));
  EXPECT_FALSE(commits.IsCommitted(At(20)));
}

TEST_F(OffsetCommitsTest, WhatFailedIsMadeUpForByTheNext) {
  OffsetCommits commits = Make(CommitStyle::kAsync);
  commits.Want({At(10)});
  EXPECT_THAT(commits.Continue(), IsOk());
  group_.answers = {absl::AbortedError("refused")};
  commits.Want({At(20)});
  EXPECT_THAT(commits.Continue(), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(commits.Continue(), IsOk());  // not at once
  EXPECT_THAT(group_.sent, ElementsAre(10));
  Later();
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10, 20));
}

TEST_F(OffsetCommitsTest, NoneMovesBack) {
  OffsetCommits commits = Make(CommitStyle::kSync);
  commits.Want({At(20)});
  group_.answers = {absl::OkStatus()};
  EXPECT_THAT(commits.Settle(), IsOk());
  commits.Want({At(10)});
  EXPECT_THAT(commits.Settle(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(20));
}

TEST_F(OffsetCommitsTest, SettleWaitsForTheLastAndNotForEver) {
  OffsetCommits commits = Make(CommitStyle::kAsyncThenSync);
  commits.Want({At(10)});
  EXPECT_THAT(commits.Continue(), IsOk());
  commits.Want({At(20)});
  group_.answers = {absl::OkStatus(), absl::OkStatus()};
  EXPECT_THAT(commits.Settle(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10, 20));
  commits.Want({At(30)});
  EXPECT_THAT(commits.Settle(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(OffsetCommitsTest, WhatWaitsForTheTimerIsReplaced) {
  OffsetCommits commits = Make(CommitStyle::kAuto);
  commits.Want({At(10)});
  EXPECT_THAT(commits.Continue(), IsOk());
  commits.Want({At(20)});
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10, 20));
  group_.answers = {absl::OkStatus()};
  EXPECT_THAT(commits.Settle(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10, 20, 20));
}

TEST_F(OffsetCommitsTest, AForgottenPartitionIsNotCommitted) {
  OffsetCommits commits = Make(CommitStyle::kAsync);
  commits.Want({At(10)});
  commits.Forget(Partition(0));
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(group_.sent, IsEmpty());
}

TEST_F(OffsetCommitsTest, WhatIsGivenUpIsNotTriedAgain) {
  OffsetCommits commits = Make(CommitStyle::kAsync);
  commits.Want({At(10)});
  EXPECT_THAT(commits.Continue(), IsOk());
  group_.answers = {absl::AbortedError("refused")};
  EXPECT_THAT(commits.Continue(), StatusIs(absl::StatusCode::kAborted));
  commits.GiveUp();
  Later();
  EXPECT_THAT(commits.Continue(), IsOk());
  EXPECT_THAT(group_.sent, ElementsAre(10));
}

}  // namespace
}  // namespace exactmean
