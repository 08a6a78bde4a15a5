// Foretells which of the records written to a producer are sent by themselves,
// and which wait for a flush.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_BATCH_FORECAST_H_
#define EXACTMEAN_PROCESSOR_KAFKA_BATCH_FORECAST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// Counts what one transaction writes. A value; confined to one thread.
//
// Why: while a producer flushes, librdkafka's thread spins as long as a
// partition has a request under way and more records that wait for its answer.
// A full batch (batch.size bytes of one partition) needs no flush: flushed when
// all of those are answered, the rest of each partition goes in one request.
class BatchForecast {
 public:
  // `batch_bytes`: the property batch.size.
  explicit BatchForecast(int64_t batch_bytes = 1) : batch_bytes_(batch_bytes) {}

  // A record of `bytes`, key and value, was written.
  void Add(Destination destination, Partition partition, size_t bytes) {
    Written& written = written_[{destination, partition}];
    written.bytes += static_cast<int64_t>(bytes);
    ++written.records;
  }

  // Requests that are sent without a flush. One too few at times, when the size
  // of a partition is close to a whole number of them; hardly one too many.
  int FullBatches() const {
    int64_t batches = 0;
    for (const auto& [where, written] : written_) {
      if (written.bytes < batch_bytes_) continue;
      // A batch is full by the bytes of its records, and takes along as many
      // as fit with what goes around each on the wire: at least so much.
      constexpr int64_t kOverhead = 9;
      const double share =
          static_cast<double>(written.bytes) /
          static_cast<double>(written.bytes + kOverhead * written.records);
      const auto taken =
          static_cast<int64_t>(share * static_cast<double>(batch_bytes_)) + 1;
      batches += (written.bytes - batch_bytes_) / taken + 1;
    }
    return static_cast<int>(batches);
  }

 private:
  struct Written {
    int64_t bytes = 0;
    int64_t records = 0;
  };

  int64_t batch_bytes_;
  std::map<std::pair<Destination, Partition>, Written> written_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_BATCH_FORECAST_H_
