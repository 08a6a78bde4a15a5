// PartitionReader.

#include "processor/kafka/partition_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/kafka/properties.h"
#include "processor/kafka/status.h"

namespace exactmean {

absl::Status PartitionReader::MakeClient() {
  auto client =
      exactmean::MakeClient(RD_KAFKA_CONSUMER, ReaderProperties(options_));
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  return absl::OkStatus();
}

absl::Status PartitionReader::Open(Partition partition, Offset offset) {
  Close(partition);
  if (client_ == nullptr) {
    const absl::Status made = MakeClient();
    if (!made.ok()) return made;
  }
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(),
                                    partition.value())
      ->offset = offset.value();
  KafkaError error(rd_kafka_incremental_assign(client_.get(), list.get()));
  if (error != nullptr) {
    return ToStatus(rd_kafka_error_code(error.get()),
                    absl::StrCat("reading topic \"", topic_, "\", partition ",
                                 partition.value()));
  }
  positions_[partition] = offset;
  return absl::OkStatus();
}

absl::StatusOr<absl::Span<const LogRecord>> PartitionReader::Read(
    absl::Duration timeout) {
  if (client_ == nullptr) return absl::Span<const LogRecord>();
  absl::Status failed;
  const auto records = batch_.Consume(
      queue_.get(), timeout,
      [this](const rd_kafka_message_t& message) {
        const auto it = positions_.find(Partition(message.partition));
        if (it == positions_.end()) return false;
        it->second = Offset(message.offset + 1);
        return true;
      },
      [&](const rd_kafka_message_t& message) {
        const auto it = positions_.find(Partition(message.partition));
        if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
          // At the last stable offset; markers before it are stepped over.
          if (it != positions_.end()) {
            it->second = std::max(it->second, Offset(message.offset));
          }
          return;
        }
        const absl::Status status = ToStatus(
            message.err, absl::StrCat("reading topic \"", topic_,
                                      "\", partition ", message.partition, ": ",
                                      rd_kafka_message_errstr(&message)));
        // librdkafka goes on by itself after passing trouble.
        if (absl::IsUnavailable(status) || absl::IsInternal(status)) {
          LOG_EVERY_N(WARNING, 20) << status.message();
        } else {
          failed.Update(status);
        }
      });
  if (!failed.ok()) return failed;
  return records;
}

void PartitionReader::Close(Partition partition) {
  if (positions_.erase(partition) == 0) return;
  batch_.Clear();
  if (positions_.empty()) {
    queue_.reset();
    client_.reset();
    return;
  }
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(),
                                    partition.value());
  const KafkaError error(
      rd_kafka_incremental_unassign(client_.get(), list.get()));
  if (error != nullptr) {
    LOG(WARNING) << "closing topic \"" << topic_ << "\", partition "
                 << partition << ": " << rd_kafka_error_string(error.get());
  }
}

}  // namespace exactmean
