// Assigns a partition at an offset, takes what comes first, lets go of it.

#include "processor/kafka/point_reader.h"

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/offset_list.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);

}  // namespace

absl::Status PointReader::Connect() {
  if (client_ != nullptr) return absl::OkStatus();
  auto client = NewClient(options_, ClientKind::kPointReader);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<LogRecord>> PointReader::ReadAt(
    const std::string& topic, Partition partition, Offset offset) {
  batch_.Clear();
  absl::Status status = Connect();
  if (!status.ok()) return status;
  const std::string where =
      absl::StrCat("reading ", PartitionName(topic, partition.value()), " at ",
                   offset.value());
  const PartitionListHandle list = PartitionList(topic, {partition}, offset);
  status = ToStatus(rd_kafka_assign(client_.get(), list.get()), where);
  if (!status.ok()) return status;
  auto record = Await(partition);
  status = ToStatus(rd_kafka_assign(client_.get(), nullptr), where);
  if (record.ok() && status.ok()) return record;
  // What it may still deliver must not be taken for an answer to the next call.
  batch_.Clear();
  queue_.reset();
  client_.reset();
  if (!record.ok()) {
    return absl::Status(record.status().code(),
                        absl::StrCat(where, ": ", record.status().message()));
  }
  return status;
}

absl::StatusOr<absl::optional<LogRecord>> PointReader::Await(
    Partition partition) {
  MonotonicClock clock;
  const absl::Time deadline = clock.Now() + kTimeout;
  while (clock.Now() < deadline) {
    for (const rd_kafka_message_t* message :
         batch_.Fetch(queue_.get(), deadline - clock.Now())) {
      const bool ours = message->partition == partition.value();
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (ours) return absl::optional<LogRecord>(ToRecord(*message));
      } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (ours) return absl::optional<LogRecord>();
      } else if (CodeOf(message->err) != absl::StatusCode::kUnavailable) {
        return MessageStatus(*message);
      } else {
        LOG_EVERY_T(WARNING, 1) << MessageStatus(*message).message();
      }
    }
  }
  return absl::UnavailableError(
      absl::StrCat("nothing within ", absl::FormatDuration(kTimeout)));
}

}  // namespace exactmean
