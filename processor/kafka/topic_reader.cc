// Reads partitions of a topic.

#include "processor/kafka/topic_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/kafka/client.h"
#include "processor/kafka/offset_list.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr size_t kBatchSize = 4096;

}  // namespace

KafkaTopicReader::KafkaTopicReader(const KafkaOptions& options,
                                   std::string topic, ClientKind kind)
    : options_(options),
      topic_(std::move(topic)),
      kind_(kind),
      watermarks_(options),
      batch_(kBatchSize) {}

absl::StatusOr<std::unique_ptr<KafkaTopicReader>> KafkaTopicReader::Create(
    const KafkaOptions& options, const std::string& topic,
    Isolation isolation) {
  absl::Status status = CheckLibraryVersion();
  if (!status.ok()) return status;
  const ClientKind kind = isolation == Isolation::kCommitted
                              ? ClientKind::kReader
                              : ClientKind::kUncommittedReader;
  // The client is made later: what is wrong with its properties is told now.
  const auto conf = NewConf(options, kind);
  if (!conf.ok()) return conf.status();
  return std::unique_ptr<KafkaTopicReader>(
      new KafkaTopicReader(options, topic, kind));
}

absl::Status KafkaTopicReader::Connect() {
  if (client_ != nullptr) return absl::OkStatus();
  auto client = NewClient(options_, kind_);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  return absl::OkStatus();
}

void KafkaTopicReader::Disconnect() {
  records_.clear();
  batch_.Clear();
  queue_.reset();
  client_.reset();
  error_ = absl::OkStatus();
}

absl::StatusOr<Offset> KafkaTopicReader::EndOffset(Partition partition) {
  const auto range = Range(partition);
  if (!range.ok()) return range.status();
  return range->high;
}

absl::StatusOr<OffsetRange> KafkaTopicReader::Range(Partition partition) {
  return watermarks_.Query(topic_, partition);
}

absl::StatusOr<Offset> KafkaTopicReader::StableEnd(Partition partition) {
  return watermarks_.StableEnd(topic_, partition);
}

absl::StatusOr<absl::optional<Offset>> KafkaTopicReader::FindTime(
    Partition partition, absl::Time time) {
  return watermarks_.FindTime(topic_, partition, time);
}

absl::StatusOr<TopicIdentity> KafkaTopicReader::Describe() {
  return watermarks_.Describe(topic_);
}

absl::Status KafkaTopicReader::Open(Partition partition) {
  const auto range = Range(partition);
  if (!range.ok()) return range.status();
  return OpenAt(partition, range->low);
}

absl::Status KafkaTopicReader::OpenAt(Partition partition, Offset from) {
  if (positions_.count(partition) > 0) Close(partition);
  absl::Status status = watermarks_.CheckExists(topic_, partition);
  if (!status.ok()) return status;
  status = Connect();
  if (!status.ok()) return status;
  const auto list = PartitionList(topic_, {partition}, from);
  const ErrorHandle error(
      rd_kafka_incremental_assign(client_.get(), list.get()));
  status = ToStatus(
      error.get(),
      absl::StrCat("opening ", PartitionName(topic_, partition.value())));
  if (!status.ok()) {
    if (positions_.empty()) Disconnect();
    return status;
  }
  positions_[partition] = from;
  return absl::OkStatus();
}

absl::StatusOr<absl::Span<const LogRecord>> KafkaTopicReader::Read(
    absl::Duration timeout) {
  records_.clear();
  if (client_ == nullptr) return absl::MakeConstSpan(records_);
  absl::Status status = std::exchange(error_, absl::OkStatus());
  if (!status.ok()) return status;
  for (const rd_kafka_message_t* message :
       batch_.Fetch(queue_.get(), timeout)) {
    error_.Update(TakeMessage(*message));
  }
  // Records that came along are not lost to an error: it is returned next.
  if (records_.empty()) status = std::exchange(error_, absl::OkStatus());
  if (!status.ok()) return status;
  return absl::MakeConstSpan(records_);
}

absl::Status KafkaTopicReader::TakeMessage(const rd_kafka_message_t& message) {
  const auto open = positions_.find(Partition(message.partition));
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (open == positions_.end()) return absl::OkStatus();
    records_.push_back(ToRecord(message));
    open->second = Next(Offset(message.offset));
    return absl::OkStatus();
  }
  // It comes after the last readable record, with the offset after all that was
  // stepped over, and again whenever an open transaction lets readers on.
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (open != positions_.end()) {
      open->second = std::max(open->second, Offset(message.offset));
    }
    return absl::OkStatus();
  }
  // librdkafka asks for the group's coordinator though nobody joins: whoever
  // may read the topic need not be allowed to use a group.
  if (message.err == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
    return absl::OkStatus();
  }
  const absl::Status status = MessageStatus(message);
  if (absl::IsUnavailable(status)) {
    LOG_EVERY_T(WARNING, 1) << status.message();
    return absl::OkStatus();
  }
  // An error of a partition that was closed meanwhile concerns nobody.
  if (message.partition >= 0 && open == positions_.end()) {
    return absl::OkStatus();
  }
  return status;
}

Offset KafkaTopicReader::Position(Partition partition) {
  const auto open = positions_.find(partition);
  return open == positions_.end() ? Offset(0) : open->second;
}

void KafkaTopicReader::Close(Partition partition) {
  if (positions_.erase(partition) == 0) return;
  if (positions_.empty()) {
    Disconnect();
    watermarks_.Drop();
    return;
  }
  const auto list = PartitionList(topic_, {partition}, Offset(0));
  const ErrorHandle error(
      rd_kafka_incremental_unassign(client_.get(), list.get()));
  if (error != nullptr) {
    LOG(WARNING) << "closing " << PartitionName(topic_, partition.value())
                 << ": " << rd_kafka_error_string(error.get());
  }
}

absl::StatusOr<int32_t> KafkaTopicReader::PartitionCount() {
  return watermarks_.PartitionCount(topic_);
}

}  // namespace exactmean
