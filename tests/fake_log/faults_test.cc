// Planned faults and crashes, with and without the call's effect, leave the
// fake logs as the contract says.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Partition kP0{0};

class ResumingListener : public AssignmentListener {
 public:
  void OnAssigned(absl::Span<const Partition> partitions) override {
    held.assign(partitions.begin(), partitions.end());
  }
  void OnRevoked(absl::Span<const Partition>) override {
    ++revoked;
    on_revoked();
  }
  void OnLost(absl::Span<const Partition>) override { ++lost; }
  std::vector<Partition> held;
  int revoked = 0, lost = 0;
  std::function<void()> on_revoked = [] {};
};

// One processor's three logs and its plan.
class FaultsTest : public testing::Test {
 protected:
  FaultsTest() {
    cluster_.CreateTopic("in", 1);
    cluster_.CreateTopic("out", 1);
    FakeTransaction::Options transaction;
    transaction.id = "id";
    transaction.input_topic = "in";
    transaction.results_topic = "out";
    transaction_ =
        std::make_unique<FakeTransaction>(&cluster_, &plan_, transaction);
    results_ = std::make_unique<FakeResultsLog>(&cluster_, &plan_,
                                                FakeResultsLog::Options{"out"});
    input_ = NewInput(&plan_, "client");
  }

  std::unique_ptr<FakeInputLog> NewInput(FaultPlan* plan,
                                         const std::string& client) {
    FakeInputLog::Options options;
    options.topic = "in";
    options.group = "g";
    options.client = client;
    return std::make_unique<FakeInputLog>(&cluster_, plan, options);
  }

  void BeginAndWrite() {
    ASSERT_THAT(transaction_->Open(absl::ZeroDuration()), IsOk());
    ASSERT_THAT(transaction_->Begin(), IsOk());
    ASSERT_THAT(transaction_->Write(Destination::kResults, kP0, "k", "v"),
                IsOk());
  }
  // Joined, and reading from the first record.
  void JoinAndResume() {
    ASSERT_THAT(input_->Subscribe(&listener_), IsOk());
    ASSERT_THAT(input_->Poll(absl::ZeroDuration()), IsOk());
    ASSERT_THAT(input_->ResumeAt(kP0, Offset(0)), IsOk());
  }
  std::vector<int64_t> PollOffsets() {
    std::vector<int64_t> offsets;
    const auto records = input_->Poll(absl::ZeroDuration());
    EXPECT_THAT(records, IsOk());
    if (!records.ok()) return offsets;
    for (const LogRecord& record : *records) {
      offsets.push_back(record.offset.value());
    }
    return offsets;
  }
  bool committed() {
    const FakePartition& out = cluster_.partition("out", kP0);
    return !out.records().empty() &&
           out.records().back().kind == FakeRecord::Kind::kCommitMarker;
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  ResumingListener listener_;
  std::unique_ptr<FakeTransaction> transaction_;
  std::unique_ptr<FakeResultsLog> results_;
  std::unique_ptr<FakeInputLog> input_;
};

TEST_F(FaultsTest, CommitThatHappenedMayBeRepeated) {
  BeginAndWrite();
  plan_.Set(SeamCall::kCommit, 1,
            Fault::FailAfter(absl::UnavailableError("no answer")));
  EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(committed());
  EXPECT_THAT(transaction_->Commit(), IsOk());
  EXPECT_EQ(cluster_.partition("out", kP0).high(), Offset(2)) << "once";
  EXPECT_THAT(transaction_->Begin(), IsOk());
}

// The first request may still be under way: it must not end what comes next.
TEST_F(FaultsTest, BeginAfterARepeatedCommitHasANewEpoch) {
  BeginAndWrite();
  plan_.Set(SeamCall::kCommit, 1,
            Fault::FailBefore(absl::UnavailableError("")));
  EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  const FakeProducer late = transaction_->producer();
  ASSERT_THAT(transaction_->Commit(), IsOk());
  ASSERT_THAT(transaction_->Begin(), IsOk());
  EXPECT_THAT(cluster_.EndTransaction(late, /*commit=*/true),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(FaultsTest, CommitThatHappenedCannotBeAborted) {
  BeginAndWrite();
  plan_.Set(SeamCall::kCommit, 1,
            Fault::FailAfter(absl::UnavailableError("no answer")));
  EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(transaction_->Abort(), StatusIs(absl::StatusCode::kUnknown));
}

TEST_F(FaultsTest, UnknownOutcomeTakesNothingButOpen) {
  for (const bool happened : {false, true}) {
    BeginAndWrite();
    const absl::Status unknown = absl::UnknownError("timed out");
    plan_.Set(
        SeamCall::kCommit, plan_.calls(SeamCall::kCommit) + 1,
        happened ? Fault::FailAfter(unknown) : Fault::FailBefore(unknown));
    EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kUnknown));
    EXPECT_EQ(committed(), happened);
    for (const absl::Status& status :
         {transaction_->Commit(), transaction_->Abort(), transaction_->Begin(),
          transaction_->Write(Destination::kResults, kP0, "k", "v")}) {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnknown));
    }
    // Open decides what was left open.
    EXPECT_THAT(transaction_->Open(absl::ZeroDuration()), IsOk());
    EXPECT_EQ(committed(), happened);
    const FakePartition& out = cluster_.partition("out", kP0);
    EXPECT_EQ(out.last_stable(), out.high());
  }
}

