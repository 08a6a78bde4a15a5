// Holds one partition of the results topic, as a read-committed reader sees it
// come, to the model: commit by commit, while more of both arrives.

#ifndef EXACTMEAN_TESTS_CHAOS_STEP_CHECKER_H_
#define EXACTMEAN_TESTS_CHAOS_STEP_CHECKER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/testing/test_client.h"
#include "proto/result.pb.h"

namespace exactmean {

struct CheckTally {
  int64_t records = 0;  // of the input, folded in and found so
  int64_t steps = 0;    // transactions' parts in a partition
  int64_t results = 0;
  // Wrong: a key has fewer values than the records before the checkpoint, or
  // more; a step that is no whole one, or wrong in another way.
  int64_t lost = 0;
  int64_t duplicated = 0;
  int64_t torn = 0;
  // The longest time that a record waited while nothing was committed.
  absl::Duration longest_stall;
  absl::Time longest_stall_end = absl::InfinitePast();

  void Add(const CheckTally& other);
  int64_t wrong() const { return lost + duplicated + torn; }
};

// The promise for one partition, said of each step: after it every live key
// has the average of its last 3 values and of all of them, and no
// other key is there. The source of truth is the input as it was read. One
// thread.
class StepChecker {
 public:
  explicit StepChecker(int32_t partition) : partition_(partition) {}

  // Both in the order of the log. `now`: when it was read.
  void AddInput(const StoredRecord& record, absl::Time now);
  void AddResult(const StoredRecord& record, absl::Time now);
  // Every input record before `position` has been added: what steps tell of
  // them can be checked.
  void SetInputPosition(int64_t position);

  // At the end, when all has been added: nothing is open, every key is right,
  // all input is folded in. A stand-still until `now` counts as one.
  void CheckWhole(absl::Time now);

  // The checkpoint's, of the last step that was checked.
  int64_t next_offset() const { return next_offset_; }
  int64_t input_position() const { return input_position_; }
  // The transactional id that wrote it.
  const std::string& writer() const { return writer_; }
  // The live keys as a reader has them now.
  const std::map<std::string, std::string>& view() const { return view_; }

  const CheckTally& tally() const { return tally_; }
  // What is wrong, in words; the first few.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  static constexpr size_t kWindow = 3;

  struct Input {
    StoredRecord record;
    absl::Time read;
  };
  struct Step {
    int64_t offset;  // of its checkpoint, in the results topic
    absl::Time read;
    results::Checkpoint checkpoint;
    std::map<std::string, absl::optional<std::string>> changes;
  };
  // A key's values, by definition.
  struct Values {
    std::deque<double> last;
    long double sum = 0;
    uint64_t count = 0;
  };

  void CheckSteps();
  void CheckStep(const Step& step);
  void CheckOrder(const Step& step);
  // Folds the input before `end` in; the keys it changed.
  std::set<std::string> FoldBefore(int64_t end);
  void CheckKey(const std::string& key);
  void CheckAverages(const std::string& key, const Values& want,
                     const results::Snapshot& got);
  void NoteStall(absl::Time now);
  void Complain(int64_t* count, const std::string& what);

  const int32_t partition_;
  std::deque<Input> inputs_;  // not folded in yet
  int64_t input_position_ = 0;
  int64_t last_result_ = -1;  // offset
  Step open_ = {};
  std::deque<Step> steps_;  // whole, not checked yet
  std::map<std::string, Values> expected_;
  std::map<std::string, std::string> view_;
  int64_t next_offset_ = 0;
  uint64_t sequence_ = 0;
  std::string writer_;
  absl::Time last_step_ = absl::InfinitePast();
  CheckTally tally_;
  std::vector<std::string> complaints_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_STEP_CHECKER_H_
