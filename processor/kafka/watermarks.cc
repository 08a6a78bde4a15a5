// Questions for offsets and numbers of partitions.

#include "processor/kafka/watermarks.h"

#include "absl/strings/str_cat.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(3);

}  // namespace

absl::Status Watermarks::Connect() {
  if (client_ == nullptr) {
    auto client = NewClient(options_, ClientKind::kWatermarks);
    if (!client.ok()) return client.status();
    client_ = *std::move(client);
  }
  rd_kafka_poll(client_.get(), 0);  // log what has happened meanwhile
  return absl::OkStatus();
}

absl::StatusOr<OffsetRange> Watermarks::Query(const std::string& topic,
                                              Partition partition) {
  absl::Status status = CheckExists(topic, partition);
  if (!status.ok()) return status;
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      client_.get(), topic.c_str(), partition.value(), &low, &high,
      ToMilliseconds(kTimeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    counts_.erase(topic);  // it may have been deleted and made again
    return ToStatus(
        error,
        absl::StrCat("offsets of ", PartitionName(topic, partition.value())));
  }
  return OffsetRange{Offset(low), Offset(high)};
}

absl::StatusOr<int32_t> Watermarks::PartitionCount(const std::string& topic) {
  absl::Status status = Connect();
  if (!status.ok()) return status;
  auto count = FetchPartitionCount(client_.get(), topic, kTimeout);
  if (count.ok()) {
    counts_[topic] = *count;
  } else {
    counts_.erase(topic);
  }
  return count;
}

absl::StatusOr<TopicIdentity> Watermarks::Describe(const std::string& topic) {
  const absl::Status status = Connect();
  if (!status.ok()) return status;
  return FetchIdentity(client_.get(), topic, kTimeout);
}

absl::Status Watermarks::CheckExists(const std::string& topic,
                                     Partition partition) {
  absl::Status status = Connect();
  if (!status.ok()) return status;
  const auto known = counts_.find(topic);
  if (known != counts_.end() && partition.value() < known->second) {
    return absl::OkStatus();
  }
  const auto count = PartitionCount(topic);
  if (!count.ok()) return count.status();
  if (partition.value() < *count) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat(PartitionName(topic, partition.value()),
                   " does not exist: the topic has ", *count, " partitions"));
}

}  // namespace exactmean
