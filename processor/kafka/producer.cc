// Making transactional producers.

#include "processor/kafka/producer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "processor/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

int64_t NumberOf(rd_kafka_t* client, const char* property, int64_t otherwise) {
  char value[32];
  size_t size = sizeof(value);
  int64_t number = 0;
  if (rd_kafka_conf_get(rd_kafka_conf(client), property, value, &size) ==
          RD_KAFKA_CONF_OK &&
      absl::SimpleAtoi(value, &number)) {
    return number;
  }
  return otherwise;
}

}  // namespace

Producer::Producer(const KafkaOptions& options)
    : transactional_id_(options.transactional_id),
      transactional_(options.transactional) {
  const auto add = [this](const std::string& topic) {
    targets_.emplace_back();
    targets_.back().topic = topic;
  };
  // In the order of Destination.
  add(options.results_topic);
  add(options.updates_topic);
  add(options.dead_letter_topic);
  for (const std::string& topic : options.retry_topics) add(topic);
}

absl::StatusOr<std::unique_ptr<Producer>> Producer::Create(
    const KafkaOptions& options) {
  std::unique_ptr<Producer> producer(new Producer(options));
  const absl::Status status = producer->Connect(options);
  if (!status.ok()) return status;
  return producer;
}

absl::Status Producer::Init(absl::Duration timeout) {
  const absl::Time deadline = MonotonicClock().Now() + timeout;
  absl::Status status;
  if (transactional_) status = InitTransactions(timeout);
  for (Target& target : targets_) {
    if (status.ok() && !target.topic.empty()) {
      status = Acquaint(&target, deadline);
    }
  }
  return status;
}

// librdkafka goes on in the background after a time-out, and a further call
// waits for that.
absl::Status Producer::InitTransactions(absl::Duration timeout) {
  if (initialised_) return absl::OkStatus();
  const ErrorHandle error(
      rd_kafka_init_transactions(client(), ToMilliseconds(timeout)));
  const absl::Status status = ToTransactionStatus(
      client(), error.get(),
      absl::StrCat("transactional id ", transactional_id_, ": init"),
      error == nullptr ? absl::StatusCode::kOk
                       : CodeOf(rd_kafka_error_code(error.get())));
  initialised_ = status.ok();
  return status;
}

absl::Status Producer::Connect(const KafkaOptions& options) {
  absl::StatusOr<ConfHandle> conf = NewConf(options, ClientKind::kProducer);
  if (!conf.ok()) return conf.status();
  events_ = std::make_shared<ProducerEvents>();
  events_->Install(conf->get());
  auto client = NewClient(*std::move(conf), ClientKind::kProducer, events_);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  // librdkafka's defaults.
  max_bytes_ = NumberOf(client_.get(), "message.max.bytes", 1000000);
  batch_bytes_ = NumberOf(client_.get(), "batch.size", 1000000);
  return absl::OkStatus();
}

// A producer that does not know a topic yet delays its first record by a
// second.
absl::Status Producer::Acquaint(Target* target, absl::Time deadline) {
  const absl::Duration left = deadline - MonotonicClock().Now();
  const auto count = FetchPartitionCount(client_.get(), target->topic,
                                         std::max(left, absl::Seconds(1)));
  if (!count.ok()) return count.status();
  target->partitions = *count;
  target->handle.reset(
      rd_kafka_topic_new(client_.get(), target->topic.c_str(), nullptr));
  if (target->handle != nullptr) return absl::OkStatus();
  return ToStatus(rd_kafka_last_error(), absl::StrCat("topic ", target->topic));
}

}  // namespace exactmean
