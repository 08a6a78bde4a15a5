// For tests: a pipeline's topics on a fake cluster, filled by the state itself.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_WRITTEN_STATE_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_WRITTEN_STATE_TESTING_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "processor/clock.h"
#include "processor/decoder/decoder.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/explain/explain.h"
#include "tools/inspect/explain/key_history.h"

namespace exactmean {

constexpr int64_t kSecond = 1000000;

// One partition of input ("in": numbers) and results ("out").
class WrittenState {
 public:
  explicit WrittenState(const StateSpec& spec)
      : pipeline_(spec, {"app", "in", 1}),
        state_(&pipeline_, Partition(0)),
        input_(&cluster_, &plan_, {"in"}),
        results_(&cluster_, &plan_, {"out"}) {
    options_.spec = spec;
    options_.scan.clock = &clock_;
    cluster_.CreateTopic("in", 1);
    cluster_.CreateTopic("out", 1);
    state_.StartEmpty(Offset(0));
  }

  // An input record at a time in seconds, folded in at once.
  void Fold(absl::string_view key, absl::optional<absl::string_view> value,
            int64_t seconds) {
    const Offset offset =
        cluster_.Produce("in", Partition(0), key, value, seconds * 1000);
    if (!value.has_value()) {
      state_.Delete(offset, key);
      return;
    }
    LogRecord record;
    record.timestamp_ms = seconds * 1000;
    record.key = key;
    record.value = value;
    auto reader = MakeSampleReader(options_.reading);
    ASSERT_THAT(reader, IsOk());
    const auto sample = reader->Read(record);
    if (sample.ok() && !sample->has_value()) {
      state_.Filter(offset);
    } else if (sample.ok()) {
      state_.Apply(offset, key, **sample);
    } else {
      state_.Skip(offset);
    }
  }
  // One that comes to the state by a retry topic, behind all the others.
  void SendToRetry(absl::string_view key, absl::string_view value,
                   int64_t seconds) {
    const Offset offset =
        cluster_.Produce("in", Partition(0), key, value, seconds * 1000);
    if (sent_++ == 0) state_.BeginRetries(kRetryTopic, Offset(0));
    state_.SendToRetry(offset, {0, kRetryTopic}, OwnedRecord());
  }
  void FoldRetried(absl::string_view key, double value, int64_t seconds) {
    const Offset at(back_++);
    state_.ApplyRetried({kRetryTopic, at, Offset(0)}, key,
                        {value, EventTime(seconds * kSecond)});
  }
  // An input record that the state will never know.
  void FoldNot(absl::string_view key, absl::string_view value,
               int64_t seconds) {
    cluster_.Produce("in", Partition(0), key, value, seconds * 1000);
  }
  void Commit() {
    const ChangeSet changes = state_.Changes("app/a-0");
    for (size_t i = 0; i < changes.size(); ++i) {
      cluster_.Produce("out", Partition(0), changes.key(i), changes.value(i),
                       1600000000000 + 1000 * commits_);
    }
    cluster_.Produce("out", Partition(0), kCheckpointKey, changes.checkpoint(),
                     1600000000000 + 1000 * commits_);
    ++commits_;
    state_.MarkCommitted();
  }

  absl::StatusOr<std::vector<KeyHistory>> Histories(
      const std::vector<std::string>& words) {
    const auto stretches =
        CommittedPartitions(&results_, {Partition(0)}, options_.scan);
    if (!stretches.ok()) return stretches.status();
    return ReadKeyHistories(&results_, *stretches, words, options_.scan);
  }
  absl::StatusOr<Explanation> ExplainKey(const std::string& word) {
    const auto histories = Histories({word});
    if (!histories.ok()) return histories.status();
    return Explain(&input_, (*histories)[0], options_);
  }

  FakeCluster& cluster() { return cluster_; }
  FakePartition& input() { return cluster_.partition("in", Partition(0)); }
  ExplainOptions& options() { return options_; }
  PartitionState& state() { return state_; }

 private:
  static constexpr char kRetryTopic[] = "retry";

  FakeCluster cluster_;
  FaultPlan plan_;
  MonotonicClock clock_;
  const Pipeline pipeline_;
  PartitionState state_;
  FakeResultsLog input_, results_;
  ExplainOptions options_;
  int64_t commits_ = 0;
  int64_t sent_ = 0, back_ = 0;  // to, and from, the retry topic
};

// One window of each kind.
inline StateSpec EveryKind() {
  StateSpec spec;
  spec.source = "number";
  using Kind = WindowSpec::Kind;
  spec.windows = {
      {"last3", Kind::kCount, 3, 0, 0, 0, 0},
      {"ten", Kind::kTimeExact, 0, 10 * kSecond, 0, 0, 0},
      {"panes", Kind::kTimePanes, 0, 20 * kSecond, 5 * kSecond, 0, 0},
      {"smooth", Kind::kEwmaRecords, 0, 0, 0, 0.5, 0},
      {"decay", Kind::kEwmaHalfLife, 0, 0, 0, 0, 5 * kSecond},
      {"all", Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

// A few records of IBM among many of others.
inline void Fill(WrittenState* state, int others) {
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < others; ++j) {
      state->Fold(absl::StrCat("other", j), "1.5", 1000 + i);
    }
    state->Fold("IBM", absl::StrCat(i * i, ".25"), 1000 + 3 * i);
  }
  state->Fold("IBM", "7", 1018);  // out of order
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_WRITTEN_STATE_TESTING_H_
