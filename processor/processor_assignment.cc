// Processor: which partitions the group gives and takes.

#include <memory>

#include "glog/logging.h"
#include "processor/processor.h"
#include "processor/stop.h"

namespace exactmean {

void Processor::OnAssigned(absl::Span<const Partition> partitions) {
  for (Partition partition : partitions) {
    LOG(INFO) << "assigned: partition " << partition;
    // Added since the start: nothing to be done with it but to say so.
    if (partition.value() >= pipeline_->identity.input_partitions) {
      input_watch_.MakeDue();
      continue;
    }
    committer_.Forget(partition);
    tasks_[partition] = std::make_unique<PartitionTask>(
        pipeline_, partition, input_, results_, options_.restore);
  }
}

void Processor::OnRevoked(absl::Span<const Partition> partitions) {
  const absl::Status status = CommitLast();
  if (absl::IsUnavailable(status) && !IsStop(status)) {
    LOG(WARNING) << "what is revoked is not committed, and will be read again "
                    "by the next owner: "
                 << status.message();
  } else {
    listener_error_.Update(status);
  }
  for (Partition partition : partitions) {
    LOG(INFO) << "revoked: partition " << partition;
    Forget(partition);
  }
}

void Processor::Forget(Partition partition) {
  committer_.Forget(partition);
  retry_topics_.End(partition);
  tasks_.erase(partition);
}

void Processor::OnLost(absl::Span<const Partition> partitions) {
  for (Partition partition : partitions) {
    LOG(WARNING) << "lost: partition " << partition
                 << " is another member's, or the session ran out; what was "
                    "not committed of it is dropped";
    Forget(partition);
  }
}

}  // namespace exactmean
