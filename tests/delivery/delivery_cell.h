// One cell of the table of delivery modes: the shipped binary under one mode
// and style, killed again and again, and what that did to records, state and
// outputs.

#ifndef EXACTMEAN_TESTS_DELIVERY_DELIVERY_CELL_H_
#define EXACTMEAN_TESTS_DELIVERY_DELIVERY_CELL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/delivery.h"
#include "proto/result.pb.h"
#include "tests/broker/pipeline.h"

namespace exactmean {

// What a cell has measured.
struct DeliveryOutcome {
  int kills = 0;
  int half_written = 0;        // restarts that found a step half written
  uint64_t records = 0;        // of the input
  uint64_t lost = 0;           // in the state's counts
  uint64_t counted_twice = 0;  // by keys, beyond what there was
  bool state_right = false;    // fold of all records, byte for byte but one
  uint64_t updates_repeated = 0, updates_missing = 0;
  uint64_t letters_repeated = 0, letters_missing = 0;

  static std::string Header();
  std::string Line(const Delivery& delivery) const;
};

// On the shared broker, in topics of its own. For one thread.
class DeliveryCell {
 public:
  DeliveryCell(const Delivery& delivery, uint64_t seed);

  // Kills the process `kills` times while records flow, lets another catch up,
  // stops it, and measures. An error: it did not come to an end, or the topics
  // contradict each other.
  absl::StatusOr<DeliveryOutcome> Run(int kills);

 private:
  absl::Status ProduceBatch();
  absl::Status KillOnce(int nth);
  absl::Status CheckWritten();
  absl::Status CatchUp();
  absl::Status MeasureState();
  absl::Status MeasureUpdates();
  absl::Status MeasureLetters();

  const Delivery delivery_;
  BrokerPipeline pipeline_;
  std::unique_ptr<Writer> writer_;
  std::mt19937_64 random_;
  DeliveryOutcome outcome_;
  std::map<std::string, uint64_t> snapshot_counts_;  // of records, by key
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_DELIVERY_DELIVERY_CELL_H_
