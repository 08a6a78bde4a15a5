// Sends the workload's records at a steady rate, whatever becomes of them.

#ifndef EXACTMEAN_TESTS_BENCHMARK_LATENCY_PACED_PRODUCER_H_
#define EXACTMEAN_TESTS_BENCHMARK_LATENCY_PACED_PRODUCER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/kafka/testing/test_client.h"
#include "tests/benchmark/workload.h"

namespace exactmean {

// A monotonic clock, since a moment that is the same for all.
absl::Duration SteadyNow();

struct PacedOptions {
  std::string servers;
  std::string topic;
  WorkloadOptions workload;
  int64_t records = 0;
  int64_t per_second = 1000;
  absl::Duration linger;  // the client's linger.ms
};

// The first record is sent alone; the others each in its millisecond, an open
// loop: one that is late does not make the next ones late. One thread at a
// time.
class PacedProducer {
 public:
  static absl::StatusOr<std::unique_ptr<PacedProducer>> Create(
      const PacedOptions& options);

  // The key of every record.
  const std::vector<int32_t>& keys() const { return keys_; }

  // When a record but the first is meant to be sent, since the start.
  absl::Duration DueAt(size_t record) const {
    return absl::Milliseconds(static_cast<int64_t>(record - 1) * 1000 /
                              options_.per_second);
  }

  absl::Status SendFirst();

  // Returns when all are in the log. `start`: by SteadyNow.
  absl::Status SendOthers(absl::Duration start);

  // When it was handed to the client, since the start; once all are in the log.
  absl::Duration SentAt(size_t record) const { return sent_[record]; }

 private:
  PacedProducer(PacedOptions options, std::unique_ptr<TestClient> client,
                int32_t partitions);

  TestRecord Record(size_t number);

  const PacedOptions options_;
  const std::unique_ptr<TestClient> client_;
  const int32_t partitions_;
  const ValueWriter values_;
  std::vector<SensorEvent> events_;
  std::vector<int32_t> keys_;
  std::vector<absl::Duration> sent_;  // since the start
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_LATENCY_PACED_PRODUCER_H_
