// A small pipeline of its own beside the one under test, whose topics may be
// lost for good.

#ifndef EXACTMEAN_TESTS_CHAOS_FAULTS_SIDE_PIPELINE_H_
#define EXACTMEAN_TESTS_CHAOS_FAULTS_SIDE_PIPELINE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/broker/instance.h"
#include "tests/chaos/world.h"

namespace exactmean {

// One partition, one instance. Each call returns when what it does is done. The
// instance is killed with this object.
class SidePipeline {
 public:
  explicit SidePipeline(ChaosWorld* world);

  const std::string& input() const { return input_; }
  const std::string& results() const { return results_; }

  absl::Status CreateTopics();
  absl::Status Write(int records);
  // Of the topic's name and settings, and empty.
  absl::Status Recreate(const std::string& topic);
  absl::Status DeleteTopics();

  absl::Status Start();
  // Until the group's offset is the number of records.
  absl::Status AwaitFoldedIn(int records);
  absl::Status Terminate();
  // SIGKILL. kInternal: it had ended by itself.
  absl::Status Kill();
  bool Running() { return instance_->process().Running(); }
  // It ends by itself with a code that is documented for state or topics that
  // are not its own: "exit code 4".
  absl::StatusOr<std::string> AwaitRefusal(absl::Duration patience);

 private:
  absl::Status Create(const std::string& topic);
  absl::Status Delete(const std::string& topic);
  std::string Path(const char* suffix) const;

  ChaosWorld* const world_;
  const std::string name_;
  const std::string input_;
  const std::string results_;
  std::unique_ptr<RunningInstance> instance_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_FAULTS_SIDE_PIPELINE_H_
