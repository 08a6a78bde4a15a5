// KafkaInputLog: which offsets are committed, and committing them without a
// transaction.

#include <string>

#include "absl/strings/str_cat.h"
#include "processor/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/offset_list.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

// A member is answered within milliseconds, or not while a transaction is open:
// other partitions need not stand still for that. A coordinator that is far
// away or has much to do may take longer: so one question in eight has time for
// that, though all stands still for it, and those after it as long as it is
// needed. Who is no member may have to find it first.
constexpr absl::Duration kCommittedTimeout = absl::Milliseconds(250);
constexpr absl::Duration kLongCommittedTimeout = absl::Seconds(2);
constexpr int kLongEvery = 8;
constexpr absl::Duration kStrangersCommittedTimeout = absl::Seconds(5);

// Whatever is not final may have happened, or not.
absl::Status Undecided(const absl::Status& status) {
  if (status.ok() || absl::IsPermissionDenied(status) ||
      absl::IsNotFound(status) || absl::IsFailedPrecondition(status)) {
    return status;
  }
  return absl::AbortedError(status.message());
}

}  // namespace

absl::StatusOr<PartitionListHandle> KafkaInputLog::FetchCommitted(
    Partition partition) {
  absl::Status status = CheckUsable("committed offset");
  if (!status.ok()) return status;
  status = watermarks_.CheckExists(options_.input_topic, partition);
  if (!status.ok()) return status;
  PartitionListHandle list = membership_->ListOf({partition});
  const absl::Time asked = MonotonicClock().Now();
  const absl::Duration timeout =
      !membership_->held(partition)     ? kStrangersCommittedTimeout
      : ++unanswered_ % kLongEvery == 0 ? kLongCommittedTimeout
                                        : kCommittedTimeout;
  const rd_kafka_resp_err_t error =
      rd_kafka_committed(client_.get(), list.get(), ToMilliseconds(timeout));
  const std::string what = absl::StrCat(
      "committed offset of group ", options_.application_id, " for ",
      PartitionName(options_.input_topic, partition.value()));
  if (error == RD_KAFKA_RESP_ERR__TIMED_OUT) {
    return absl::UnavailableError(absl::StrCat(
        what, ": no answer, or a transaction that moves it is undecided"));
  }
  // What took longer may have been a transaction that has just ended.
  const absl::Duration took = MonotonicClock().Now() - asked;
  const bool far = membership_->held(partition) && took > kCommittedTimeout &&
                   took < kLongCommittedTimeout / 2;
  unanswered_ = far ? kLongEvery - 1 : 0;
  status = ToStatus(error, what);
  if (status.ok()) status = ToStatus(list->elems[0].err, what);
  if (!status.ok()) return status;
  return list;
}

absl::StatusOr<absl::optional<Offset>> KafkaInputLog::Committed(
    Partition partition) {
  const auto list = FetchCommitted(partition);
  if (!list.ok()) return list.status();
  const int64_t offset = (*list)->elems[0].offset;
  if (offset < 0) return absl::optional<Offset>();
  return absl::optional<Offset>(Offset(offset));
}

absl::StatusOr<std::string> KafkaInputLog::CommittedNote(Partition partition) {
  const auto list = FetchCommitted(partition);
  if (!list.ok()) return list.status();
  const rd_kafka_topic_partition_t& committed = (*list)->elems[0];
  if (committed.offset < 0 || committed.metadata == nullptr) {
    return std::string();
  }
  return std::string(static_cast<const char*>(committed.metadata),
                     committed.metadata_size);
}

// librdkafka repeats a request by itself while it gets no answer, but sends the
// next one only when asked to: as long as there is one at a time, no older one
// can come after a newer.
absl::Status KafkaInputLog::CommitOffsets(
    absl::Span<const PartitionOffset> offsets, CommitWhen when) {
  const absl::StatusOr<GroupToken> token = Token();
  if (!token.ok()) return token.status();
  const PartitionListHandle list = OffsetList(options_.input_topic, offsets);
  const std::string what =
      absl::StrCat("commit of offsets for group ", options_.application_id);
  // Also what is committed now: or the timer would go on with the older.
  if (options_.auto_commit_interval > absl::ZeroDuration()) {
    const absl::Status stored =
        ToStatus(rd_kafka_offsets_store(client_.get(), list.get()), what);
    if (!stored.ok()) return Undecided(stored);
  }
  if (when == CommitWhen::kInTime) {
    stored_.assign(offsets.begin(), offsets.end());
    return absl::OkStatus();
  }
  if (asked_) {
    return absl::InternalError(absl::StrCat(what, ": one is under way"));
  }
  stored_.clear();
  const absl::Status sent =
      ToStatus(rd_kafka_commit_queue(client_.get(), list.get(), outcomes_.get(),
                                     nullptr, nullptr),
               what);
  if (!sent.ok()) return Undecided(sent);
  asked_ = true;
  return sent;
}

absl::Status KafkaInputLog::OffsetsCommitted(absl::Duration timeout) {
  const absl::Status usable = CheckUsable("commit of offsets");
  if (!usable.ok()) return usable;
  const std::string what =
      absl::StrCat("commit of offsets for group ", options_.application_id);
  if (!asked_) {
    const absl::Status failed = membership_->TakeCommitError();
    if (!failed.ok()) return Undecided(failed);
    for (const PartitionOffset& offset : stored_) {
      if (membership_->IsCommitted(offset.partition, offset.next)) continue;
      return absl::UnavailableError(absl::StrCat(what, ": not yet"));
    }
    stored_.clear();
    return absl::OkStatus();
  }
  const EventHandle event(
      rd_kafka_queue_poll(outcomes_.get(), ToMilliseconds(timeout)));
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat(what, ": no answer yet"));
  }
  asked_ = false;
  absl::Status status = ToStatus(rd_kafka_event_error(event.get()), what);
  const rd_kafka_topic_partition_list_t* list =
      rd_kafka_event_topic_partition_list(event.get());
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    status.Update(ToStatus(list->elems[i].err, what));
  }
  return Undecided(status);
}

}  // namespace exactmean
