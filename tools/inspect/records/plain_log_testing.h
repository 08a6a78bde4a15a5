// For tests: topics on a fake cluster as processors without transactions leave
// them, in the order of the test.

#ifndef EXACTMEAN_TOOLS_INSPECT_RECORDS_PLAIN_LOG_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_RECORDS_PLAIN_LOG_TESTING_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "state/change_set.h"
#include "state/deletion.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/types.h"
#include "state/written_step_testing.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// One partition of input ("in": numbers) and results ("out").
class PlainLog {
 public:
  using Written = exactmean::Written;
  using Step = OrderedLog;

  explicit PlainLog(DeliveryMode mode = DeliveryMode::kAtLeastOnce,
                    const StateSpec& spec = Spec())
      : pipeline_(spec, {"app", "in", 1}, mode) {
    cluster_.CreateTopic("in", 1);
    cluster_.CreateTopic("out", 1);
  }

  static StateSpec Spec() {
    StateSpec spec;
    spec.source = "number";
    spec.windows = {{"last2", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0},
                    {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
    return spec;
  }

  // An input record, of second `at`; no value deletes the key.
  void Receive(absl::string_view key, absl::optional<int> value, int64_t at) {
    input_.push_back({std::string(key), value, at});
    absl::optional<std::string> text;
    if (value.has_value()) text = absl::StrCat(*value);
    absl::optional<absl::string_view> bytes;
    if (text.has_value()) bytes = *text;
    cluster_.Produce("in", Partition(0), key, bytes, 1000 * at);
  }

  // "a" at even offsets, "b" at odd ones; at 7 "b" is deleted.
  void ReceiveSome(int records = 12) {
    for (int i = 0; i < records; ++i) {
      Receive(i % 2 == 0 ? "a" : "b",
              i == 7 ? absl::nullopt : absl::optional<int>(i), 1 + i);
    }
  }
  // A commit up to 10, and behind it one of up to `late` by a former owner.
  void WriteWithLate(int64_t late) {
    ReceiveSome();
    const auto former = Owner(), owner = Owner();
    Fold(2, former.get());
    StepOf(former.get());  // so that a deletion is written
    Fold(late, former.get());
    Commit(10, owner.get());
    Write(StepOf(former.get()));
  }
  // A commit up to 10, and half of one up to 12: "a".
  void WriteWithHalf() {
    ReceiveSome();
    const auto owner = Owner();
    Commit(10, owner.get());
    Fold(12, owner.get());
    Step step = StepOf(owner.get());
    step.resize(1);
    Write(step);
  }

  // A process that has the partition from its begin on.
  std::unique_ptr<PartitionState> Owner() const {
    auto owner = std::make_unique<PartitionState>(&pipeline_, Partition(0));
    owner->StartEmpty(Offset(0));
    return owner;
  }
  void Fold(int64_t to, PartitionState* owner) const {
    for (int64_t o = owner->next_offset().value(); o < to; ++o) {
      const Received& record = input_[static_cast<size_t>(o)];
      if (!record.value.has_value()) {
        owner->Delete(Offset(o), record.key);
      } else {
        owner->Apply(Offset(o), record.key,
                     {static_cast<double>(*record.value),
                      EventTime(record.at * 1000000)});
      }
    }
  }
  // What the owner writes, its checkpoint last.
  static Step StepOf(PartitionState* owner) {
    return exactmean::StepOf(owner, "app/a-0");
  }
  void Write(const Step& step) {
    for (const Written& record : step) {
      absl::optional<absl::string_view> value;
      if (record.value.has_value()) value = *record.value;
      Headers headers;
      if (record.deleted_at.has_value()) {
        headers = {DeletionHeader(*record.deleted_at)};
      }
      cluster_.Produce("out", Partition(0), record.key, value, 1000, headers);
    }
  }
  // As it is when the process dies: without the checkpoint.
  void WriteHalf(Step step) {
    step.pop_back();
    Write(step);
  }
  // Folds up to `to`, and writes it.
  void Commit(int64_t to, PartitionState* owner) {
    Fold(to, owner);
    Write(StepOf(owner));
  }

  FakeCluster& cluster() { return cluster_; }
  // The snapshots of one that has folded all up to `to` in one go.
  std::map<std::string, std::string> OneGo(int64_t to) const {
    const auto state = Owner();
    Fold(to, state.get());
    std::map<std::string, std::string> snapshots;
    state->VisitSnapshots(
        [](absl::string_view) { return true; },
        [&](absl::string_view key, absl::string_view snapshot) {
          snapshots[std::string(key)] = std::string(snapshot);
        });
    return snapshots;
  }
  ScanOptions Options() {
    ScanOptions options;
    options.clock = &clock_;
    options.patience = absl::Seconds(3);
    return options;
  }
  FakeResultsLog& input_reader() { return input_reader_; }
  FakeResultsLog& results_reader() { return results_reader_; }
  FakePartition& results() { return cluster_.partition("out", Partition(0)); }
  const Pipeline& pipeline() const { return pipeline_; }

 private:
  struct Received {
    std::string key;
    absl::optional<int> value;
    int64_t at = 0;
  };

  FakeCluster cluster_;
  FaultPlan plan_;
  ClusterClock clock_{&cluster_, absl::Milliseconds(10)};
  const Pipeline pipeline_;
  std::vector<Received> input_;
  FakeResultsLog input_reader_{&cluster_, &plan_, {"in"}};
  FakeResultsLog results_reader_{&cluster_, &plan_, {"out"}};
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RECORDS_PLAIN_LOG_TESTING_H_
