// Gathers an ApplicationStatus while processors may be running.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_READER_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_READER_H_

#include <map>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "tools/inspect/cluster/partition_fold.h"
#include "tools/inspect/cluster/status.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// Called in the order of its functions; the later ones are left out when what
// they ask for is not known or not allowed. One thread.
class StatusReader {
 public:
  // Both outlive this object. `results` reads committed records.
  StatusReader(TopicReader* results, ScanOptions options,
               ApplicationStatus* status)
      : results_(results), options_(std::move(options)), status_(status) {}

  // Reads the state, up to the last stable offset: waits for nobody.
  absl::Status ReadState(absl::Span<const Partition> partitions);

  // A checkpoint of any partition; null: there is none.
  const results::Checkpoint* AnyCheckpoint() const;

  // Group offsets, held against checkpoints. Both move while processors run:
  // they agree when one of them was, or became, the other. kPermissionDenied:
  // the group may not be asked.
  absl::Status ReadGroupOffsets(InputLog* group);

  // Who has which partition.
  void SetGroup(const GroupDescription& group);

  // Ends and lag of the input. `uncommitted` reads open transactions, too.
  absl::Status ReadInput(TopicReader* input, TopicReader* uncommitted);

  // What holds readers of the results back.
  absl::Status ReadOpenResults(TopicReader* uncommitted);

  const std::map<Partition, PartitionFold>& folds() const { return folds_; }

 private:
  absl::Status ReadOn(absl::Span<const Partition> partitions);
  absl::Status ReadWhole(absl::Span<const Partition> partitions);
  absl::Status CompareGroup(InputLog* group, PartitionStatus* at);
  // Without a state the group's offset may be another program's.
  absl::Status AskWhose(InputLog* group, PartitionStatus* at);
  absl::Status CountLag(TopicReader* input);
  // Is the newest checkpoint followed by records of nobody's commit?
  bool IsFollowed(Partition partition);
  void Fill();

  TopicReader* const results_;
  const ScanOptions options_;
  ApplicationStatus* const status_;
  std::map<Partition, PartitionFold> folds_;
  std::map<Partition, Offset> positions_;  // up to where they were read
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_READER_H_
