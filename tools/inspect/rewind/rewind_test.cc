// A rewind of what the shipped processor has written, on the fake cluster: what
// is said when it is hindered at each of its steps.

#include "tools/inspect/rewind/rewind.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Partition kFirst(0);

// One whose ends, or whose records, cannot be had.
class HinderedLog : public FakeResultsLog {
 public:
  using FakeResultsLog::FakeResultsLog;
  absl::StatusOr<Offset> StableEnd(Partition partition) override {
    if (stable_ends_missing == 0) return FakeResultsLog::StableEnd(partition);
    --stable_ends_missing;
    return absl::UnavailableError("no end");
  }
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override {
    if (silent) return absl::Span<const LogRecord>();
    return FakeResultsLog::Read(timeout);
  }

  int stable_ends_missing = 0;  // of the next answers
  bool silent = false;
};

class RewindTest : public ReplayTest {
 protected:
  RewindTest() {
    settings_.application_id = "app";
    clients_.reading = Source().reading;
    settings_.on_bad_record = BadRecordPolicy::kSkip;
    world_.Produce(60);
    Drain();
    instance_.reset();  // and its group knows
    world_.group().Expire("a");
    before_ = Committed();
    clients_.results = &results_;
    clients_.input = &input_;
    clients_.group = &group_;
    clients_.members = [] { return 0; };
    clients_.progress = [this](auto& part, uint64_t done, uint64_t total) {
      EXPECT_LE(done, total) << part;
      parts_ += part + "\n";
    };
    clients_.transaction = [this](const std::string& id, bool writes) {
      FakeTransaction::Options options;
      options.id = id;
      options.input_topic = "in";
      options.results_topic = "out";
      options.empty_group = writes;
      return std::unique_ptr<Transaction>(std::make_unique<FakeTransaction>(
          &world_.cluster(), writes ? &write_plan_ : &plan_, options));
    };
  }

  // All partitions to their beginnings: planned.
  Rewind* Planned() {
    ScanOptions options = Options();
    options.stop = &stop_;
    rewind_ = std::make_unique<Rewind>(settings_, &world_.pipeline(), clients_,
                                       options);
    EXPECT_THAT(rewind_->Plan({{kFirst, {}}, {Partition(1), {}}}), IsOk());
    EXPECT_EQ(rewind_->plan().size(), 2u);
    return rewind_.get();
  }
  std::map<std::string, std::string> Committed() {
    std::map<std::string, std::string> view;
    world_.cluster()
        .partition("out", kFirst)
        .ReadCommitted(Offset(0), SIZE_MAX, [&](const FakeRecord& record) {
          view[*record.key] = record.value.value_or("deleted");
        });
    return view;
  }
  // A processor that is started again folds in what it finds; the world does
  // not check its promise, which a rewind takes back.
  void Restart() {
    InstanceOptions options;
    options.name = "b";
    next_ = world_.Make(options);
    const Offset end = world_.cluster().partition("in", kFirst).high();
    for (int i = 0; i < 1000; ++i) {
      ASSERT_THAT(next_->Turn(), IsOk());
      const auto group = world_.group().Committed(kFirst);
      if (group.ok() && *group == end) return;
    }
    FAIL() << "it has not folded in everything";
  }

  static FakeInputLog::Options GroupOptions() {
    FakeInputLog::Options options;
    options.topic = "in";
    options.group = options.client = "app";
    return options;
  }

  Settings settings_;
  FaultPlan write_plan_;
  FaultPlan group_plan_;
  std::atomic<bool> stop_{false};
  bool no_producer_ = false;
  std::string parts_;  // of the work, as progress was told
  HinderedLog results_{&world_.cluster(), &plan_, {"out"}};
  FakeResultsLog input_{&world_.cluster(), &plan_, {"in"}};
  FakeInputLog group_{&world_.cluster(), &group_plan_, GroupOptions()};
  RewindClients clients_;
  std::map<std::string, std::string> before_;
  std::unique_ptr<Rewind> rewind_;
  std::unique_ptr<Instance> next_;
};

TEST_F(RewindTest, IsWrittenAndProven) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  EXPECT_FALSE(Committed() == before_);
  EXPECT_THAT(parts_, HasSubstr("reading the state\nwriting\n"));
  EXPECT_THAT(rewind->Prove(), IsOk());
}

TEST_F(RewindTest, AProcessorThatHasGoneOnFromItIsNoFault) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  Restart();
  EXPECT_THAT(rewind->Prove(), IsOk());
}

TEST_F(RewindTest, AnotherRewindIsNotTheOneToProve) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  Rewind other(settings_, &world_.pipeline(), clients_, Options());
  RewindGoal goal;
  goal.kind = RewindGoal::Kind::kOffset;
  ASSERT_THAT(other.Plan({{kFirst, goal}}), IsOk());
  ASSERT_THAT(other.Execute(), IsOk());
  const absl::Status status = rewind->Prove();
  EXPECT_EQ(ReasonOf(status), StopReason::kState) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot be proven"));
}

