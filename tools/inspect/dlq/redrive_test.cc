// Dead letters go back to the input at most once, by filter, however often a
// redrive is cut off, at whichever of its calls.

#include "tools/inspect/dlq/redrive.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/clock.h"
#include "processor/dead_letter/dead_letter.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/dlq/letter_index.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kLetters = 8;  // in each of the two partitions

// Two partitions of dead letters, values "p:i", kinds by turns, and one with
// its third attempt.
class RedriveWorld {
 public:
  RedriveWorld() {
    for (const char* topic : {"in", "dead"}) cluster_.CreateTopic(topic, 2);
    for (int p = 0; p < 2; ++p) {
      for (int i = 0; i < kLetters; ++i) Add(p, i, i == 5 ? 3 : 1);
    }
    request_.application = "app";
    request_.input_topic = "in";
    request_.input_partitions = 2;
    request_.partitions = {Partition(0), Partition(1)};
    scan_.clock = &clock_;
  }

  void Add(int p, int i, int attempts, const std::string& application = "app",
           const std::string& topic = "in") {
    DeadLetterOrigin origin;
    origin.topic = topic;
    origin.partition = Partition(p);
    origin.offset = Offset(10 * i);
    origin.timestamp_ms = 1000 + i;
    origin.kind = i % 2 == 0 ? "undecodable" : "no-key";
    origin.error = "bad";
    origin.application = application;
    origin.time = absl::FromUnixSeconds(1700000000 + i);
    origin.attempts = attempts;
    OwnedRecord record;
    if (i % 2 == 0) record.key = absl::StrCat("key", i);
    record.value = absl::StrCat(p, ":", i);
    record.headers = {{"own", "1"}};
    record.timestamp_ms = 1000 + i;
    const OwnedRecord letter = ToDeadLetter(origin, std::move(record));
    cluster_.Produce("dead", Partition(p),
                     absl::optional<absl::string_view>(letter.key),
                     absl::optional<absl::string_view>(letter.value),
                     letter.timestamp_ms, letter.headers);
  }

  // A process that redrives, with this fate.
  absl::Status Attempt(FaultPlan* plan) {
    FaultPlan none;
    FakeResultsLog letters(&cluster_, &none, {"dead", 3});
    FakeTransaction::Options options;
    options.id = RedriverOf("app");
    options.results_topic = "in";
    options.dead_letter_topic = "dead";
    options.timeout = transaction_timeout_;
    FakeTransaction transaction(&cluster_, plan, options);
    Redrive redrive(request_, &letters, scan_);
    const absl::Status planned = redrive.Plan();
    if (!planned.ok()) return planned;
    if (meanwhile_) meanwhile_();
    const absl::Status status = redrive.Execute(&transaction);
    plan_ = redrive.plan();
    return status;
  }
  absl::Status Attempt() {
    FaultPlan plan;
    return Attempt(&plan);
  }

  // How often each value is in the input, for a reader of committed records.
  std::map<std::string, int> Input() {
    std::map<std::string, int> values;
    for (int p = 0; p < 2; ++p) {
      cluster_.partition("in", Partition(p))
          .ReadCommitted(Offset(0), 1000, [&](const FakeRecord& record) {
            ++values[*record.value];
            EXPECT_EQ((*record.value)[0] - '0', p);
            EXPECT_THAT(record.headers,
                        ElementsAre(RecordHeader{"own", "1"},
                                    RecordHeader{"exactmean.attempts", "1"}));
            EXPECT_EQ(record.timestamp_ms, 1000 + ((*record.value)[2] - '0'));
          });
    }
    return values;
  }
  static std::map<std::string, int> Each(const std::vector<int>& which) {
    std::map<std::string, int> values;
    for (int p = 0; p < 2; ++p) {
      for (int i : which) values[absl::StrCat(p, ":", i)] = 1;
    }
    return values;
  }

  FakeCluster cluster_;
  ClusterClock clock_{&cluster_};
  ScanOptions scan_;
  RedriveRequest request_;
  absl::Duration transaction_timeout_ = absl::Seconds(10);
  std::function<void()> meanwhile_;     // before it is agreed to
  std::vector<PartitionRedrive> plan_;  // of the last attempt
};

class RedriveTest : public ::testing::Test, protected RedriveWorld {};

TEST_F(RedriveTest, BringsBackWhatIsMeantAndOnce) {
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));  // 5 has had its attempts
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
}

TEST_F(RedriveTest, WhatAFilterLeavesIsThereForTheNext) {
  request_.filter.kind = "no-key";
  request_.filter.since = absl::FromUnixSeconds(1700000002);
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({3, 7}));
  request_.filter = LetterFilter();
  request_.filter.by_key = true;
  request_.filter.keys = KeyFilter::Create("key4", "").value();
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({3, 4, 7}));
  request_.filter = LetterFilter();
  request_.max_attempts = 1;
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({3, 4, 7}));
  request_.max_attempts = 3;
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
}

TEST_F(RedriveTest, LeavesAloneWhatIsNotItsOwn) {
  Add(0, 8, 1, "another application");
  Add(0, 9, 1, "app", "another input");
  cluster_.Produce("dead", Partition(0), absl::string_view("k"),
                   absl::string_view("by hand"));
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
  FaultPlan none;
  FakeResultsLog letters(&cluster_, &none, {"dead", 3});
  Redrive redrive(request_, &letters, scan_);
  ASSERT_THAT(redrive.Plan(), IsOk());
  const PartitionRedrive& first = redrive.plan()[0];
  EXPECT_EQ(first.foreign, 2u);
  EXPECT_EQ(first.other_input, 1u);
  EXPECT_EQ(first.given_up, 1u);
  EXPECT_EQ(first.redriven, 7u);
  EXPECT_TRUE(first.letters.empty());
}

