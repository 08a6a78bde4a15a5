// Questions for offsets and numbers of partitions.

#include "processor/kafka/watermarks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "processor/kafka/client.h"
#include "processor/kafka/offset_list.h"
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

absl::StatusOr<Offset> Watermarks::StableEnd(const std::string& topic,
                                             Partition partition) {
  absl::Status status = CheckExists(topic, partition);
  if (!status.ok()) return status;
  if (stable_client_ == nullptr) {
    auto client = NewClient(options_, ClientKind::kReader);
    if (!client.ok()) return client.status();
    stable_client_ = *std::move(client);
  }
  int64_t low = 0;
  int64_t stable = 0;
  status = ToStatus(rd_kafka_query_watermark_offsets(
                        stable_client_.get(), topic.c_str(), partition.value(),
                        &low, &stable, ToMilliseconds(kTimeout)),
                    absl::StrCat("last stable offset of ",
                                 PartitionName(topic, partition.value())));
  if (!status.ok()) return status;
  return Offset(stable);
}

absl::StatusOr<absl::optional<Offset>> Watermarks::FindTime(
    const std::string& topic, Partition partition, absl::Time time) {
  absl::Status status = CheckExists(topic, partition);
  if (!status.ok()) return status;
  // Negative numbers have a meaning of their own.
  const Offset from(std::max<int64_t>(
      0,
      absl::ToUnixMillis(time + absl::Milliseconds(1) - absl::Nanoseconds(1))));
  const PartitionListHandle list = PartitionList(topic, {partition}, from);
  const rd_kafka_topic_partition_t* const asked = list->elems;
  const std::string what = absl::StrCat(
      "the offset at a time in ", PartitionName(topic, partition.value()));
  status = ToStatus(rd_kafka_offsets_for_times(client_.get(), list.get(),
                                               ToMilliseconds(kTimeout)),
                    what);
  if (status.ok()) status = ToStatus(asked->err, what);
  if (!status.ok()) return status;
  if (asked->offset < 0) return absl::optional<Offset>();  // the end
  return absl::optional<Offset>(Offset(asked->offset));
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