TEST_F(RewindTest, AnOutageWhileItIsProvenIsNoVerdict) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  group_plan_.set_chooser([](SeamCall, int64_t) {
    return Fault::FailBefore(absl::UnavailableError("gone"));
  });
  const absl::Status status = rewind->Prove();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               AllOf(HasSubstr("the rewind is written"),
                                     HasSubstr("was not proven"))));
  EXPECT_FALSE(IsStop(status));
}

TEST_F(RewindTest, InterruptedWhileItIsProvenItSaysThatItIsWritten) {
  Rewind* const rewind = Planned();
  ASSERT_THAT(rewind->Execute(), IsOk());
  stop_ = true;
  EXPECT_THAT(rewind->Prove(),
              StatusIs(absl::StatusCode::kCancelled,
                       HasSubstr("the rewind is written, but partition 0")));
}

TEST_F(RewindTest, InterruptedWhileItIsWrittenItChangesNothing) {
  Rewind* const rewind = Planned();
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    stop_ = stop_ || call == SeamCall::kWrite;
    return Fault();
  });
  EXPECT_THAT(rewind->Execute(), StatusIs(absl::StatusCode::kCancelled,
                                          "interrupted; nothing was changed"));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, WhatComesBeforeTheCommitChangesNothing) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kAddOffsets, 1,
                  Fault::FailBefore(absl::PermissionDeniedError("not yours")));
  EXPECT_THAT(rewind->Execute(), StatusIs(absl::StatusCode::kPermissionDenied,
                                          "not yours; nothing was changed"));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, SomebodyWhoWroteMeanwhileIsNotOverwritten) {
  Rewind* const rewind = Planned();
  world_.Produce(20);
  Drain();
  const absl::Status status = rewind->Execute();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("meanwhile"));
}

TEST_F(RewindTest, SilenceIsNotTakenForNobody) {
  Rewind* const rewind = Planned();
  world_.Produce(20);
  Drain();
  results_.silent = true;
  EXPECT_THAT(rewind->Execute(), StatusIs(absl::StatusCode::kUnavailable,
                                          HasSubstr("; nothing was changed")));
}

TEST_F(RewindTest, ACommitWithoutAnAnswerIsLookedFor) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailAfter(absl::UnknownError("no answer")));
  EXPECT_THAT(rewind->Execute(), IsOk());
  EXPECT_FALSE(Committed() == before_);
  EXPECT_THAT(rewind->Prove(), IsOk());
}

TEST_F(RewindTest, ACommitThatNeverCameIsLookedFor) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailBefore(absl::UnknownError("no answer")));
  EXPECT_THAT(rewind->Execute(),
              StatusIs(absl::StatusCode::kAborted,
                       AllOf(HasSubstr("nothing was changed, run it again"),
                             HasSubstr("no answer"))));
  EXPECT_TRUE(Committed() == before_);
}

TEST_F(RewindTest, ACommitWithoutAnAnswerIsFoundThoughOthersWentOn) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailAfter(absl::UnknownError("no answer")));
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    const bool again = call == SeamCall::kOpenTransaction &&
                       write_plan_.calls(SeamCall::kCommit) == 1;
    if (again && next_ == nullptr) Restart();
    return Fault();
  });
  EXPECT_THAT(rewind->Execute(), IsOk());
  ASSERT_NE(next_, nullptr);
  EXPECT_THAT(rewind->Prove(), IsOk());
}

TEST_F(RewindTest, WhatCannotBeLookedForIsNotKnown) {
  // The trouble that begins with a commit whose outcome is not known.
  const std::function<void()> kHinder[] = {
      [this] { no_producer_ = true; },
      [this] { results_.stable_ends_missing = 1000000; },
      [this] { results_.silent = true; },
  };
  for (const auto& hinder : kHinder) {
    results_.stable_ends_missing = 0;
    results_.silent = no_producer_ = false;
    Rewind* const rewind = Planned();
    write_plan_.set_chooser([&](SeamCall call, int64_t) {
      if (call == SeamCall::kCommit) {
        hinder();
        return Fault::FailBefore(absl::UnknownError("no answer"));
      }
      return no_producer_ && call == SeamCall::kOpenTransaction
                 ? Fault::FailBefore(absl::UnavailableError("no producer"))
                 : Fault();
    });
    EXPECT_THAT(
        rewind->Execute(),
        StatusIs(absl::StatusCode::kUnavailable,
                 AllOf(HasSubstr("whether the rewind took place is not known"),
                       HasSubstr("no answer; "),
                       Not(HasSubstr("nothing was changed")))));
    write_plan_.set_chooser(nullptr);
  }
}

TEST_F(RewindTest, AnEndThatIsLateIsAskedForAgain) {
  Rewind* const rewind = Planned();
  write_plan_.Set(SeamCall::kCommit, 1,
                  Fault::FailAfter(absl::UnknownError("no answer")));
  write_plan_.set_chooser([this](SeamCall call, int64_t) {
    if (call == SeamCall::kCommit) results_.stable_ends_missing = 3;
    return Fault();
  });
  EXPECT_THAT(rewind->Execute(), IsOk());
  EXPECT_EQ(results_.stable_ends_missing, 0);
}

}  // namespace
}  // namespace exactmean
