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

// Of messages, in which samples are plain.
constexpr uint32_t kSnapshotFormat = 1;
constexpr uint32_t kSegmentFormat = 1;
constexpr uint32_t kCheckpointFormat = 1;
// Of the bytes of a snapshot or segment when samples in them are packed. This
// version reads these formats and no others.
constexpr uint32_t kPackedFormat = 2;

// The bytes depend on the message alone: fields in the order of their numbers,
// no maps. Samples are packed where that makes them shorter.
std::string EncodeResult(const google::protobuf::MessageLite& message);
std::string EncodeResult(results::Snapshot message);
std::string EncodeResult(results::Segment message);
// The same of a message that is not needed any more.
void AppendResult(results::Snapshot* message, std::string* out);

// Are these the bytes of the message, as this version writes them or one that
// packed nothing did?
bool IsEncoding(absl::string_view bytes, const results::Snapshot& message);

// The message is plain, whatever the bytes are. kDataLoss when they are no such
// message, or of a format that this version does not know.
absl::Status DecodeSnapshot(absl::string_view bytes, results::Snapshot* to);
absl::Status DecodeSegment(absl::string_view bytes, results::Segment* to);
absl::Status DecodeCheckpoint(absl::string_view bytes, results::Checkpoint* to);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_RESULT_CODEC_H_
