// The one reading of a checkpoint's record, for all who read results topics.

#ifndef EXACTMEAN_TOOLS_INSPECT_CHECKPOINT_RECORD_H_
#define EXACTMEAN_TOOLS_INSPECT_CHECKPOINT_RECORD_H_

#include "absl/status/status.h"
#include "processor/log.h"
#include "proto/result.pb.h"

namespace exactmean {

// kDataLoss: it is no checkpoint, or a null value that deletes it; a start
// refuses both. REQUIRES: its key is kCheckpointKey.
absl::Status DecodeCheckpointRecord(const LogRecord& record,
                                    results::Checkpoint* to);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CHECKPOINT_RECORD_H_
