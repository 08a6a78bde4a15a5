// What the modes without transactions promise for one partition, checked as
// results come.

#ifndef EXACTMEAN_TESTS_WORLD_PLAIN_WATCH_H_
#define EXACTMEAN_TESTS_WORLD_PLAIN_WATCH_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/delivery_mode.h"
#include "state/types.h"
#include "tests/fake_log/fake_group.h"
#include "tests/fake_log/fake_topic.h"
#include "tests/world/model.h"

namespace exactmean {

// A reader that is told nothing, of results and dead letters. At least once:
//   - each snapshot, whoever wrote it and when, is what its key was after the
//     snapshot's last_offset; each tombstone's key went by its record;
//   - each checkpoint counts what the records before its offset came to;
//   - the dead letters of all bad records before it are there by then;
//   - at rest, the results are fold(n) for the n of the last checkpoint.
// At most once:
//   - nothing is written of records that the group has not passed;
//   - no key counts more records than there were, and no dead letter is there
//     twice;
//   - each checkpoint's counts, with what was lost, add up to what it passed;
//   - at rest, the results are fold(n) if nothing was lost, and in any case
//   what
//     the last checkpoint says that they are.
class PlainWatch {
 public:
  // All outlive this object.
  PlainWatch(const Model* model, const FakePartition* input,
             const FakePartition* results, const FakeGroup* group,
             Partition partition, DeliveryMode mode,
             const FakePartition* dead_letters)
      : model_(model),
        input_(input),
        results_(results),
        group_(group),
        partition_(partition),
        mode_(mode),
        letters_(dead_letters) {}

  // As of now. Looks at what is new alone.
  absl::Status Check();
  // As of now, when nothing is under way. kDeadlineExceeded: something is.
  absl::Status CheckAtRest();

  // Is what is in the log just what its last checkpoint speaks of? Else
  // compaction may take away what a restore needs.
  bool agrees() const;

  // The group's offset was deleted, and may be missing until the next commit.
  void AllowMissingOffset() { may_miss_offset_ = true; }

  // Of the last checkpoint; -1 before the first.
  Offset next() const { return next_; }
  Offset start() const { return Offset(checkpoint_.start_offset()); }
  const CommittedView& view() const { return view_; }
  uint64_t lost() const { return checkpoint_.dispositions().lost(); }

 private:
  // What a key was, and the partition, after each offset.
  struct Moment {
    uint64_t applied = 0, late = 0, skipped = 0, dead_lettered = 0, absent = 0;
    uint64_t keys = 0;
    absl::optional<EventTime> stream_time;
  };
  using Past = std::map<Offset, absl::optional<ModelFold::Key>>;

  void Know(Offset end);
  const absl::optional<ModelFold::Key>* At(const std::string& key,
                                           Offset offset) const;
  absl::Status TakeSnapshot(const std::string& key, const std::string& value);
  absl::Status TakeTombstone(const FakeRecord& record);
  absl::Status TakeCheckpoint(const std::string& bytes);
  absl::Status CheckCounts(const results::Checkpoint& checkpoint) const;
  absl::Status CheckDeadLetters(Offset next);
  absl::Status CheckPassed(Offset next);
  absl::Status CheckRight();

  const Model* model_;
  const FakePartition* input_;
  const FakePartition* results_;
  const FakeGroup* group_;
  Partition partition_;
  DeliveryMode mode_;
  const FakePartition* letters_;

  Offset position_;
  CommittedView view_;
  Offset next_{-1};
  results::Checkpoint checkpoint_;
  std::string last_key_;  // of the last record
  Offset letters_position_;
  std::set<int64_t> passed_letters_;
  Offset group_max_{-1};
  bool may_miss_offset_ = false;

  ModelFold fold_;
  std::map<std::string, Past> past_;
  std::map<Offset, Moment> moments_;
  std::map<std::string, uint64_t> produced_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_PLAIN_WATCH_H_
