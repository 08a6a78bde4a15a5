// A writer of the input, plain or transactional with aborts, for as long as the
// trouble lasts.

#ifndef EXACTMEAN_TESTS_CHAOS_TRAFFIC_H_
#define EXACTMEAN_TESTS_CHAOS_TRAFFIC_H_

#include <atomic>
#include <cstdint>
#include <random>
#include <string>
#include <thread>  // NOLINT(build/c++11)
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/broker/kafka.h"

namespace exactmean {

struct TrafficOptions {
  std::string servers;
  std::string topic;
  int32_t partitions = 1;
  uint64_t seed = 0;
  bool transactional = false;  // one in four is aborted
  int records_per_second = 200;
};

struct TrafficTally {
  int64_t records = 0;  // acknowledged; those of aborted transactions, too
  int64_t committed = 0;
  int64_t aborted = 0;
  int64_t failed = 0;  // batches of unknown fate: the log knows

  void Add(const TrafficTally& other);
};

// Writes in a thread of its own until Stop. What really is in the topic, only
// the topic says: a batch whose answer was lost may be in it.
class Traffic {
 public:
  explicit Traffic(TrafficOptions options);
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;
  ~Traffic() { Stop(); }

  // Returns when the last batch is done with.
  void Stop();
  TrafficTally Tally() const;

 private:
  void Loop();
  absl::Status Write(const std::vector<Record>& records);
  absl::Status WriteTransaction(const std::vector<Record>& records);

  const TrafficOptions options_;
  std::mt19937_64 random_;
  std::unique_ptr<Writer> writer_;

  std::atomic<int64_t> records_{0};
  std::atomic<int64_t> committed_{0};
  std::atomic<int64_t> aborted_{0};
  std::atomic<int64_t> failed_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_TRAFFIC_H_
