// Reads the input topic as a member of the group.

#include "processor/kafka/input_log.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr size_t kBatchSize = 4096;

// An assignment takes effect on librdkafka's thread.
constexpr absl::Duration kSeekPatience = absl::Milliseconds(500);
constexpr absl::Duration kSeekPause = absl::Milliseconds(5);

constexpr absl::Duration kCloseDeadline = absl::Seconds(5);

}  // namespace

KafkaInputLog::KafkaInputLog(const KafkaOptions& options)
    : options_(options),
      membership_(std::make_shared<Membership>(options.input_topic)),
      watermarks_(options),
      reader_(options),
      batch_(kBatchSize) {}

absl::StatusOr<std::unique_ptr<KafkaInputLog>> KafkaInputLog::Create(
    const KafkaOptions& options) {
  absl::Status status = CheckLibraryVersion();
  if (!status.ok()) return status;
  auto conf = NewConf(options, ClientKind::kGroupMember);
  if (!conf.ok()) return conf.status();
  Membership::Install(conf->get());
  std::unique_ptr<KafkaInputLog> log(new KafkaInputLog(options));
  auto client =
      NewClient(*std::move(conf), ClientKind::kGroupMember, log->membership_);
  if (!client.ok()) return client.status();
  log->client_ = *std::move(client);
  log->queue_.reset(rd_kafka_queue_get_consumer(log->client_.get()));
  log->outcomes_.reset(rd_kafka_queue_new(log->client_.get()));
  log->topic_.reset(rd_kafka_topic_new(log->client_.get(),
                                       options.input_topic.c_str(), nullptr));
  if (log->topic_ == nullptr) {
    return ToStatus(rd_kafka_last_error(),
                    absl::StrCat("topic ", options.input_topic));
  }
  return log;
}

KafkaInputLog::~KafkaInputLog() {
  membership_->set_listener(nullptr);
  const absl::Status status = KafkaInputLog::Close();
  if (!status.ok()) LOG(WARNING) << "closing the input log: " << status;
}

absl::Status KafkaInputLog::CheckUsable(absl::string_view what) const {
  if (client_ == nullptr) {
    return absl::InternalError(absl::StrCat(what, ": the input log is closed"));
  }
  return absl::OkStatus();
}

absl::Status KafkaInputLog::CheckHeld(Partition partition,
                                      absl::string_view what) const {
  absl::Status status = CheckUsable(what);
  if (!status.ok()) return status;
  if (membership_->held(partition)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      what, ": ", PartitionName(options_.input_topic, partition.value()),
      " is not assigned"));
}

absl::Status KafkaInputLog::Subscribe(AssignmentListener* listener) {
  absl::Status status = CheckUsable("subscription");
  if (!status.ok()) return status;
  membership_->set_listener(listener);
  const PartitionListHandle topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), options_.input_topic.c_str(),
                                    RD_KAFKA_PARTITION_UA);
  return ToStatus(rd_kafka_subscribe(client_.get(), topics.get()),
                  absl::StrCat("subscription to ", options_.input_topic));
}

absl::StatusOr<absl::Span<const LogRecord>> KafkaInputLog::Poll(
    absl::Duration timeout) {
  absl::Status status = CheckUsable("poll");
  if (!status.ok()) return status;
  records_.clear();
  status = membership_->TakeError();
  if (!status.ok()) return status;
  for (const rd_kafka_message_t* message :
       batch_.Fetch(queue_.get(), timeout)) {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      TakeMessageError(*message);
    } else if (membership_->flows(Partition(message->partition))) {
      records_.push_back(ToRecord(*message));
    }
  }
  // Records that came along are not lost to an error: it is returned next.
  if (records_.empty()) status = membership_->TakeError();
  if (!status.ok()) return status;
  return absl::MakeConstSpan(records_);
}

void KafkaInputLog::TakeMessageError(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) {
    membership_->AddError(FatalStatus(client_.get(), "consumer"));
    membership_->LoseAll();
    return;
  }
  const absl::Status status = MessageStatus(message);
  // The latter is followed by a rebalance.
  if (absl::IsUnavailable(status) || absl::IsAborted(status)) {
    LOG_EVERY_T(WARNING, 1) << status.message();
    return;
  }
  // Of a fetch that was under way when the partition was paused.
  if (absl::IsOutOfRange(status) &&
      !membership_->flows(Partition(message.partition))) {
    return;
  }
  membership_->AddError(status);
}

absl::StatusOr<OffsetRange> KafkaInputLog::Range(Partition partition) {
  return watermarks_.Query(options_.input_topic, partition);
}

absl::StatusOr<Offset> KafkaInputLog::StableEnd(Partition partition) {
  return watermarks_.StableEnd(options_.input_topic, partition);
}

absl::StatusOr<absl::optional<Offset>> KafkaInputLog::FindTime(
    Partition partition, absl::Time time) {
  return watermarks_.FindTime(options_.input_topic, partition, time);
}

absl::StatusOr<absl::optional<LogRecord>> KafkaInputLog::ReadAt(
    Partition partition, Offset offset) {
  const absl::Status status =
      watermarks_.CheckExists(options_.input_topic, partition);
  if (!status.ok()) return status;
  return reader_.ReadAt(options_.input_topic, partition, offset);
}

