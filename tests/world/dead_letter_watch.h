// The dead letters of one partition, held against its bad records.

#ifndef EXACTMEAN_TESTS_WORLD_DEAD_LETTER_WATCH_H_
#define EXACTMEAN_TESTS_WORLD_DEAD_LETTER_WATCH_H_

#include <cstddef>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "state/record.h"
#include "state/types.h"
#include "tests/fake_log/fake_topic.h"
#include "tests/world/model.h"

namespace exactmean {

// A read-committed reader of the dead-letter topic. What it has read is at any
// time a beginning of the list of bad records, and once no transaction is open,
// those before the checkpoint's offset: none missing, none twice, each as it
// was.
class DeadLetterWatch {
 public:
  // Both outlive this object.
  DeadLetterWatch(const Model* model, const FakePartition* letters)
      : model_(model), letters_(letters) {}

  // `start`: where the fold starts; nullopt: there is no checkpoint yet.
  // `next`: where the last one is. `decided`: no transaction is open in the
  // results.
  // `sent`: to a retry topic; theirs come in any order, and are in retried().
  absl::Status Check(absl::optional<Offset> start, Offset next, bool decided,
                     const std::set<Offset>& sent = {});

  // Is no transaction open there?
  bool decided() const { return letters_->last_stable() == letters_->high(); }

  // Offsets, of records that were sent to a retry topic before.
  const std::set<Offset>& retried() const { return retried_; }

  // One that has read nothing yet.
  DeadLetterWatch Anew() const { return DeadLetterWatch(model_, letters_); }

 private:
  absl::Status CheckOne(const OwnedRecord& letter, Offset offset) const;

  const Model* model_;
  const FakePartition* letters_;
  Offset position_;
  std::vector<OwnedRecord> read_;  // and not yet checked
  absl::optional<Offset> passed_;  // in the input: all bad records before it
  std::set<Offset> retried_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_DEAD_LETTER_WATCH_H_
