// Folds an input record into its partition's state, or applies the policy for
// bad ones.

#ifndef EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_
#define EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "processor/bad_record_policy.h"
#include "processor/decoder/decoder.h"
#include "processor/log.h"
#include "state/partition_state.h"

namespace exactmean {

// A longer key is a bad record: each of its snapshots would carry it.
constexpr size_t kMaxKeyBytes = 64 << 10;

// Confined to the worker's run loop: decoders have buffers.
class RecordHandler {
 public:
  RecordHandler(std::unique_ptr<Decoder> decoder, BadRecordPolicy policy,
                std::string topic)
      : decoder_(std::move(decoder)),
        policy_(policy),
        topic_(std::move(topic)) {}

  // REQUIRES: the record is not below the state's next offset. Stop(kBadRecord)
  // under policy STOP; the state is then as before the record. Whether what
  // came before it is committed is for the caller to say.
  absl::Status Handle(const LogRecord& record, PartitionState* state);

  // Handle without the policy: kInvalidArgument says why the record is bad; the
  // state is then as before it.
  absl::Status Fold(const LogRecord& record, PartitionState* state);

 private:
  const std::unique_ptr<Decoder> decoder_;
  const BadRecordPolicy policy_;
  const std::string topic_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RECORD_HANDLER_H_
