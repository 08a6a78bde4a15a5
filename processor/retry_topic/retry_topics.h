// Reads the retry topics: which records wait there, and which are due.

#ifndef EXACTMEAN_PROCESSOR_RETRY_TOPIC_RETRY_TOPICS_H_
#define EXACTMEAN_PROCESSOR_RETRY_TOPIC_RETRY_TOPICS_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/retry_topic/retry_record.h"
#include "processor/topic_reader.h"
#include "state/partition_state.h"
#include "state/pipeline.h"
#include "state/types.h"

namespace exactmean {

// A record of a retry topic.
struct WaitingRecord {
  size_t step = 0;  // which topic
  Offset at;        // in it
  RetryRecord retry;
};

// Of one worker: reads partition p of each topic for the owner of partition p
// of the input, ahead up to a bound, and hands each topic's records out in
// order, the first when it is due. Positions are the PartitionState's, so that
// they are committed with what came of the records, and move on by a commit
// alone: no group is joined, and no offset committed, for these topics. On the
// run loop's thread.
class RetryTopics {
 public:
  struct Source {
    std::string topic;
    absl::Duration delay;  // what is in it is due no later than this from now
    TopicReader* reader;   // outlives this object
  };
  using WallClock = std::function<absl::Time()>;

  // `sources` in the order of steps.
  RetryTopics(const Pipeline* pipeline, std::vector<Source> sources,
              WallClock now)
      : pipeline_(pipeline),
        sources_(std::move(sources)),
        now_(std::move(now)) {}

  // Begins to read for a state that was just restored, whatever was read for
  // its partition before: where it says, and in a topic that it does not know
  // at the end. Stop(kState): records that wait are gone. Stop(kConfig): some
  // wait in a topic that is not named any more. kUnavailable: call again.
  absl::Status Begin(PartitionState* state);

  // The partition is not ours any more, or is about to be restored.
  void End(Partition partition);

  // Takes what has arrived, without waiting. Stop(kState): a record is not one
  // of ours, or was deleted before its time.
  absl::Status ReadAhead();

  // The next record of the partition that is due; null: none. Valid until Pop.
  const WaitingRecord* Due(Partition partition) const;
  // Drops it: it was handled.
  void Pop(const WaitingRecord& handled, Partition partition);

 private:
  // One partition of one topic.
  struct Lane {
    std::deque<WaitingRecord> ahead;
    size_t bytes = 0;  // of these
    Offset next;       // to be read
    bool open = false;
  };
  using LaneId = std::pair<Partition, size_t>;  // and the step

  absl::Status BeginTopic(size_t step, PartitionState* state);
  absl::Status ReadTopic(size_t step);
  // kInvalidArgument: it is not one of ours.
  absl::StatusOr<RetryRecord> Parse(const LogRecord& record) const;
  absl::Status Take(size_t step, const LogRecord& record);
  absl::Status Resume(size_t step);
  void Close(size_t step, Partition partition, Lane* lane);

  const Pipeline* const pipeline_;
  const std::vector<Source> sources_;
  const WallClock now_;
  std::map<LaneId, Lane> lanes_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RETRY_TOPIC_RETRY_TOPICS_H_
