// InputLog on librdkafka.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_INPUT_LOG_H_
#define EXACTMEAN_PROCESSOR_KAFKA_INPUT_LOG_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/membership.h"
#include "processor/kafka/message_batch.h"
#include "processor/kafka/options.h"
#include "processor/kafka/point_reader.h"
#include "processor/kafka/watermarks.h"
#include "processor/log.h"

namespace exactmean {

// See InputLog for the contract. Poll also returns, and after the records that
// came before them: kFailedPrecondition when another process has taken the
// instance id, kPermissionDenied, kNotFound when the topic is gone, kOutOfRange
// when a resumed position is not in the log (any more). Brokers that cannot be
// reached are log lines: whether to go on waiting is decided by the caller.
// After Close, all calls but Close fail.
class KafkaInputLog : public InputLog {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaInputLog>> Create(
      const KafkaOptions& options);

  // As Close, but tells nobody.
  ~KafkaInputLog() override;

  absl::Status Subscribe(AssignmentListener* listener) override;
  absl::StatusOr<absl::Span<const LogRecord>> Poll(
      absl::Duration timeout) override;
  absl::StatusOr<absl::optional<Offset>> Committed(
      Partition partition) override;
  absl::StatusOr<std::string> CommittedNote(Partition partition) override;
  absl::StatusOr<OffsetRange> Range(Partition partition) override;
  absl::StatusOr<Offset> StableEnd(Partition partition) override;
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override;
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition partition,
                                                   Offset offset) override;
  absl::Status ResumeAt(Partition partition, Offset offset) override;
  absl::Status Pause(Partition partition) override;
  absl::StatusOr<GroupToken> Token() override;
  absl::Status CommitOffsets(absl::Span<const PartitionOffset> offsets,
                             CommitWhen when) override;
  absl::Status OffsetsCommitted(absl::Duration timeout) override;
  absl::StatusOr<TopicIdentity> Describe() override;
  absl::Status Close() override;

 private:
  explicit KafkaInputLog(const KafkaOptions& options);

  absl::Status CheckUsable(absl::string_view what) const;
  absl::Status CheckHeld(Partition partition, absl::string_view what) const;
  // A list of this partition alone, as the coordinator has it.
  absl::StatusOr<PartitionListHandle> FetchCommitted(Partition partition);
  void TakeMessageError(const rd_kafka_message_t& message);
  absl::Status SeekPaused(Partition partition, Offset offset);
  void WakeFetcher(Partition partition);
  void Leave();

  const KafkaOptions options_;
  // Shared with the client, whose callbacks use it.
  const std::shared_ptr<Membership> membership_;
  Watermarks watermarks_;
  int unanswered_ = 0;  // questions for committed offsets, in a row
  PointReader reader_;

  ClientHandle client_;
  TopicHandle topic_;  // keeps its partitions known, so that they can be paused
  QueueHandle queue_;
  MessageBatch batch_;
  std::vector<LogRecord> records_;  // of batch_

  // The commit of offsets that is under way.
  QueueHandle outcomes_;
  bool asked_ = false;                   // at once: its outcome will come there
  std::vector<PartitionOffset> stored_;  // in time
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_INPUT_LOG_H_
