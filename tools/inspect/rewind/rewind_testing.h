// A world whose state can be taken back, and a log that hinders it.

#ifndef EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_TESTING_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/settings.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"
#include "tools/inspect/rewind/rewind.h"

namespace exactmean {

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

// Two partitions, each with a state.
class RewindTest : public ReplayTest {
 protected:
  static constexpr Partition kFirst{0};

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
      options.dead_letter_topic = settings_.dead_letter_topic;
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

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_TESTING_H_
