// What a results log proves of one key at an earlier time.

#ifndef EXACTMEAN_TOOLS_INSPECT_PAST_POINT_IN_TIME_H_
#define EXACTMEAN_TOOLS_INSPECT_PAST_POINT_IN_TIME_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// A key as of an input offset.
struct ProvenKey {
  bool live = false;                   // else there was no such key
  std::string snapshot;                // of a live one
  Offset results_offset = Offset(-1);  // of a live one
};

// Takes in one results partition in the order of the log, and says of one key
// what it was after the input's records before `at`: fold(at), or nothing.
//
// A log that is compacted shows states that never were: it has lost records,
// and which, nobody tells. What is proven nevertheless rests on these:
//
// 1. Compaction removes a record only when the same pass knows a later one of
//    its key, so that of each key the newest records are left, without a gap.
//    (A tombstone goes later, by its age, when all before it are gone.) So
//    between two records of a key that are there, there never was a third.
// 2. A snapshot depends on its key's records alone, and names the last of them,
//    `last_offset`: it is the key's from just after that offset on. But for one
//    with records that came by a retry topic, after it and nobody knows when:
//    it is proven where a checkpoint is, and nowhere else.
// 3. Every commit ends with a checkpoint, and holds each key that has changed.
//    So a snapshot is the key's up to the next_offset of every checkpoint after
//    it and before the key's next record.
//
// So a live key is proven at `at` by a snapshot with last_offset < at and a
// checkpoint with next_offset >= at behind it, and no record of the key between
// the two: whatever else was compacted.
//
// That there was no key is proven at checkpoints alone, as between two commits
// a key may come and go unseen. By a tombstone, as above. Or, when the log has
// no record of the key, by a checkpoint before this one that is left: a pass
// that had gone further than this one would have removed that; so what came
// after the key's last record before here, if anything, was not yet looked at,
// and what came before is left, unless it was a tombstone. This takes a log
// from which nothing was deleted by retention.
class PointInTime {
 public:
  // `whole_log`: the results partition is retained from offset 0.
  PointInTime(Offset at, bool whole_log) : at_(at), whole_log_(whole_log) {}

  // A record of the key; nullopt: a tombstone.
  void TakeVersion(Offset results_offset,
                   absl::optional<absl::string_view> value);
  void TakeCheckpoint(const results::Checkpoint& checkpoint);

  // Nothing when the log does not tell.
  const absl::optional<ProvenKey>& proven() const { return proven_; }

  // The same for the last checkpoint, when the input holds no record from its
  // next_offset to before `at`. REQUIRES: `at` is not below that.
  absl::optional<ProvenKey> AtLastCheckpoint() const;

 private:
  // Who goes back, or to another configuration, writes another history: what
  // was before proves nothing of it.
  void ForgetHistory();
  ProvenKey Newest() const;

  const Offset at_;
  const bool whole_log_;

  // The newest record of the key.
  bool seen_ = false;
  bool tombstone_ = false;
  bool decoded_ = false;  // a snapshot, of the offset
  bool retried_ = false;  // by a retry topic came some of its records
  Offset last_offset_ = Offset(-1);
  Offset results_offset_ = Offset(-1);
  std::string snapshot_;

  bool settled_ = false;     // a checkpoint follows it
  bool known_gone_ = false;  // so that there is no such key by then

  bool checkpoint_before_ = false;
  Offset next_offset_ = Offset(-1);  // of it
  absl::optional<uint64_t> fingerprint_;
  absl::optional<ProvenKey> proven_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_PAST_POINT_IN_TIME_H_
