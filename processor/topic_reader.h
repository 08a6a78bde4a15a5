// Reading any topic from any offset: what a ResultsLog does and, beyond it,
// what retry topics and the tools need.

#ifndef EXACTMEAN_PROCESSOR_TOPIC_READER_H_
#define EXACTMEAN_PROCESSOR_TOPIC_READER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// What a reader sees: committed records alone, up to the first transaction that
// is still open; or all there is, open and aborted transactions included.
enum class Isolation { kCommitted, kUncommitted };

// One topic, outside of any consumer group. Errors and threads as in log.h.
class TopicReader : public ResultsLog {
 public:
  // What is retained.
  virtual absl::StatusOr<OffsetRange> Range(Partition partition) = 0;

  // The last stable offset: no transaction is open before it, and readers of
  // committed records get no further.
  virtual absl::StatusOr<Offset> StableEnd(Partition partition) = 0;

  // The first record with this timestamp or a later one; nullopt: none has.
  virtual absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                          absl::Time time) = 0;

  virtual absl::StatusOr<int32_t> PartitionCount() = 0;

  // Open, but reading from `from`. kOutOfRange, then or from Read: it is not in
  // the log.
  virtual absl::Status OpenAt(Partition partition, Offset from) = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_TOPIC_READER_H_
