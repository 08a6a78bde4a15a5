// What a results topic tells of the keys that are asked for.

#ifndef EXACTMEAN_TOOLS_INSPECT_GET_KEY_TRACKS_H_
#define EXACTMEAN_TOOLS_INSPECT_GET_KEY_TRACKS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/past/asked_offset.h"
#include "tools/inspect/past/point_in_time.h"
#include "tools/inspect/records/key_segments.h"
#include "tools/inspect/records/late_records.h"
#include "tools/inspect/scan.h"

namespace exactmean {

struct KeyQuestion {
  // Of each key, what the user may mean, the likeliest first.
  std::vector<std::vector<std::string>> keys;
  // Of each partition. Empty: the newest committed state is asked for.
  std::map<Partition, AskedOffset> at;
};

// One key in one partition.
struct KeyTrack {
  bool seen = false;  // it has a record there
  absl::optional<std::string> snapshot;
  Offset results_offset = Offset(-1);
  Offset made_by = LateRecords::kUnknown;  // the snapshot
  absl::optional<PointInTime> point;
};

// Keeps of the results what is asked for. Confined to one thread.
class KeyTracks {
 public:
  using Tracks = absl::flat_hash_map<std::string, KeyTrack>;

  // `question` outlives it.
  explicit KeyTracks(const KeyQuestion& question) : question_(question) {}

  // To where no transaction is undecided. kDataLoss: a record that no processor
  // wrote.
  absl::Status Read(TopicReader* results,
                    absl::Span<const Partition> partitions,
                    const ScanOptions& options);

  // Of every partition that was read, every key that was asked for.
  const std::map<Partition, Tracks>& tracks() const { return tracks_; }
  // The newest.
  const std::map<Partition, results::Checkpoint>& checkpoints() const {
    return checkpoints_;
  }

  // A snapshot of the key with what lies in segments put back; `as_of` as
  // KeySegments has it. What does not decode is for who shows it to say.
  // kDataLoss: its segments are not there.
  absl::StatusOr<std::string> Whole(Partition partition, absl::string_view key,
                                    const std::string& snapshot,
                                    Offset as_of) const;

 private:
  void Prepare(const Stretch& stretch);
  absl::Status Take(const LogRecord& record);
  void TakeCheckpoint(const LogRecord& record);

  const KeyQuestion& question_;
  std::map<Partition, Tracks> tracks_;
  std::map<Partition, LateRecords> late_;
  std::map<Partition, KeySegments> segments_;
  std::map<Partition, results::Checkpoint> checkpoints_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_GET_KEY_TRACKS_H_
