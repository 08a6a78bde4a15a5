// The retry topics of one partition, held against its input and its
// checkpoints.

#ifndef EXACTMEAN_TESTS_WORLD_RETRY_WATCH_H_
#define EXACTMEAN_TESTS_WORLD_RETRY_WATCH_H_

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tests/fake_log/fake_topic.h"
#include "tests/world/model.h"

namespace exactmean {

// A read-committed reader of each topic. What the promise says of them:
//   - what is in the first are records of the input, each once, as they were;
//   - what is in another has been in the one before, and was taken from there;
//   - what was taken, as the checkpoint has it, has gone on to the next topic,
//     or is a dead letter, or is in the averages: one of these, once;
//   - the checkpoint counts what waits, and what came to its end.
class RetryWatch {
 public:
  struct Topic {
    std::string name;
    const FakePartition* log;  // outlives this object
  };
  // `model` outlives this object. `topics` in the order of steps.
  RetryWatch(const Model* model, std::vector<Topic> topics)
      : model_(model), topics_(std::move(topics)), steps_(topics_.size()) {}

  bool watches() const { return !topics_.empty(); }
  // Is no transaction open in any of them?
  bool decided() const;
  // Reads what is new.
  absl::Status Read();
  // Offsets of the input that were sent there. As of the last Read.
  const std::set<Offset>& sent() const { return sent_; }

  // Folds in what was taken since the last call. `dead`: offsets of the input
  // that are dead letters. REQUIRES: all is decided and read.
  absl::Status Take(const results::Checkpoint& checkpoint,
                    const std::set<Offset>& dead, ModelFold* fold,
                    std::set<std::string>* touched);
  // As of the last Take.
  bool anything_waits() const;

  // One that has read nothing yet.
  RetryWatch Anew() const { return RetryWatch(model_, topics_); }

 private:
  struct Entry {
    Offset at;  // in the topic
    Offset origin;
  };
  struct Step {
    Offset position;             // to be read
    std::vector<Entry> entries;  // all that was ever read
    std::set<Offset> origins;    // of these
    size_t taken = 0;
  };

  absl::Status ReadOne(size_t step, const FakeRecord& record);
  absl::Status TakeOne(size_t step, Offset origin, const std::set<Offset>& dead,
                       ModelFold* fold, std::set<std::string>* touched);
  absl::Status CheckAccount(const results::Checkpoint& checkpoint,
                            const ModelFold& fold) const;

  const Model* model_;
  std::vector<Topic> topics_;
  std::vector<Step> steps_;
  std::set<Offset> sent_;
  results::RetryOutcomes outcomes_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_RETRY_WATCH_H_
