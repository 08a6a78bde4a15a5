// Folds a record into its partition's state, or applies the policy for bad ones
// and for those of which the step cannot tell.

#ifndef EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_
#define EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "processor/bad_record_policy.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/log.h"
#include "processor/record_retry.h"
#include "processor/retry_topic/retry_topics.h"
#include "processor/sample_reader.h"
#include "state/partition_state.h"

namespace exactmean {

// A longer key is a bad record: each of its snapshots would carry it.
constexpr size_t kMaxKeyBytes = 64 << 10;

// Confined to the worker's run loop: the reader has buffers.
class RecordHandler {
 public:
  using WallClock = std::function<absl::Time()>;

  // `application` and `now` are told in dead letters.
  // `retry_topics`: RetryPolicy's.
  RecordHandler(SampleReader reader, BadRecordPolicy policy, std::string topic,
                std::string application = "", WallClock now = &absl::Now,
                std::vector<RetryPolicy::Topic> retry_topics = {})
      : reader_(std::move(reader)),
        policy_(policy),
        topic_(std::move(topic)),
        application_(std::move(application)),
        now_(std::move(now)),
        retry_topics_(std::move(retry_topics)) {}

  // REQUIRES: the record is not below the state's next offset. Stop(kBadRecord)
  // under policy STOP; Stop(kStep) when the step has failed; kUnavailable when
  // it cannot tell for now. The state is then as before the record; whether
  // what came before it is committed is for the caller to say.
  absl::Status Handle(const LogRecord& record, PartitionState* state);

  // Handle without the policy: kInvalidArgument says why the record is bad; the
  // state is then as before it.
  absl::Status Fold(const LogRecord& record, PartitionState* state);

  // Passes a record that was tried `tries` times in vain: to the first of the
  // retry topics, or without any as a dead letter.
  void GiveUp(const LogRecord& record, absl::string_view why, int tries,
              PartitionState* state);

  // Handles a record that comes back from a retry topic. What it cannot tell of
  // goes to the next of them, or becomes a dead letter. Stop(kBadRecord),
  // Stop(kStep): as Handle.
  absl::Status HandleRetried(const WaitingRecord& waiting,
                             PartitionState* state);

  // A step may take its time.
  bool has_step() const { return reader_.has_step(); }

  // The time of dead letters, and by which records in retry topics are due.
  const WallClock& wall_clock() const { return now_; }

  // For messages: topic, partition and offset.
  std::string PlaceOf(const LogRecord& record) const;

 private:
  // nullopt: the step lets it go by. kInvalidArgument: the record is bad.
  absl::StatusOr<absl::optional<Sample>> ReadSample(const LogRecord& record);
  // The policy for bad records, and the Stop of a step that has failed. `bad`:
  // not OK, and not kUnavailable.
  absl::Status PassBad(
      const LogRecord& record, const absl::Status& bad,
      absl::FunctionRef<void()> skip,
      absl::FunctionRef<void(OwnedRecord letter)> add_dead_letter) const;
  DeadLetterOrigin OriginOf(const LogRecord& record, const absl::Status& bad,
                            int tries, OwnedRecord* copy) const;
  OwnedRecord ToDeadLetterOf(const LogRecord& record, const absl::Status& bad,
                             int tries) const;
  OwnedRecord ToRetryTopicOf(size_t step, const LogRecord& record,
                             const absl::Status& why, int tries) const;

  SampleReader reader_;
  const BadRecordPolicy policy_;
  const std::string topic_;
  const std::string application_;
  const WallClock now_;
  const std::vector<RetryPolicy::Topic> retry_topics_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_
