// The transactional producer and the remedies for what is known of
// librdkafka's. Writing is in transaction_write.cc.

#include "processor/kafka/transaction.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "glog/logging.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(5);
constexpr absl::Duration kReopenTimeout = absl::Seconds(5);
constexpr absl::Duration kSettleTimeout = absl::Seconds(2);
// A flush looks whether it is done at its end and every 10 ms.
constexpr int kFlushSlice = 2;  // ms
// After so many ms without one under way no full batch is to be expected.
constexpr int kIdlePolls = 50;

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaTransaction>> KafkaTransaction::Create(
    const KafkaOptions& options, OffsetsFence fence) {
  absl::Status status = CheckLibraryVersion();
  if (!status.ok()) return status;
  // The producer is made later: what is wrong with its properties is told now.
  const auto conf = NewConf(options, ClientKind::kProducer);
  if (!conf.ok()) return conf.status();
  return std::unique_ptr<KafkaTransaction>(
      new KafkaTransaction(options, fence));
}

std::string KafkaTransaction::What(absl::string_view call) const {
  return absl::StrCat("transactional id ", options_.transactional_id, ": ",
                      call);
}

absl::Status KafkaTransaction::Open(absl::Duration timeout) {
  if (opening_ == nullptr) {
    producer_.reset();  // two of one id would fence each other
    state_ = State::kIdle;
    settled_ = true;
    auto producer = Producer::Create(options_);
    if (!producer.ok()) return producer.status();
    opening_ = *std::move(producer);
  }
  const absl::Status status = opening_->Init(timeout);
  if (absl::IsUnavailable(status)) return status;
  if (status.ok()) {
    producer_ = std::move(opening_);
    tainted_ = false;
  }
  opening_.reset();
  return status;
}

absl::Status KafkaTransaction::Begin() {
  if (state_ != State::kIdle) {
    return absl::InternalError(
        absl::StrCat(What("begin"), ": the last transaction has not ended"));
  }
  if (tainted_) {
    LOG(INFO) << What(
        "the end of the last transaction was asked for more than "
        "once; it goes on with a new producer epoch");
    const absl::Status status = Open(kReopenTimeout);
    if (!status.ok()) return status;  // still tainted: the next Begin retries
  }
  if (producer_ == nullptr) {
    return absl::UnknownError(absl::StrCat(What("begin"), ": not open"));
  }
  // With a fatal error begin_transaction may wait for ever.
  absl::Status status = FatalStatus(producer_->client(), What("begin"));
  if (!status.ok()) return status;
  const ErrorHandle error(rd_kafka_begin_transaction(producer_->client()));
  status = ToTransactionStatus(producer_->client(), error.get(), What("begin"),
                               absl::StatusCode::kUnknown);
  if (!status.ok()) return status;
  producer_->events().Reset();
  settled_ = true;
  forecast_ = BatchForecast(producer_->batch_bytes());
  state_ = State::kBegun;
  return absl::OkStatus();
}

absl::Status KafkaTransaction::CheckBegun(absl::string_view call) const {
  if (state_ == State::kBegun) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(What(call), ": no transaction begun"));
}

absl::Status KafkaTransaction::Flush(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const ProducerEvents& events = producer_->events();
  const int full_batches = forecast_.FullBatches();
  for (int idle = 0; idle < kIdlePolls && absl::Now() < deadline; ++idle) {
    if (events.under_way() > 0) {
      idle = 0;
    } else if (events.produce_requests() >= full_batches) {
      break;
    }
    rd_kafka_poll(producer_->client(), 1);
  }
  rd_kafka_resp_err_t error;
  do {
    error = rd_kafka_flush(producer_->client(), kFlushSlice);
  } while (error == RD_KAFKA_RESP_ERR__TIMED_OUT && absl::Now() < deadline);
  return ToStatus(error, What("waiting for what was written"));
}

// A broker would accept a token without a member, or without a generation, and
// fence nobody.
absl::Status KafkaTransaction::CheckToken(const GroupToken& token) const {
  if (fence_ == OffsetsFence::kEmptyGroup) {
    if (token.generation == -1 && token.member.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        What("offsets"), ": a member's token, but the group must be empty"));
  }
  if (token.generation >= 0 && !token.member.empty()) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(
      What("offsets"), ": no membership in group ", token.group, " to prove"));
}

