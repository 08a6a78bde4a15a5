// The transactional producer and the remedies for what is known of
// librdkafka's.

#include "processor/kafka/transaction.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "glog/logging.h"
#include "processor/kafka/client.h"
#include "processor/kafka/offset_list.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(5);
constexpr absl::Duration kReopenTimeout = absl::Seconds(5);
constexpr absl::Duration kSettleTimeout = absl::Seconds(2);

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
  return absl::StrCat("transactional id ", options().transactional_id, ": ",
                      call);
}

absl::Status KafkaTransaction::Open(absl::Duration timeout) {
  if (!opening()) {
    state_ = State::kIdle;
    settled_ = true;
  }
  const absl::Status status = OpenProducer(timeout);
  if (status.ok()) tainted_ = false;
  return status;
}

absl::Status KafkaTransaction::Begin() {
  if (state_ != State::kIdle) {
    return absl::InternalError(
        absl::StrCat(What("begin"), ": the last transaction has not ended"));
  }
  if (tainted_) {
    LOG(INFO) << What(
        "the last transaction did not end cleanly; it goes on with a new "
        "producer epoch");
    const absl::Status status = Open(kReopenTimeout);
    if (!status.ok()) return status;  // still tainted: the next Begin retries
  }
  if (producer() == nullptr) {
    return absl::UnknownError(absl::StrCat(What("begin"), ": not open"));
  }
  // With a fatal error begin_transaction may wait for ever.
  absl::Status status = FatalStatus(producer()->client(), What("begin"));
  if (!status.ok()) return status;
  const ErrorHandle error(rd_kafka_begin_transaction(producer()->client()));
  status = ToTransactionStatus(producer()->client(), error.get(), What("begin"),
                               absl::StatusCode::kUnknown);
  if (!status.ok()) return status;
  producer()->events().Reset();
  settled_ = true;
  BeginForecast();
  state_ = State::kBegun;
  return absl::OkStatus();
}

void KafkaTransaction::OnWritten() { settled_ = false; }

absl::Status KafkaTransaction::CheckBegun(absl::string_view call) const {
  if (state_ == State::kBegun) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(What(call), ": no transaction begun"));
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
      producer()->events().DeliveryStatus(What("write"));
  if (absl::IsInvalidArgument(delivered) ||
      absl::IsPermissionDenied(delivered) || absl::IsNotFound(delivered)) {
    return delivered;
  }

  const PartitionListHandle list = OffsetList(options().input_topic, offsets);
  const GroupMetadataHandle member(
      rd_kafka_consumer_group_metadata_new_with_genid(
          token.group.c_str(), token.generation, token.member.c_str(),
          token.instance.empty() ? nullptr : token.instance.c_str()));
  const ErrorHandle error(rd_kafka_send_offsets_to_transaction(
      producer()->client(), list.get(), member.get(),
      ToMilliseconds(kCallTimeout)));
  status = ToTransactionStatus(producer()->client(), error.get(),
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
      producer()->client(), ToMilliseconds(kCallTimeout)));
  const bool asked = producer()->events().end_requests() > 0;
  absl::Status status = ToTransactionStatus(
      producer()->client(), error.get(), What("commit"),
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
  if (absl::IsAborted(status)) {
    status.Update(producer()->events().DeliveryStatus("commit"));
  }
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
      producer()->client(), ToMilliseconds(kCallTimeout)));
  absl::Status status =
      ToTransactionStatus(producer()->client(), error.get(), What("abort"),
                          absl::StatusCode::kUnknown);
  if (status.ok()) {
    End();
    return status;
  }
  if (absl::IsAborted(status)) return absl::UnknownError(status.message());
  return status;
}

void KafkaTransaction::End() {
  tainted_ |= producer()->events().end_requests() > 1 ||
              producer()->events().delivery_failed();
  state_ = State::kIdle;
}

}  // namespace exactmean
