// A foreign consumer that follows a topic from its beginning, for as long as it
// lives: what another program sees while things happen.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_READER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/message_batch.h"
#include "processor/kafka/testing/partition_lists.h"
#include "processor/kafka/testing/test_admin.h"
#include "processor/kafka/testing/test_client.h"

namespace exactmean {

// Reads every record once, in the order of each partition; a broker that is
// away is waited for. Never joins a group. One thread.
class TestReader {
 public:
  // The topic must exist, with all its records.
  static absl::StatusOr<std::unique_ptr<TestReader>> Create(
      const std::string& bootstrap_servers, const std::string& topic,
      int32_t partitions, Isolation isolation);

  // What has come within `wait`. An error ends the reading: records were
  // deleted before they were read, say.
  absl::StatusOr<std::vector<StoredRecord>> Poll(absl::Duration wait);

  // By partition: every record before it has been returned. It passes what is
  // no record, as soon as the partition's end is known to be reached.
  const TestOffsets& positions() const { return positions_; }

 private:
  explicit TestReader(ClientHandle client);

  const ClientHandle client_;
  const QueueHandle queue_;
  MessageBatch batch_;
  TestOffsets positions_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_READER_H_
