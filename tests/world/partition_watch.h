// The promise for one partition, checked as its results come.

#ifndef EXACTMEAN_TESTS_WORLD_PARTITION_WATCH_H_
#define EXACTMEAN_TESTS_WORLD_PARTITION_WATCH_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "processor/input_position.h"
#include "state/types.h"
#include "tests/fake_log/fake_group.h"
#include "tests/fake_log/fake_topic.h"
#include "tests/world/dead_letter_watch.h"
#include "tests/world/model.h"
#include "tests/world/retry_watch.h"

namespace exactmean {

// A read-committed reader that is told nothing. The promise:
//   - what it sees is fold(n) for the n of the checkpoint (but while it sees
//   half
//     a transaction, because a zombie's open one lies in the midst of it);
//   - n is the group's committed offset once both are decided, is never ahead
//     of it, and never moves back;
//   - it starts where the input began, or at its end if so configured;
//   - the dead letters are the bad records before n, each once, in order, under
//     the policy that keeps them, and none otherwise;
//   - each transaction ends with its checkpoint, numbered in sequence; the
//     checkpoint's counts and digest are those of the view.
class PartitionWatch {
 public:
  // All outlive this object.
  PartitionWatch(const Model* model, const FakePartition* input,
                 const FakePartition* results, const FakeGroup* group,
                 Partition partition, const InputPosition& fresh,
                 const FakePartition* dead_letters, RetryWatch retries)
      : model_(model),
        input_(input),
        results_(results),
        group_(group),
        partition_(partition),
        fresh_(fresh),
        dead_letters_(model, dead_letters),
        retries_(std::move(retries)) {}

  // The promise, as of now. Looks at what is new alone: call it often.
  absl::Status Check();
  // The same from the first record of either topic on, as one who comes now
  // sees it.
  absl::Status CheckWhole() const;

  // The group's offset was deleted, and may be missing until the next commit.
  void AllowMissingOffset() { may_miss_offset_ = true; }

  // The n; -1 before the first checkpoint.
  Offset next() const { return next_; }
  // Where the fold started. REQUIRES: next() is not -1.
  Offset start() const { return fold_.start; }
  const CommittedView& view() const { return view_; }
  // Is there a record to fold in yet?
  bool HasMore() const;

 private:
  absl::Status TakeNew();
  absl::Status CheckFold();
  absl::Status FoldWithRetries();
  bool decided() const;
  absl::Status TakeCheckpoint(const std::string& bytes);
  absl::Status CheckStart(Offset start, Offset next) const;
  absl::Status CheckView(const std::set<std::string>& keys) const;
  absl::Status CheckDeadLetters();
  absl::Status CheckGroup();

  const Model* const model_;
  const FakePartition* const input_;
  const FakePartition* const results_;
  const FakeGroup* const group_;
  const Partition partition_;
  const InputPosition fresh_;

  Offset position_;
  CommittedView view_;
  Offset next_{-1};
  std::set<std::string> changed_;  // keys, since the view was last checked
  std::set<ProducerId> halves_;    // whose checkpoint is yet to be seen
  results::Checkpoint checkpoint_;
  ModelFold fold_;
  DeadLetterWatch dead_letters_;
  RetryWatch retries_;      // see it for what it promises
  bool checked_ = true;     // the view was, since something was taken
  std::set<int64_t> lows_;  // where the input has begun
  bool may_miss_offset_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_PARTITION_WATCH_H_
