// InputLog over a FakeCluster.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_INPUT_LOG_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_INPUT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/fake_log/record_batch.h"

namespace exactmean {

// A member of a group. It learns of the group in Poll alone, one step of the
// protocol a call; so after the group has forgotten it, it goes on as a zombie
// until it polls. Destroying it without Close is a crash: the group waits for
// the session to run out. A position outside of the log is reported by Poll as
// kOutOfRange, once; the partition then stands still.
class FakeInputLog : public InputLog {
 public:
  struct Options {
    std::string topic;
    std::string group;
    // The test's name for this member, e.g. for FakeGroup::Expire.
    std::string client;
    std::string instance;  // empty: a dynamic member
    bool cooperative = false;
    // Counted from the last Poll, on the cluster's clock.
    absl::Duration session_timeout = absl::Seconds(10);
    size_t max_poll_records = 500;
    // Whether a commit of offsets reaches the group, and is answered, only when
    // its outcome has been asked for twice, or waited for.
    bool slow_commits = false;
  };

  // `cluster` and `plan` must outlive this object.
  FakeInputLog(FakeCluster* cluster, FaultPlan* plan, Options options)
      : cluster_(cluster), plan_(plan), options_(std::move(options)) {}

  absl::Status Subscribe(AssignmentListener* listener) override;
  absl::StatusOr<absl::Span<const LogRecord>> Poll(
      absl::Duration timeout) override;
  absl::StatusOr<absl::optional<Offset>> Committed(
      Partition partition) override;
  absl::StatusOr<std::string> CommittedNote(Partition partition) override;
  absl::StatusOr<OffsetRange> Range(Partition partition) override;
  absl::StatusOr<Offset> StableEnd(Partition partition) override;
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override;
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition partition,
                                                   Offset offset) override;
  absl::Status ResumeAt(Partition partition, Offset offset) override;
  absl::Status Pause(Partition partition) override;
  absl::StatusOr<GroupToken> Token() override;
  absl::Status CommitOffsets(absl::Span<const PartitionOffset> offsets,
                             CommitWhen when) override;
  absl::Status OffsetsCommitted(absl::Duration timeout) override;
  absl::StatusOr<TopicIdentity> Describe() override;
  absl::Status Close() override;

 private:
  struct Owned {
    Offset position;
    bool resumed = false;
    bool out_of_range = false;  // and reported
  };

  absl::Status DoSubscribe(AssignmentListener* listener);
  absl::StatusOr<absl::Span<const LogRecord>> DoPoll();
  absl::StatusOr<absl::optional<LogRecord>> DoReadAt(Partition partition,
                                                     Offset offset);
  absl::Status DoResumeAt(Partition partition, Offset offset);
  absl::Status DoPause(Partition partition);
  absl::StatusOr<GroupToken> DoToken();
  absl::Status DoCommitOffsets(absl::Span<const PartitionOffset> offsets,
                               CommitWhen when);
  absl::Status DoOffsetsCommitted(absl::Duration timeout);
  void DeliverOffsets();
  absl::Status DoClose();

  // One step of the group protocol.
  absl::Status ServeGroup();
  // Takes over the assignment of the generation just joined.
  void Sync();
  void Revoke(const std::vector<Partition>& partitions);
  void LoseAll();
  absl::Status CheckPositions();
  void Fetch();

  std::vector<Partition> owned() const;
  absl::StatusOr<Owned*> FindOwned(Partition partition);
  FakePartition& At(Partition partition) { return topic_->at(partition); }

  FakeCluster* const cluster_;
  FaultPlan* const plan_;
  const Options options_;

  FakeTopic* topic_ = nullptr;  // set by Subscribe, as is group_
  FakeGroup* group_ = nullptr;
  AssignmentListener* listener_ = nullptr;
  std::string member_;
  int32_t generation_ = -1;  // as last heard
  int32_t synced_ = -1;      // whose assignment was taken over
  bool lost_ = false;        // during OnLost
  absl::Status fatal_;       // fenced or closed: returned ever after
  std::map<Partition, Owned> owned_;

  // The commit of offsets that is under way.
  struct Commit {
    std::vector<PartitionOffset> offsets;
    GroupToken token;
    CommitWhen when = CommitWhen::kNow;
    bool delivered = false;
    bool asked = false;
    absl::Status outcome;
  };
  absl::optional<Commit> commit_;

  RecordBatch batch_;
  // Positions after the batch: taken over once it is delivered.
  std::vector<std::pair<Partition, Offset>> positions_;
  size_t turn_ = 0;  // which partition Poll begins with
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_INPUT_LOG_H_