TEST_F(FaultsTest, AbortedTakesNothingButAbort) {
  BeginAndWrite();
  plan_.Set(SeamCall::kWrite, 2,
            Fault::FailBefore(absl::AbortedError("abort it")));
  EXPECT_THAT(transaction_->Write(Destination::kResults, kP0, "k", "v"),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(transaction_->Abort(), IsOk());
  EXPECT_FALSE(committed());
  EXPECT_THAT(transaction_->Begin(), IsOk());
}

TEST_F(FaultsTest, CallsOutOfOrderAreRefused) {
  EXPECT_THAT(transaction_->Begin(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(transaction_->Open(absl::ZeroDuration()), IsOk());
  EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(transaction_->Begin(), IsOk());
  EXPECT_THAT(transaction_->Begin(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(transaction_->Write(Destination::kUpdates, kP0, "k", "v"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(FaultsTest, PollThatFailsLosesNoRecord) {
  cluster_.Produce("in", kP0, "k", "v");
  JoinAndResume();
  plan_.Set(SeamCall::kPoll, 2,
            Fault::FailAfter(absl::UnavailableError("no answer")));
  EXPECT_THAT(input_->Poll(absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(PollOffsets(), ElementsAre(0));
  EXPECT_THAT(PollOffsets(), IsEmpty());
}

TEST_F(FaultsTest, RedeliversBelowThePosition) {
  for (int i = 0; i < 3; ++i) cluster_.Produce("in", kP0, "k", "v");
  JoinAndResume();
  EXPECT_THAT(PollOffsets(), ElementsAre(0, 1, 2));
  cluster_.Produce("in", kP0, "k", "v");
  plan_.Redeliver(2);
  EXPECT_THAT(PollOffsets(), ElementsAre(1, 2, 3));
  EXPECT_THAT(PollOffsets(), IsEmpty());
}

TEST_F(FaultsTest, ViewsSpoilWithTheNextCall) {
  cluster_.Produce("in", kP0, "key", "value");
  JoinAndResume();
  const auto records = input_->Poll(absl::ZeroDuration());
  ASSERT_THAT(records, IsOk());
  ASSERT_EQ(records->size(), 1u);
  const absl::string_view value = *(*records)[0].value;
  EXPECT_EQ(value, "value");
  EXPECT_THAT(input_->Range(kP0), IsOk());
  EXPECT_EQ(value, "\xDD\xDD\xDD\xDD\xDD");
}

TEST_F(FaultsTest, CrashBeforeHasNoEffect) {
  BeginAndWrite();
  plan_.SetAny(plan_.calls() + 1, Fault::CrashBefore());
  EXPECT_THAT(transaction_->Commit(),
              StatusIs(absl::StatusCode::kCancelled, "crash"));
  // The dead do nothing, whichever object is called.
  const int64_t calls = plan_.calls();
  EXPECT_THAT(transaction_->Abort(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(input_->Subscribe(&listener_),
              StatusIs(absl::StatusCode::kCancelled));
  results_->Close(kP0);
  EXPECT_EQ(results_->Position(kP0), Offset(0));
  EXPECT_EQ(plan_.calls(), calls);
  const FakePartition& out = cluster_.partition("out", kP0);
  EXPECT_LT(out.last_stable(), out.high()) << "left open";
  // The next life, with a plan of its own, takes the id over.
  FaultPlan plan;
  FakeTransaction::Options options;
  options.id = "id";
  FakeTransaction next(&cluster_, &plan, options);
  EXPECT_THAT(next.Open(absl::ZeroDuration()), IsOk());
  EXPECT_FALSE(committed());
  EXPECT_EQ(out.last_stable(), out.high());
}

TEST_F(FaultsTest, CrashAfterHasItsEffect) {
  BeginAndWrite();
  plan_.Set(SeamCall::kCommit, 1, Fault::CrashAfter());
  EXPECT_THAT(transaction_->Commit(),
              StatusIs(absl::StatusCode::kCancelled, "crash"));
  EXPECT_TRUE(plan_.dead());
  EXPECT_TRUE(committed());
}

TEST_F(FaultsTest, CrashInACallbackKeepsTheGroupWaiting) {
  JoinAndResume();
  listener_.on_revoked = [&] { plan_.Kill(); };
  FaultPlan other_plan;
  ResumingListener other_listener;
  auto other = NewInput(&other_plan, "other");
  ASSERT_THAT(other->Subscribe(&other_listener), IsOk());
  EXPECT_THAT(input_->Poll(absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kCancelled));
  ASSERT_THAT(other->Poll(absl::ZeroDuration()), IsOk());
  EXPECT_THAT(other_listener.held, IsEmpty()) << "the dead may still hold it";
  cluster_.Advance(absl::Seconds(6));
  ASSERT_THAT(other->Poll(absl::ZeroDuration()), IsOk());
  cluster_.Advance(absl::Seconds(6));
  ASSERT_THAT(other->Poll(absl::ZeroDuration()), IsOk());
  EXPECT_THAT(other_listener.held, ElementsAre(kP0));
}

TEST_F(FaultsTest, CutOffFromTheGroupItReadsOnAsAZombie) {
  JoinAndResume();
  const auto token = input_->Token();
  ASSERT_THAT(token, IsOk());
  plan_.CutOffFromGroup(true);
  cluster_.Advance(absl::Seconds(11));
  cluster_.Produce("in", kP0, "k", "v");
  EXPECT_THAT(PollOffsets(), ElementsAre(0));
  const auto later = input_->Token();
  ASSERT_THAT(later, IsOk()) << "it does not know";
  BeginAndWrite();
  EXPECT_THAT(transaction_->AddOffsets({{kP0, Offset(1)}}, *later),
              StatusIs(absl::StatusCode::kAborted));
  plan_.CutOffFromGroup(false);
  EXPECT_THAT(PollOffsets(), IsEmpty());
  EXPECT_EQ(listener_.lost, 1);
  EXPECT_EQ(listener_.revoked, 0);
}

}  // namespace
}  // namespace exactmean
