// Folds an input record into its partition's state, or applies the policy for
// bad ones.

#ifndef EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_
#define EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "processor/bad_record_policy.h"
#include "processor/log.h"
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
  RecordHandler(SampleReader reader, BadRecordPolicy policy, std::string topic,
                std::string application = "", WallClock now = &absl::Now)
      : reader_(std::move(reader)),
        policy_(policy),
        topic_(std::move(topic)),
        application_(std::move(application)),
        now_(std::move(now)) {}

  // REQUIRES: the record is not below the state's next offset. Stop(kBadRecord)
  // under policy STOP; Stop(kStep) when the step has failed; kUnavailable when
  // it cannot tell for now. The state is then as before the record; whether
  // what came before it is committed is for the caller to say.
  absl::Status Handle(const LogRecord& record, PartitionState* state);

  // Handle without the policy: kInvalidArgument says why the record is bad; the
  // state is then as before it.
  absl::Status Fold(const LogRecord& record, PartitionState* state);

  // Passes a record that was tried `tries` times in vain, as a dead letter.
  void GiveUp(const LogRecord& record, absl::string_view why, int tries,
              PartitionState* state);

  // A step may take its time.
  bool has_step() const { return reader_.has_step(); }

  // For messages: topic, partition and offset.
  std::string PlaceOf(const LogRecord& record) const;

 private:
  void AddDeadLetter(const LogRecord& record, const absl::Status& bad,
                     int tries, PartitionState* state);

  SampleReader reader_;
  const BadRecordPolicy policy_;
  const std::string topic_;
  const std::string application_;
  const WallClock now_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_
