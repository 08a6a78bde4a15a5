// Sends the offsets and commits: at once, or on a thread of its own.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_COMMITTER_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_COMMITTER_H_

#include <librdkafka/rdkafka.h>

#include <condition_variable>  // NOLINT(build/c++11)
#include <mutex>               // NOLINT(build/c++11)
#include <thread>              // NOLINT(build/c++11)

namespace exactmean {

// Ends the process if `error` is one, and frees it.
void Check(rd_kafka_error_t* error, const char* what);

// One transaction at a time. Nothing may be produced between Commit and the
// next Idle or Wait. The clients outlive it.
class Committer {
 public:
  Committer(rd_kafka_t* consumer, rd_kafka_t* producer, bool aside);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Takes `offsets`.
  void Commit(rd_kafka_topic_partition_list_t* offsets);
  bool Idle();
  void Wait();

 private:
  void Finish(rd_kafka_topic_partition_list_t* offsets);
  void Loop();

  rd_kafka_t* const consumer_;
  rd_kafka_t* const producer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  rd_kafka_topic_partition_list_t* job_ = nullptr;  // guarded by mutex_
  bool ending_ = false;                             // guarded by mutex_
  std::thread thread_;  // not running: Commit does it at once
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_COMMITTER_H_
