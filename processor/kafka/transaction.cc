// KafkaTransaction.

#include "processor/kafka/transaction.h"

#include <algorithm>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "glog/logging.h"
#include "processor/kafka/properties.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr int16_t kEndTxn = 26;  // its key in Kafka's protocol

int Millis(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaTransaction>> KafkaTransaction::Create(
    const KafkaOptions& options) {
  return absl::WrapUnique(new KafkaTransaction(options));
}

rd_kafka_resp_err_t KafkaTransaction::OnNew(rd_kafka_t* client,
                                            const rd_kafka_conf_t* /*conf*/,
                                            void* self, char* /*error*/,
                                            size_t /*size*/) {
  return rd_kafka_interceptor_add_on_request_sent(client, "end-txn", OnRequest,
                                                  self);
}

rd_kafka_resp_err_t KafkaTransaction::OnRequest(
    rd_kafka_t* /*client*/, int /*socket*/, const char* /*broker*/,
    int32_t /*broker_id*/, int16_t api_key, int16_t /*api_version*/,
    int32_t /*correlation_id*/, size_t /*size*/, void* self) {
  if (api_key == kEndTxn) ++static_cast<KafkaTransaction*>(self)->ends_;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

absl::Status KafkaTransaction::Open(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  results_.reset();
  updates_.reset();
  client_.reset();
  begun_ = ended_twice_ = false;
  written_ = 0;
  auto client = MakeClient(
      RD_KAFKA_PRODUCER, ProducerProperties(options_),
      [this](rd_kafka_conf_t* conf) {
        rd_kafka_conf_interceptor_add_on_new(conf, "end-txn", OnNew, this);
        rd_kafka_conf_set_error_cb(
            conf, [](rd_kafka_t*, int error, const char* reason, void*) {
              LOG_EVERY_N(WARNING, 20)
                  << "producer: " << reason << " ("
                  << rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(error))
                  << ")";
            });
      });
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  results_.reset(rd_kafka_topic_new(client_.get(),
                                    options_.results_topic.c_str(), nullptr));
  if (!options_.updates_topic.empty()) {
    updates_.reset(rd_kafka_topic_new(client_.get(),
                                      options_.updates_topic.c_str(), nullptr));
  }
  const absl::Status warm = WarmUp(deadline - absl::Now());
  if (!warm.ok()) return warm;
  return TransactionStatus(
      rd_kafka_init_transactions(client_.get(),
                                 std::max(1, Millis(deadline - absl::Now()))),
      absl::StrCat("opening the producer ", id()));
}

// Without the topics' metadata the first transaction would wait a second.
absl::Status KafkaTransaction::WarmUp(absl::Duration timeout) {
  for (rd_kafka_topic_t* topic : {results_.get(), updates_.get()}) {
    if (topic == nullptr) continue;
    const rd_kafka_metadata_t* metadata = nullptr;
    rd_kafka_resp_err_t error = rd_kafka_metadata(
        client_.get(), 0, topic, &metadata, std::max(1, Millis(timeout)));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      error = metadata->topics[0].err;
      rd_kafka_metadata_destroy(metadata);
    }
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return ToStatus(
          error, absl::StrCat("topic \"", rd_kafka_topic_name(topic), "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status KafkaTransaction::Begin() {
  if (client_ == nullptr) return absl::UnknownError("the producer is not open");
  if (begun_) return absl::OkStatus();  // called again after kUnavailable
  if (ended_twice_) {
    LOG(INFO) << "making the producer " << id()
              << " anew: the end of its last transaction was sent twice";
    const absl::Status opened = Open(options_.transaction_timeout);
    if (!opened.ok()) return opened;
  }
  ends_ = 0;
  const absl::Status status = TransactionStatus(
      rd_kafka_begin_transaction(client_.get()), "beginning a transaction");
  begun_ = status.ok();
  // It has no other trouble than a producer beyond use.
  return absl::IsAborted(status) ? absl::UnknownError(status.message())
                                 : status;
}

absl::Status KafkaTransaction::Write(Destination destination,
                                     Partition partition, absl::string_view key,
                                     absl::optional<absl::string_view> value) {
  rd_kafka_topic_t* topic =
      destination == Destination::kResults ? results_.get() : updates_.get();
  const auto produce = [&] {
    // RD_KAFKA_MSG_F_COPY: the value is not changed, whatever its type says.
    return rd_kafka_produce(
        topic, partition.value(), RD_KAFKA_MSG_F_COPY,
        value.has_value() ? const_cast<char*>(value->data()) : nullptr,
        value.has_value() ? value->size() : 0, key.data(), key.size(), nullptr);
  };
  ++written_;
  if (produce() == 0) return absl::OkStatus();
  rd_kafka_resp_err_t error = rd_kafka_last_error();
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    // Makes room, by sending what is there.
    const absl::Status flushed = Flush(options_.transaction_timeout);
    if (!flushed.ok()) return flushed;
    if (produce() == 0) return absl::OkStatus();
    error = rd_kafka_last_error();
  }
  const std::string what = absl::StrCat(
      "writing ", key.size() + value.value_or("").size(), " bytes to topic \"",
      rd_kafka_topic_name(topic), "\", partition ", partition.value());
  if (error == RD_KAFKA_RESP_ERR__FATAL) return FatalStatus(what);
  const absl::Status status = ToStatus(error, what);
  if (absl::IsInvalidArgument(status) || absl::IsNotFound(status)) {
    return status;
  }
  return absl::AbortedError(status.message());
}

absl::Status KafkaTransaction::FatalStatus(absl::string_view what) const {
  char text[512] = "";
  const rd_kafka_resp_err_t error =
      rd_kafka_fatal_error(client_.get(), text, sizeof(text));
  const std::string message = absl::StrCat(what, ": ", text);
  return CodeOf(error) == absl::StatusCode::kFailedPrecondition
             ? absl::FailedPreconditionError(message)
             : absl::UnknownError(message);
}

absl::Status KafkaTransaction::Flush(absl::Duration timeout) {
  const rd_kafka_resp_err_t error =
      rd_kafka_flush(client_.get(), Millis(timeout));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    written_ = 0;
    return absl::OkStatus();
  }
  if (error == RD_KAFKA_RESP_ERR__FATAL) return FatalStatus("flushing");
  return absl::AbortedError(
      absl::StrCat("flushing: ", rd_kafka_err2str(error)));
}

absl::Status KafkaTransaction::AddOffsets(
    absl::Span<const PartitionOffset> offsets, const GroupToken& token) {
  if (token.generation < 0 || token.member.empty()) {
    return absl::AbortedError("no group token: the broker would not fence it");
  }
  const absl::Status flushed = Flush(options_.transaction_timeout);
  if (!flushed.ok()) return flushed;
  const KafkaPartitions list(
      rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const PartitionOffset& offset : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), options_.input_topic.c_str(),
                                      offset.partition.value())
        ->offset = offset.next.value();
  }
  const KafkaGroupMetadata metadata(
      rd_kafka_consumer_group_metadata_new_with_genid(
          token.group.c_str(), token.generation, token.member.c_str(),
          token.instance.empty() ? nullptr : token.instance.c_str()));
  return TransactionStatus(rd_kafka_send_offsets_to_transaction(
                               client_.get(), list.get(), metadata.get(),
                               Millis(options_.transaction_timeout)),
                           "adding offsets to the transaction");
}

absl::Status KafkaTransaction::Commit() {
  const absl::Status status = TransactionStatus(
      rd_kafka_commit_transaction(client_.get(),
                                  Millis(options_.transaction_timeout)),
      "committing");
  if (ends_ > 1 || absl::IsUnavailable(status)) ended_twice_ = true;
  if (status.ok()) begun_ = false;
  return status;
}

absl::Status KafkaTransaction::Abort() {
  if (!begun_ || client_ == nullptr) return absl::OkStatus();
  // What librdkafka still holds would be sent after the end of the transaction,
  // and be fatal (issue 4849).
  if (written_ > 0) {
    const absl::Status flushed = Flush(absl::Seconds(2));
    if (absl::IsFailedPrecondition(flushed)) return flushed;
  }
  const absl::Status status = TransactionStatus(
      rd_kafka_abort_transaction(client_.get(),
                                 Millis(options_.transaction_timeout)),
      "aborting");
  if (ends_ > 1 || absl::IsUnavailable(status)) ended_twice_ = true;
  if (status.ok()) begun_ = false;
  return status;
}

}  // namespace exactmean
