// Holds a cluster against what a pipeline needs of it, without a side effect.

#ifndef EXACTMEAN_PROCESSOR_PROGRAM_CLUSTER_CHECK_H_
#define EXACTMEAN_PROCESSOR_PROGRAM_CLUSTER_CHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "processor/config/settings.h"
#include "processor/kafka/admin.h"
#include "processor/program/access.h"
#include "processor/step.h"

namespace exactmean {

// Of message.timestamp.before.max.ms and its like: no bound.
constexpr char kAnyTime[] = "9223372036854775807";

// What makes the topics: the shipped program has no step.
std::string CreateTopicsCommand(const StepSpec& step);

// Asks about one thing after the other and collects all that is wrong with
// them. One thread.
class ClusterCheck {
 public:
  // Both outlive this object.
  ClusterCheck(KafkaAdmin* admin, const Settings& settings)
      : admin_(admin), settings_(settings) {}

  // All that a run needs.
  void CheckForRun();

  // Each names the operations that must be allowed. Input first: the others are
  // held against its partitions.
  void CheckInput(const std::vector<Operation>& needed);
  void CheckResults(const std::vector<Operation>& needed);
  void CheckUpdates(const std::vector<Operation>& needed);  // if there are any
  // If bad records are to go there.
  void CheckDeadLetters(const std::vector<Operation>& needed);
  void CheckRetryTopics(const std::vector<Operation>& needed);
  void CheckGroup();
  // Under an id of the application that no worker has, so that none is fenced.
  void CheckTransactionalIds();

  // All that was found, as a Stop, a line each, and how to mend it.
  absl::Status Result() const;
  const std::vector<Problem>& problems() const { return problems_; }

  // Of the input; 0: not known.
  int32_t partitions() const { return partitions_; }
  // The cluster has told what is allowed, as far as it was asked.
  bool access_known() const { return access_known_; }

 private:
  void CheckDiverted(const std::string& kind, const std::string& topic,
                     const std::vector<Operation>& needed);
  // That a setting has this value; `otherwise`: what comes of another.
  struct Requirement {
    absl::string_view name, value, otherwise;
    bool must_be_told = false;  // else a cluster may keep it to itself
  };
  void CheckConfigs(const std::string& kind, const std::string& topic,
                    absl::Span<const Requirement> required);
  // An error of a question about `resource`.
  void Add(const absl::Status& error, const Resource& resource,
           const std::vector<Operation>& needed);
  void AddMissing(const Resource& resource,
                  const std::vector<Operation>& needed,
                  const AllowedOperations& allowed);
  // Of a topic that --create_topics makes: partitions and authorisation.
  // False: it cannot be asked more.
  bool CheckOutput(const std::string& kind, const std::string& topic,
                   const std::vector<Operation>& needed);

  KafkaAdmin* const admin_;
  const Settings& settings_;
  std::vector<Problem> problems_;
  bool unreachable_ = false;
  bool access_known_ = true;
  int32_t partitions_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROGRAM_CLUSTER_CHECK_H_
