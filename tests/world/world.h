// A cluster in memory, the code that ships running on it, and the model that
// watches: what crash tests and the simulation are made of.

#ifndef EXACTMEAN_TESTS_WORLD_WORLD_H_
#define EXACTMEAN_TESTS_WORLD_WORLD_H_

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/bad_record_policy.h"
#include "processor/clock.h"
#include "processor/delivery.h"
#include "processor/input_position.h"
#include "processor/processor.h"
#include "processor/record_handler.h"
#include "processor/record_retry.h"
#include "processor/step.h"
#include "processor/topic_reader.h"
#include "state/partition_state.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/world/model.h"
#include "tests/world/partition_watch.h"
#include "tests/world/plain_watch.h"
#include "tests/world/view_check.h"

namespace exactmean {

// One processor with its logs: an instance of the application.
struct Instance {
  FaultPlan plan;
  std::unique_ptr<InputLog> input;
  std::unique_ptr<ResultsLog> results;
  std::unique_ptr<Transaction> transaction;
  std::vector<std::unique_ptr<TopicReader>> retry_topics;
  std::unique_ptr<RecordHandler> handler;
  std::unique_ptr<Processor> processor;

  bool started = false;  // it has had a turn

  absl::Status Turn() {
    started = true;
    return processor->RunOnce();
  }
};

// Stands between an instance and its logs.
class LogDecorator {
 public:
  virtual ~LogDecorator() = default;
  virtual std::unique_ptr<InputLog> Wrap(std::unique_ptr<InputLog> log) = 0;
  virtual std::unique_ptr<ResultsLog> Wrap(std::unique_ptr<ResultsLog> log) = 0;
  virtual std::unique_ptr<Transaction> Wrap(
      std::unique_ptr<Transaction> transaction) = 0;
  // Of a retry topic.
  virtual std::unique_ptr<TopicReader> WrapRetries(
      std::unique_ptr<TopicReader> log) {
    return log;
  }
};

struct InstanceOptions {
  std::string name = "a";
  bool is_static = true;
  bool cooperative = true;
  bool buffer_writes = false;
  bool updates = false;
  CommitPolicy commit_policy{absl::ZeroDuration(), 1000};
  size_t max_poll_records = 7;
  size_t max_read_records = 5;
  absl::Duration session_timeout = absl::Seconds(10);
  absl::Duration transaction_timeout = absl::Seconds(10);
  LogDecorator* decorator = nullptr;  // outlives the instance
  absl::Duration unreachable_deadline = absl::Seconds(60);
  size_t diverted_bytes = 16 << 20;     // as in ProcessorOptions
  int64_t restore_overlap = 10;         // likewise
  absl::Duration markers_time;          // likewise
  absl::optional<InputPosition> end;    // as in ProcessorOptions
  absl::optional<InputPosition> fresh;  // in place of the world's
  Delivery delivery;
  // What a commit writes, or without transactions its offsets, takes turns.
  bool slow_commits = false;
};

struct WorldOptions {
  int32_t partitions = 1;
  uint64_t seed = 0;
  StateSpec spec = LastAndAll();
  InputPosition fresh;
  bool manual_markers = false;
  BadRecordPolicy on_bad_record = BadRecordPolicy::kSkip;
  // The pipeline's step; null: none. Each instance makes one.
  std::function<std::unique_ptr<Step>(const InstanceOptions&)> step;
  // The topics it names are made.
  RetryPolicy retry;
  // What is watched for. Not exactly once: all instances are of this mode.
  DeliveryMode promise = DeliveryMode::kExactlyOnce;
};

// A transaction of somebody else's that writes to the input; nobody waits for
// it to time out.
struct ForeignWriter {
  FakeProducer producer;
  std::vector<std::pair<Partition, Offset>> records;
};

// Topic "in" with some partitions, filled by Produce; results in "out", updates
// in "updates", dead letters in "dead".
class World {
 public:
  explicit World(const WorldOptions& options);
  World(int32_t partitions, uint64_t seed);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::unique_ptr<Instance> Make(const InstanceOptions& options);

  // Appends `n` records to random partitions: a few keys, now and then a
  // deletion, a bad record, or a transaction that aborts.
  void Produce(int n);
  // Appends one record, of a foreign transaction unless that is null.
  void Append(Partition partition, const ModelRecord& record,
              ForeignWriter* foreign = nullptr);
  ForeignWriter BeginForeign();
  void EndForeign(const ForeignWriter& foreign, bool commit);

  // The promise, as of now; see PartitionWatch and PlainWatch.
  absl::Status Check();
  // Check, also of the whole topics, and everything is folded in.
  // kDeadlineExceeded: not everything is.
  absl::Status CheckDrained();

  // Turns of `instance` until it has folded in everything or fails. The error
  // of a promise broken on the way, or of the instance.
  absl::Status Drain(Instance* instance, int max_turns = 2000);

  // An instance that folds in everything, is killed, and forgotten by its
  // group.
  absl::Status DrainAndDie(const std::string& name = "a");

  // Virtual time passes: of the cluster and of every instance's clock.
  void Advance(absl::Duration duration) { cluster_.Advance(duration); }

  FakeCluster& cluster() { return cluster_; }
  FakeGroup& group() { return cluster_.group("app", "in"); }
  const Pipeline& pipeline(
      DeliveryMode mode = DeliveryMode::kExactlyOnce) const {
    return pipelines_[static_cast<size_t>(mode)];
  }
  int32_t partitions() const { return options_.partitions; }
  Model& model(Partition partition) {
    return models_[static_cast<size_t>(partition.value())];
  }
  PartitionWatch& watch(Partition partition) {
    return watches_[static_cast<size_t>(partition.value())];
  }
  PlainWatch& plain_watch(Partition partition) {
    return plain_watches_[static_cast<size_t>(partition.value())];
  }

 private:
  // Brings the model up to date: what lies beyond its end is a marker.
  void TakeMarkers(Partition partition);
  bool plain() const { return options_.promise != DeliveryMode::kExactlyOnce; }
  void MakeLogs(const InstanceOptions& options, Instance* instance);

  const WorldOptions options_;
  FakeCluster cluster_;
  ClusterClock clock_;
  const std::array<Pipeline, 3> pipelines_;  // by mode
  std::mt19937_64 random_;
  std::deque<Model> models_;
  std::deque<PartitionWatch> watches_;
  std::deque<PlainWatch> plain_watches_;
  int64_t foreign_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_WORLD_H_
