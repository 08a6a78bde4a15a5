// Where partitions begin and end.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_WATERMARKS_H_
#define EXACTMEAN_PROCESSOR_KAFKA_WATERMARKS_H_

#include <librdkafka/rdkafka.h>

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// Asks a leader for its offsets, read uncommitted: a read-committed client
// would be told the last stable offset for the end. Clients are made at the
// first question. One thread.
class Watermarks {
 public:
  explicit Watermarks(KafkaOptions options) : options_(std::move(options)) {}

  // kNotFound: no such topic or partition.
  absl::StatusOr<OffsetRange> Query(const std::string& topic,
                                    Partition partition);

  // Up to where a reader of committed records is let.
  absl::StatusOr<Offset> StableEnd(const std::string& topic,
                                   Partition partition);

  // See TopicReader.
  absl::StatusOr<absl::optional<Offset>> FindTime(const std::string& topic,
                                                  Partition partition,
                                                  absl::Time time);

  absl::StatusOr<int32_t> PartitionCount(const std::string& topic);

  absl::StatusOr<TopicIdentity> Describe(const std::string& topic);

  // kNotFound if the topic has no such partition; asks the broker only when it
  // is not known to have.
  absl::Status CheckExists(const std::string& topic, Partition partition);

  // Ends the client until the next question.
  void Drop() {
    client_.reset();
    stable_client_.reset();
  }

 private:
  absl::Status Connect();

  const KafkaOptions options_;
  ClientHandle client_;
  ClientHandle stable_client_;             // read committed; for StableEnd
  std::map<std::string, int32_t> counts_;  // of partitions, as last seen
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_WATERMARKS_H_
