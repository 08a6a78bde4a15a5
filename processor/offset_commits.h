// Offsets that are committed without transactions: how far they are to go, and
// how far the group is known to have them.

#ifndef EXACTMEAN_PROCESSOR_OFFSET_COMMITS_H_
#define EXACTMEAN_PROCESSOR_OFFSET_COMMITS_H_

#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/clock.h"
#include "processor/delivery.h"
#include "processor/log.h"
#include "processor/retry.h"

namespace exactmean {

// One commit is under way at a time, and the next is of all that is wanted by
// then: so the later of two is never overtaken by the earlier, and one that
// failed is made up for by the next. Owned by a Committer; on its thread.
class OffsetCommits {
 public:
  // `patience`: how long Settle waits.
  OffsetCommits(InputLog* input, Clock* clock, CommitStyle style,
                absl::Duration patience)
      : input_(input), clock_(clock), style_(style), patience_(patience) {}

  // Not below what was wanted before.
  void Want(absl::Span<const PartitionOffset> offsets);
  // Its new owner commits now.
  void Forget(Partition partition);
  // What is not known to be committed is not wanted any more.
  void GiveUp();

  // Takes the outcome of what is under way, if there is one, and begins the
  // next commit. Does not wait. An error is that of a commit that failed, which
  // is tried again some time later: kAborted, or a final one.
  absl::Status Continue();
  // Waits until all that is wanted is committed. kUnavailable: patience is at
  // an end.
  absl::Status Settle();

  bool IsCommitted(const PartitionOffset& offset) const;

 private:
  absl::Status TakeOutcome(absl::Duration timeout);
  absl::Status Begin(InputLog::CommitWhen when);
  std::vector<PartitionOffset> Missing() const;

  InputLog* const input_;
  Clock* const clock_;
  const CommitStyle style_;
  const absl::Duration patience_;

  std::map<Partition, Offset> wanted_;
  std::map<Partition, Offset> under_way_;  // empty: none is
  InputLog::CommitWhen when_ = InputLog::CommitWhen::kNow;
  std::map<Partition, Offset> committed_;  // as far as we know
  Backoff backoff_{absl::Milliseconds(20), absl::Seconds(2)};
  absl::Time not_before_ = absl::InfinitePast();
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_OFFSET_COMMITS_H_
