// librdkafka's clients as the bare loop sets them up. Every error ends the
// process: it is a bound on what the library can do, not a design.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_CLIENTS_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_CLIENTS_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string>
#include <vector>

namespace exactmean {

struct LoopOptions {
  std::string servers;
  std::string input;
  std::string output;
  std::string name;  // the consumer group and the transactional id
  int commit_ms = 100;
  // A second thread commits while the first goes on consuming.
  bool commit_aside = true;
  // Reads the output first, and goes on from the committed offsets.
  bool restore = false;
  // That the input will have; 0: to its end as it was at the start.
  int64_t records = 0;
};

[[noreturn]] void Die(const std::string& what);

// Monotonic, and since 1970.
double NowMs();
int64_t EpochMs();

// `to_end`: for a topic that is read to its end once; a fetch there does not
// wait for more.
rd_kafka_t* MakeConsumer(const LoopOptions& options, bool to_end);
rd_kafka_t* MakeProducer(const LoopOptions& options);

int PartitionCount(rd_kafka_t* client, const std::string& topic);
void AssignAll(rd_kafka_t* consumer, const std::string& topic, int partitions);
// How many offsets the topic retains.
int64_t CountOffsets(rd_kafka_t* consumer, const std::string& topic,
                     int partitions);

// Up to kBatch messages into `batch`; dies after a minute without any.
class Batches {
 public:
  static constexpr size_t kBatch = 10'000;

  explicit Batches(rd_kafka_t* consumer);
  ~Batches();
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;

  size_t Next(int timeout_ms);
  rd_kafka_message_t* message(size_t i) { return messages_[i]; }

 private:
  rd_kafka_queue_t* const queue_;
  std::vector<rd_kafka_message_t*> messages_;
  double last_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_CLIENTS_H_