absl::Status KafkaTransaction::AddOffsets(
    absl::Span<const PartitionOffset> offsets, const GroupToken& token) {
  absl::Status status = CheckBegun("offsets");
  if (!status.ok()) return status;
  status = CheckToken(token);
  if (!status.ok()) return status;
  if (offsets.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(What("offsets"), ": none given"));
  }
  status = Flush(kCallTimeout);
  if (!status.ok()) return status;
  settled_ = true;
  const absl::Status delivered =
      producer_->events().DeliveryStatus(What("write"));
  if (absl::IsInvalidArgument(delivered) ||
      absl::IsPermissionDenied(delivered) || absl::IsNotFound(delivered)) {
    return delivered;
  }

  const PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const PartitionOffset& offset : offsets) {
    rd_kafka_topic_partition_t* const added = rd_kafka_topic_partition_list_add(
        list.get(), options_.input_topic.c_str(), offset.partition.value());
    added->offset = offset.next.value();
    // The list frees it.
    added->metadata = strndup(kOffsetNote.data(), kOffsetNote.size());
    added->metadata_size = kOffsetNote.size();
  }
  const GroupMetadataHandle member(
      rd_kafka_consumer_group_metadata_new_with_genid(
          token.group.c_str(), token.generation, token.member.c_str(),
          token.instance.empty() ? nullptr : token.instance.c_str()));
  const ErrorHandle error(rd_kafka_send_offsets_to_transaction(
      producer_->client(), list.get(), member.get(),
      ToMilliseconds(kCallTimeout)));
  status = ToTransactionStatus(producer_->client(), error.get(),
                               What("offsets"), absl::StatusCode::kAborted);
  // A failed delivery is the cause of what follows from it.
  if (status.ok() || absl::IsAborted(status)) status.Update(delivered);
  return status;
}

absl::Status KafkaTransaction::Commit() {
  if (state_ != State::kCommitting) {
    absl::Status status = CheckBegun("commit");
    if (!status.ok()) return status;
  }
  const ErrorHandle error(rd_kafka_commit_transaction(
      producer_->client(), ToMilliseconds(kCallTimeout)));
  const bool asked = producer_->events().end_requests() > 0;
  absl::Status status = ToTransactionStatus(
      producer_->client(), error.get(), What("commit"),
      asked ? absl::StatusCode::kUnknown : absl::StatusCode::kAborted);
  if (status.ok()) {
    End();
    return status;
  }
  if (absl::IsUnavailable(status)) {
    state_ = State::kCommitting;
    tainted_ = true;
    return status;
  }
  // Once the end was asked for, an error cannot tell that it did not happen.
  if (absl::IsAborted(status) && asked) {
    state_ = State::kCommitting;
    return absl::UnknownError(status.message());
  }
  if (absl::IsAborted(status))
    status.Update(producer_->events().DeliveryStatus("commit"));
  state_ = absl::IsAborted(status) ? State::kBegun : State::kCommitting;
  return status;
}

absl::Status KafkaTransaction::Abort() {
  if (state_ == State::kIdle) return absl::OkStatus();
  if (state_ == State::kCommitting) {
    return absl::UnknownError(absl::StrCat(
        What("abort"), ": whether the commit succeeded is not known"));
  }
  // An abort that overtakes the request that adds a partition to the
  // transaction is a fatal error (librdkafka #4849). A record that is in the
  // log has its partition in the transaction.
  if (!settled_) {
    const absl::Status flushed = Flush(kSettleTimeout);
    if (!flushed.ok()) LOG(WARNING) << flushed.message() << "; aborting anyway";
    settled_ = true;
  }
  state_ = State::kAborting;
  const ErrorHandle error(rd_kafka_abort_transaction(
      producer_->client(), ToMilliseconds(kCallTimeout)));
  absl::Status status =
      ToTransactionStatus(producer_->client(), error.get(), What("abort"),
                          absl::StatusCode::kUnknown);
  if (status.ok()) {
    End();
    return status;
  }
  if (absl::IsAborted(status)) return absl::UnknownError(status.message());
  return status;
}

void KafkaTransaction::End() {
  tainted_ |= producer_->events().end_requests() > 1 ||
              producer_->events().delivery_failed();
  state_ = State::kIdle;
}

}  // namespace exactmean
