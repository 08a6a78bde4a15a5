// A Kafka cluster in memory, for one thread: topics, transactions, consumer
// groups, and a clock that only the test moves.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_CLUSTER_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_CLUSTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/fake_log/fake_coordinator.h"
#include "tests/fake_log/fake_group.h"
#include "tests/fake_log/fake_topic.h"

namespace exactmean {

// Source of truth of everything the simulated processors share; it must outlive
// their FakeInputLog, FakeResultsLog and FakeTransaction. Deterministic: equal
// calls in equal order have equal effects. Addresses of topics, partitions and
// groups are stable. Errors that only a broken test can cause abort it.
class FakeCluster {
 public:
  struct Options {
    // Whether decisions of transactions become visible only by WriteMarker:
    // partitions and groups then learn of them at different times.
    bool manual_markers = false;
  };

  FakeCluster() : FakeCluster(Options()) {}
  explicit FakeCluster(const Options& options)
      : coordinator_(options.manual_markers) {}
  FakeCluster(const FakeCluster&) = delete;
  FakeCluster& operator=(const FakeCluster&) = delete;

  // --- Topics.

  void CreateTopic(absl::string_view name, int32_t partitions);
  void AddPartitions(absl::string_view name, int32_t partitions);
  // Deletes the records and starts again from offset 0.
  void RecreateTopic(absl::string_view name);
  FakeTopic& topic(absl::string_view name);
  FakePartition& partition(absl::string_view topic, Partition partition);
  // kNotFound: no such topic or partition.
  absl::StatusOr<FakeTopic*> FindTopic(absl::string_view name);
  absl::StatusOr<FakePartition*> FindPartition(absl::string_view topic,
                                               Partition partition);
  // A plain record, of no transaction; returns its offset.
  Offset Produce(absl::string_view topic, Partition partition,
                 absl::optional<absl::string_view> key,
                 absl::optional<absl::string_view> value,
                 int64_t timestamp_ms = 0, Headers headers = {});

  // --- Transactions; FakeTransaction speaks to these, and a test may, to be a
  // foreign writer.

  FakeProducer InitProducer(absl::string_view transactional_id,
                            absl::Duration timeout) {
    return coordinator_.Init(transactional_id, timeout);
  }
  // At the cluster's time unless a timestamp is given.
  absl::Status Append(const FakeProducer& producer, absl::string_view topic,
                      Partition partition,
                      absl::optional<absl::string_view> key,
                      absl::optional<absl::string_view> value,
                      absl::optional<int64_t> timestamp_ms = absl::nullopt,
                      Headers headers = {});
  absl::Status AddOffsets(
      const FakeProducer& producer, absl::string_view topic,
      absl::Span<const Transaction::PartitionOffset> offsets,
      const GroupToken& token);
  absl::Status EndTransaction(const FakeProducer& producer, bool commit) {
    return coordinator_.End(producer, commit);
  }
  size_t pending_markers() const { return coordinator_.pending_markers(); }
  void WriteMarker(size_t index) { coordinator_.WriteMarker(index); }

  // --- Groups. A group reads one topic; it exists once asked for.

  FakeGroup& group(absl::string_view name, absl::string_view topic);

  // --- Time.

  absl::Time now() const { return now_; }
  // Aborts transactions and ends sessions whose time is over.
  void Advance(absl::Duration duration);

 private:
  FakeCoordinator coordinator_;
  std::map<std::string, FakeTopic, std::less<>> topics_;
  std::map<std::string, std::unique_ptr<FakeGroup>, std::less<>> groups_;
  absl::Time now_ = absl::FromUnixSeconds(1700000000);
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_CLUSTER_H_