absl::Status KafkaInputLog::ResumeAt(Partition partition, Offset offset) {
  absl::Status status = CheckHeld(partition, "resume");
  if (status.ok()) status = SeekPaused(partition, offset);
  if (!status.ok()) return status;
  const PartitionListHandle list = membership_->ListOf({partition});
  rd_kafka_resume_partitions(client_.get(), list.get());
  status = ToStatus(
      list->elems[0].err,
      absl::StrCat("resuming ",
                   PartitionName(options_.input_topic, partition.value())));
  if (!status.ok()) return status;
  membership_->set_flows(partition, true);
  WakeFetcher(partition);
  return absl::OkStatus();
}

absl::Status KafkaInputLog::SeekPaused(Partition partition, Offset offset) {
  const PartitionListHandle list = membership_->ListOf({partition}, offset);
  const std::string what = absl::StrCat(
      "seeking ", PartitionName(options_.input_topic, partition.value()),
      " to ", offset.value());
  MonotonicClock clock;
  const absl::Time deadline = clock.Now() + kSeekPatience;
  while (true) {
    const ErrorHandle error(rd_kafka_seek_partitions(
        client_.get(), list.get(), ToMilliseconds(kSeekPatience)));
    if (error != nullptr) return ToStatus(error.get(), what);
    const rd_kafka_resp_err_t result = list->elems[0].err;
    // Just assigned: the fetcher has not been started yet.
    if (result != RD_KAFKA_RESP_ERR__STATE) return ToStatus(result, what);
    if (clock.Now() >= deadline) {
      return absl::UnavailableError(
          absl::StrCat(what, ": the assignment has not taken effect yet"));
    }
    clock.Sleep(kSeekPause);
  }
}

// The thread of the leader's connection sleeps for up to a second while there
// is nothing to fetch, and neither a seek nor a resume wakes it up. Any request
// does; nobody waits for the answer to this one.
void KafkaInputLog::WakeFetcher(Partition partition) {
  const PartitionListHandle list =
      membership_->ListOf({partition}, Offset(RD_KAFKA_OFFSET_SPEC_LATEST));
  const AdminOptionsHandle options(
      rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_LISTOFFSETS));
  const QueueHandle unread(rd_kafka_queue_new(client_.get()));
  rd_kafka_ListOffsets(client_.get(), list.get(), options.get(), unread.get());
}

absl::Status KafkaInputLog::Pause(Partition partition) {
  absl::Status status = CheckHeld(partition, "pause");
  if (!status.ok()) return status;
  membership_->set_flows(partition, false);
  const PartitionListHandle list = membership_->ListOf({partition});
  rd_kafka_pause_partitions(client_.get(), list.get());
  return ToStatus(list->elems[0].err,
                  absl::StrCat("pausing ", PartitionName(options_.input_topic,
                                                         partition.value())));
}

absl::StatusOr<GroupToken> KafkaInputLog::Token() {
  absl::Status status = CheckUsable("group token");
  if (status.ok()) status = FatalStatus(client_.get(), "consumer");
  if (!status.ok()) return status;
  const GroupMetadataHandle metadata(
      rd_kafka_consumer_group_metadata(client_.get()));
  GroupToken token;
  token.group = options_.application_id;
  if (metadata != nullptr) {
    token.generation =
        rd_kafka_consumer_group_metadata_generation_id(metadata.get());
    token.member = rd_kafka_consumer_group_metadata_member_id(metadata.get());
  }
  // A broker accepts a commit that names no member, even if the group has some.
  if (token.generation < 0 || token.member.empty() ||
      rd_kafka_assignment_lost(client_.get()) != 0) {
    return absl::AbortedError(
        absl::StrCat("group ", token.group, ": not a member at the moment"));
  }
  if (options_.static_membership) token.instance = options_.instance_id;
  return token;
}

absl::StatusOr<TopicIdentity> KafkaInputLog::Describe() {
  return watermarks_.Describe(options_.input_topic);
}

absl::Status KafkaInputLog::Close() {
  if (client_ == nullptr) return absl::OkStatus();
  membership_->set_closing();
  Leave();
  membership_->LoseAll();
  records_.clear();
  batch_.Clear();
  queue_.reset();
  outcomes_.reset();
  topic_.reset();
  client_.reset();
  return membership_->TakeError();
}

// To end a client that has a rebalance pending would take for ever; so it is
// closed, which answers that, and then ended.
void KafkaInputLog::Leave() {
  const ErrorHandle error(
      rd_kafka_consumer_close_queue(client_.get(), queue_.get()));
  if (error != nullptr) return;  // fatal: it has no place in the group
  MonotonicClock clock;
  const absl::Time deadline = clock.Now() + kCloseDeadline;
  while (rd_kafka_consumer_closed(client_.get()) == 0) {
    if (clock.Now() >= deadline) {
      LOG(WARNING) << "the group could not be left within "
                   << absl::FormatDuration(kCloseDeadline)
                   << "; it will notice by the session timeout";
      return;
    }
    batch_.Fetch(queue_.get(), absl::Milliseconds(50));
  }
}

}  // namespace exactmean
