// Making transactional producers.

#include "processor/kafka/producer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

int64_t MaxMessageBytes(rd_kafka_t* client) {
  char value[32];
  size_t size = sizeof(value);
  int64_t bytes = 0;
  if (rd_kafka_conf_get(rd_kafka_conf(client), "message.max.bytes", value,
                        &size) == RD_KAFKA_CONF_OK &&
      absl::SimpleAtoi(absl::string_view(value), &bytes)) {
    return bytes;
  }
  return 1000000;  // librdkafka's default
}

}  // namespace

Producer::Producer(const KafkaOptions& options) {
  results_.topic = options.results_topic;
  updates_.topic = options.updates_topic;
}

absl::StatusOr<std::unique_ptr<Producer>> Producer::Open(
    const KafkaOptions& options, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  std::unique_ptr<Producer> producer(new Producer(options));
  absl::Status status = producer->Connect(options);
  if (!status.ok()) return status;
  const ErrorHandle error(rd_kafka_init_transactions(
      producer->client(), ToMilliseconds(deadline - absl::Now())));
  status = ToTransactionStatus(
      producer->client(), error.get(),
      absl::StrCat("transactional id ", options.transactional_id, ": init"),
      error == nullptr ? absl::StatusCode::kOk
                       : CodeOf(rd_kafka_error_code(error.get())));
  if (status.ok()) status = producer->Acquaint(&producer->results_, deadline);
  if (status.ok() && !producer->updates_.topic.empty()) {
    status = producer->Acquaint(&producer->updates_, deadline);
  }
  if (!status.ok()) return status;
  return producer;
}

absl::Status Producer::Connect(const KafkaOptions& options) {
  absl::StatusOr<ConfHandle> conf = NewConf(options, ClientKind::kProducer);
  if (!conf.ok()) return conf.status();
  events_ = std::make_shared<ProducerEvents>();
  events_->Install(conf->get());
  auto client = NewClient(*std::move(conf), ClientKind::kProducer, events_);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  max_bytes_ = MaxMessageBytes(client_.get());
  return absl::OkStatus();
}

// A producer that does not know a topic yet delays its first record by a
// second.
absl::Status Producer::Acquaint(Target* target, absl::Time deadline) {
  const auto count =
      FetchPartitionCount(client_.get(), target->topic,
                          std::max(deadline - absl::Now(), absl::Seconds(1)));
  if (!count.ok()) return count.status();
  target->partitions = *count;
  target->handle.reset(
      rd_kafka_topic_new(client_.get(), target->topic.c_str(), nullptr));
  if (target->handle != nullptr) return absl::OkStatus();
  return ToStatus(rd_kafka_last_error(), absl::StrCat("topic ", target->topic));
}

}  // namespace exactmean
