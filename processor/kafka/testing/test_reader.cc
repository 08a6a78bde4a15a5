// Following a topic through what happens to its brokers.

#include "processor/kafka/testing/test_reader.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "processor/kafka/status.h"
#include "processor/kafka/testing/raw_client.h"

namespace exactmean {

TestReader::TestReader(ClientHandle client)
    : client_(std::move(client)),
      queue_(rd_kafka_queue_get_consumer(client_.get())),
      batch_(1000) {}

absl::StatusOr<std::unique_ptr<TestReader>> TestReader::Create(
    const std::string& bootstrap_servers, const std::string& topic,
    int32_t partitions, Isolation isolation) {
  auto client = NewRawClient(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", bootstrap_servers},
       {"group.id", absl::StrCat("follower-of-", topic)},  // never joined
       {"enable.auto.commit", "false"},
       {"enable.partition.eof", "true"},
       {"auto.offset.reset", "error"},
       {"fetch.wait.max.ms", "50"},
       {"fetch.error.backoff.ms", "20"},
       {"reconnect.backoff.max.ms", "500"},
       {"topic.metadata.refresh.fast.interval.ms", "100"},
       // A broker that hangs is given up for another.
       {"socket.timeout.ms", "5000"},
       {"isolation.level", isolation == Isolation::kCommitted
                               ? "read_committed"
                               : "read_uncommitted"}});
  if (!client.ok()) return client.status();
  auto reader = absl::WrapUnique(new TestReader(*std::move(client)));
  for (int32_t p = 0; p < partitions; ++p) reader->positions_[p] = 0;
  const PartitionListHandle list = ListOf(topic, reader->positions_);
  const absl::Status status =
      ToStatus(rd_kafka_assign(reader->client_.get(), list.get()),
               absl::StrCat("reading ", topic));
  if (!status.ok()) return status;
  return reader;
}

absl::StatusOr<std::vector<StoredRecord>> TestReader::Poll(
    absl::Duration wait) {
  std::vector<StoredRecord> records;
  for (const rd_kafka_message_t* message : batch_.Fetch(queue_.get(), wait)) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(ToStoredRecord(*message));
      positions_[message->partition] = message->offset + 1;
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      positions_[message->partition] = message->offset;
    } else if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
      return MessageStatus(*message);
    }
    // All else is a broker's trouble, which the client gets over by itself.
  }
  return records;
}

}  // namespace exactmean
