// DecodeCheckpointRecord.

#include "tools/inspect/checkpoint_record.h"

#include "state/result_codec.h"

namespace exactmean {

absl::Status DecodeCheckpointRecord(const LogRecord& record,
                                    results::Checkpoint* to) {
  if (!record.value.has_value()) {
    return absl::DataLossError("the checkpoint was deleted (null value)");
  }
  return DecodeCheckpoint(*record.value, to);
}

}  // namespace exactmean
