// The exactly-once loop with nothing around it: consume, parse, fold; every
// 100 ms one transaction with the changed keys' snapshots and the offsets.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_BARE_LOOP_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_BARE_LOOP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "tests/benchmark/bare_loop/clients.h"
#include "tests/benchmark/bare_loop/committer.h"
#include "tests/benchmark/bare_loop/key_table.h"

namespace exactmean {

// Owns every partition of the input: no rebalance, no error is survived, no
// record is refused, nothing proven. One thread calls it.
class BareLoop {
 public:
  explicit BareLoop(const LoopOptions& options);
  ~BareLoop();
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;

  // Through the records of the options; prints the RESULT line.
  void Run();

 private:
  // How many records are left to process.
  int64_t Subscribe();
  // How many its group has committed before.
  int64_t Committed();
  void Apply(const rd_kafka_message_t& message);
  void Produce(const KeyTable::Entry& entry);
  void Commit();

  const LoopOptions options_;
  KeyTable table_;
  int64_t restored_ = 0;
  int64_t outputs_ = 0;
  rd_kafka_t* const producer_;
  rd_kafka_topic_t* const output_;
  rd_kafka_t* consumer_ = nullptr;
  std::unique_ptr<Committer> committer_;
  std::vector<int64_t> next_;  // offset by partition; -1: none was read
  std::vector<KeyTable::Entry*> dirty_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_BARE_LOOP_H_
