// Snapshots, segments and checkpoints to and from the bytes of a results
// record, with their versions.

#ifndef EXACTMEAN_STATE_RESULT_CODEC_H_
#define EXACTMEAN_STATE_RESULT_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "proto/result.pb.h"

namespace exactmean {

// What this version writes, and the only formats that it reads.
constexpr uint32_t kSnapshotFormat = 1;
constexpr uint32_t kSegmentFormat = 1;
constexpr uint32_t kCheckpointFormat = 1;

// The bytes depend on the message alone: fields in the order of their numbers,
// no maps.
void AppendResult(const google::protobuf::MessageLite& message,
                  std::string* out);
std::string EncodeResult(const google::protobuf::MessageLite& message);

// kDataLoss when the bytes are no such message, or of a format that this
// version does not know.
absl::Status DecodeSnapshot(absl::string_view bytes, results::Snapshot* to);
absl::Status DecodeSegment(absl::string_view bytes, results::Segment* to);
absl::Status DecodeCheckpoint(absl::string_view bytes, results::Checkpoint* to);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_RESULT_CODEC_H_
