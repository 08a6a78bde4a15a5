// Takes partitions back to an earlier state, in one transaction.

#ifndef EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_H_
#define EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/config/settings.h"
#include "processor/log.h"
#include "processor/sample_reader.h"
#include "processor/start_position.h"
#include "processor/topic_reader.h"
#include "state/partition_state.h"
#include "tools/inspect/cluster/partition_fold.h"
#include "tools/inspect/rewind/rewind_plan.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// What a rewind talks to; all outlive it.
struct RewindClients {
  TopicReader* results = nullptr;  // both read committed
  TopicReader* input = nullptr;
  InputLog* group = nullptr;  // of nobody who joins
  // How many members the group has.
  std::function<absl::StatusOr<size_t>()> members;
  // A transaction under an id; `writes`: the one that writes, which takes the
  // offsets of a group without members.
  std::function<absl::StatusOr<std::unique_ptr<Transaction>>(
      const std::string& id, bool writes)>
      transaction;
  Reading reading;  // of the pipeline's records
  // Told, now and then, how far a part of the work is. May be null.
  std::function<void(const std::string& part, uint64_t done, uint64_t total)>
      progress;
};

// In the order of its functions; an error ends it. The group has no members all
// the while, which is asked before the transaction, and once more between the
// offsets and the commit: as offsets that are not decided keep a processor that
// starts from restoring, none can have begun with the state that is replaced.
class Rewind {
 public:
  // `settings` and `pipeline` outlive this object.
  Rewind(const Settings& settings, const Pipeline* pipeline,
         RewindClients clients, ScanOptions options)
      : settings_(settings),
        pipeline_(pipeline),
        clients_(std::move(clients)),
        options_(std::move(options)) {}

  // The id under which it writes: no worker has it.
  static std::string WriterOf(const Settings& settings);

  // Of the group.
  absl::StatusOr<size_t> CountMembers() const { return clients_.members(); }
  // Stop(kConfig): the group has members.
  absl::Status CheckNobodyThere();

  // Reads the state, and folds the input anew; writes nothing. The goal of each
  // partition may differ.
  absl::Status Plan(const std::map<Partition, RewindGoal>& goals);
  const std::vector<PartitionRewind>& plan() const { return plan_; }
  // Where one began in the results that was open when they were read.
  const std::map<Partition, Offset>& open_transactions() const { return open_; }

  // Fences every transactional id that wrote a checkpoint, then writes the
  // plan, all of it or nothing, and with it marks of the dead letters that wait
  // no longer; a redrive that took them for waiting is fenced, too. When the
  // outcome is not known, the log is asked. An error says which: nothing was
  // changed, or that it is not known.
  absl::Status Execute();

  // By the processor's own restore: the state is proven, and group and
  // checkpoint agree on the goal, or on what a processor that was started
  // meanwhile has made of it. An error says that the rewind is written;
  // kUnavailable, kCancelled: there was no finding out.
  absl::Status Prove();

 private:
  // The options, for reading of `total` records.
  ScanOptions Telling(std::string part, uint64_t total) const;
  absl::Status ReadState(const std::map<Partition, RewindGoal>& goals);
  absl::Status CheckIdentity(const results::Checkpoint& checkpoint) const;
  absl::Status PlanOne(Partition partition, const RewindGoal& goal);
  absl::Status FenceWriters();
  absl::Status Fence(const std::string& id);
  // Nothing was written since the plan, and nothing is open.
  absl::Status CheckUnchanged(Partition partition);
  // Of the results. kUnavailable: not all of it can be read.
  absl::Status ReadWhole(
      const Stretch& stretch,
      absl::FunctionRef<absl::Status(const LogRecord&)> visit);
  absl::Status WriteAndCommit();
  absl::Status Write(Transaction* transaction);
  // The input still holds every goal.
  absl::Status CheckInput();
  absl::Status WriteMarks(const PartitionRewind& one, Transaction* transaction);
  absl::Status CheckAlone();
  absl::Status Settle(Transaction* transaction, const absl::Status& why);
  absl::StatusOr<bool> TookPlace(Transaction* transaction);
  absl::Status ProveOne(const PartitionRewind& one);
  // kAborted: somebody commits; start over.
  absl::Status ProveOnce(const PartitionRewind& one, absl::Time deadline);
  absl::Status CheckStart(const PartitionRewind& one,
                          const StartPosition& start,
                          const results::Checkpoint* checkpoint) const;
  // The same status with other words.
  static absl::Status With(const absl::Status& status, std::string message);

  // For a producer to be made anew.
  static constexpr absl::Duration kOpening = absl::Seconds(5);

  const Settings& settings_;
  const Pipeline* const pipeline_;
  const RewindClients clients_;
  const ScanOptions options_;
  std::map<Partition, PartitionFold> folds_;
  std::map<Partition, Offset> open_;
  std::map<Partition, Offset> ends_;  // of the results, as they were read
  std::vector<PartitionRewind> plan_;
  bool committing_ = false;  // from here on, it may have taken place
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_H_