TEST_F(RedriveTest, NoMoreThanTheLimit) {
  request_.limit = 9;
  ASSERT_THAT(Attempt(), IsOk());
  std::map<std::string, int> first = Each({0, 1, 2, 3, 4, 6, 7});
  for (int i = 2; i < kLetters; ++i) first.erase(absl::StrCat("1:", i));
  EXPECT_EQ(Input(), first);
  EXPECT_EQ(plan_[1].not_meant, 5u);
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
}

TEST_F(RedriveTest, WhatCameSinceItWasShownWasNotAgreedTo) {
  meanwhile_ = [this] { Add(0, 8, 1); };
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
  EXPECT_EQ(plan_[0].not_meant, 1u);
}

TEST_F(RedriveTest, TellsOfEachPartitionWhatWasDone) {
  FaultPlan plan;
  plan.Set(SeamCall::kCommit, 2,
           Fault::FailBefore(absl::FailedPreconditionError("chosen")));
  EXPECT_THAT(Attempt(&plan), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(plan_[0].done, 7u);
  EXPECT_EQ(plan_[1].done, 0u);
  EXPECT_EQ(plan_[1].letters.size(), 7u);
}

// Its transaction is open, its mark in the log.
TEST_F(RedriveTest, OneThatWasKilledDoesNotKeepTheNextOut) {
  transaction_timeout_ = absl::Hours(1);
  FaultPlan plan;
  plan.Set(SeamCall::kCommit, 1, Fault::CrashBefore());
  EXPECT_FALSE(Attempt(&plan).ok());
  EXPECT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
}

// After a rewind, or a crash without transactions.
TEST_F(RedriveTest, OfOneRecordTheNewestAlone) {
  request_.filter.kind = "no-key";
  ASSERT_THAT(Attempt(), IsOk());
  request_.filter = LetterFilter();
  for (int i = 0; i < 4; ++i) Add(0, i, 1);
  ASSERT_THAT(Attempt(), IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
  FaultPlan none;
  FakeResultsLog letters(&cluster_, &none, {"dead", 3});
  Redrive redrive(request_, &letters, scan_);
  ASSERT_THAT(redrive.Plan(), IsOk());
  EXPECT_EQ(redrive.plan()[0].redriven, 9u);
  EXPECT_EQ(redrive.plan()[0].read_again, 2u);  // 0 and 2
}

// Every fault at every call, before and after its effect; then a run that goes
// well.
TEST(RedriveFaultTest, IsGoneOnWithWhereverItWasCutOff) {
  const std::vector<Fault> faults = {
      Fault::CrashBefore(),
      Fault::CrashAfter(),
      Fault::FailBefore(absl::UnavailableError("chosen")),
      Fault::FailAfter(absl::UnavailableError("chosen")),
      Fault::FailBefore(absl::AbortedError("chosen")),
      Fault::FailBefore(absl::UnknownError("chosen")),
      Fault::FailAfter(absl::UnknownError("chosen")),
      Fault::FailAfter(absl::FailedPreconditionError("chosen"))};
  int cut_off = 0;
  for (size_t which = 0; which < faults.size(); ++which) {
    for (int64_t nth = 1;; ++nth) {
      SCOPED_TRACE(absl::StrCat("fault ", which, " at call ", nth));
      RedriveWorld world;
      FaultPlan plan;
      plan.SetAny(nth, faults[which]);
      const absl::Status first = world.Attempt(&plan);
      for (const auto& [value, times] : world.Input()) {
        ASSERT_EQ(times, 1) << value;
      }
      if (!first.ok()) ++cut_off;
      ASSERT_THAT(world.Attempt(), IsOk());
      ASSERT_EQ(world.Input(), RedriveWorld::Each({0, 1, 2, 3, 4, 6, 7}));
      if (plan.calls() < nth) break;  // it was over before
    }
  }
  EXPECT_GT(cut_off, 80);
}

// Two at once: the second fences the first, which had written already.
TEST_F(RedriveTest, TwoAtOnceDoNotRepeatEachOther) {
  FaultPlan plan;
  absl::Status second = absl::UnknownError("it did not run");
  plan.set_chooser([&](SeamCall call, int64_t) {
    if (call == SeamCall::kCommit && !second.ok()) second = Attempt();
    return Fault();
  });
  EXPECT_THAT(Attempt(&plan), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(second, IsOk());
  EXPECT_EQ(Input(), Each({0, 1, 2, 3, 4, 6, 7}));
}

// Behind it a mark could lie.
TEST_F(RedriveTest, AnOpenTransactionAmongTheDeadLettersIsWaitedFor) {
  const FakeProducer open =
      cluster_.InitProducer("somebody", absl::InfiniteDuration());
  ASSERT_THAT(cluster_.Append(open, "dead", Partition(1),
                              absl::string_view("k"), absl::string_view("v")),
              IsOk());
  EXPECT_THAT(Attempt(), StatusIs(absl::StatusCode::kUnavailable,
                                  HasSubstr("open from offset 8")));
  EXPECT_TRUE(Input().empty());
  ASSERT_THAT(cluster_.EndTransaction(open, /*commit=*/false), IsOk());
  EXPECT_THAT(Attempt(), IsOk());
}

}  // namespace
}  // namespace exactmean
