// Brings one partition's state back, step by step, and proves it.

#ifndef EXACTMEAN_PROCESSOR_RESTORER_H_
#define EXACTMEAN_PROCESSOR_RESTORER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/input_position.h"
#include "processor/log.h"
#include "processor/start_position.h"
#include "state/partition_state.h"

namespace exactmean {

struct RestoreOptions {
  InputPosition fresh;
  // A run over a part of the input: a state that began elsewhere is another's.
  bool begins_there = false;
  // A coordinator that has just moved may say for a moment that a group has no
  // offset: how long to ask again before believing it of a group that has
  // state (KAFKA-20416).
  absl::Duration missing_offset_patience = absl::Seconds(30);
};

// The order of the steps is the protocol (a record may be appended to the
// results partition by the former owner's last transaction at any time before
// the first of them):
//   1. the group's committed offset, stable: after that, no valid transaction
//      for this partition is undecided
//   2. the end of the results partition, open transactions included
//   3. in its turn, read committed until the position has reached that end
//   4. prove the state, decide the start
// Owned by a PartitionTask; on the run loop's thread. A step waits for answers
// of brokers, each of which has its time-out, and for nothing else.
class Restorer {
 public:
  // All outlive this object. `state` is fresh. `again`: what was read before
  // this attempt was not whole, so this one is believed.
  Restorer(InputLog* input, ResultsLog* results, PartitionState* state,
           RestoreOptions options, bool again)
      : input_(input),
        results_(results),
        state_(state),
        options_(options),
        again_(again) {}
  ~Restorer();

  // A results record of this partition, as ResultsLog::Read returned it.
  absl::Status Accept(const LogRecord& record);

  // Goes as far as it can go now. nullopt: not finished, call again.
  // kUnavailable: as nullopt, with the reason. kAborted: somebody wrote to the
  // partition meanwhile, or compacted it; start over with a fresh state.
  // Anything else is the end.
  // `may_read`: is it its turn to read the results partition?
  absl::StatusOr<absl::optional<StartPosition>> Step(absl::Time now,
                                                     bool may_read);

  // For the progress line: what it does or waits for.
  std::string Describe(absl::Time now) const;
  uint64_t records() const { return records_; }
  uint64_t bytes() const { return bytes_; }
  // Of the results partition: what lies before it was read.
  Offset end() const { return last_position_; }
  // After kAborted: was it because the state was not whole?
  bool incomplete() const { return incomplete_; }
  // After kAborted: the Stop that was not believed, as somebody has written
  // meanwhile. OK: there was none.
  const absl::Status& found() const { return found_; }
  bool waiting() const { return phase_ == Phase::kTurn; }
  bool reading() const { return phase_ == Phase::kRead; }
  // What it has yet to read once it waits for its turn: at most so many
  // records, by those read so far.
  int64_t RecordsLeft() const;
  // How long it has read nothing. REQUIRES: reading.
  absl::Duration Idle(absl::Time now) const { return now - last_progress_; }

 private:
  enum class Phase { kCommitted, kEnd, kTurn, kRead, kCommittedAgain, kProve };

  // Of the results partition, since reading began and until it is done.
  int64_t OffsetsDone() const {
    return last_position_.value() - first_position_.value();
  }
  int64_t OffsetsLeft() const { return end_.value() - last_position_.value(); }
  absl::Status StepCommitted();
  absl::Status StepEnd();
  absl::Status Open(absl::Time now);
  absl::Status StepRead(absl::Time now);
  absl::Status FinishState(absl::Time now);
  absl::Status StepCommittedAgain(absl::Time now);
  bool group_matters() const;
  absl::StatusOr<StartPosition> Prove();
  absl::Status CheckSameRun();
  // What there is to decide by.
  absl::StatusOr<StartInput> Gather();
  // Is the Stop `found` true? A zombie that restores while the partition's new
  // owner commits reads half of a transaction, or a group offset and a
  // checkpoint that do not belong together. kUnavailable: not known yet.
  absl::Status Confirm(const absl::Status& found);
  absl::Status Unconfirmed(const absl::Status& why) const;
  absl::Status CheckAnchor(const results::Anchor& anchor,
                           const OffsetRange& range);

  InputLog* const input_;
  ResultsLog* const results_;
  PartitionState* const state_;
  const RestoreOptions options_;
  const bool again_;

  bool incomplete_ = false;
  Phase phase_ = Phase::kCommitted;
  absl::optional<Offset> group_;
  Offset end_;
  bool has_state_ = false;
  absl::Time read_began_;
  absl::Time last_progress_;
  Offset first_position_;
  Offset last_position_;
  absl::Time missing_since_ = absl::InfiniteFuture();
  absl::Status found_;  // a Stop that is not confirmed yet
  uint64_t records_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RESTORER_H_
