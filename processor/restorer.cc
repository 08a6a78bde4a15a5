// Restorer: the steps, in their order.

#include "processor/restorer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/stop.h"
#include "state/deletion.h"
#include "state/digest.h"

namespace exactmean {
namespace {

absl::Status Moved() {
  return absl::AbortedError(
      "the partition was written to while its state was read");
}

// Whose state it is, the message itself tells how to mend.
absl::Status CannotUse(const absl::Status& why) {
  return Stop(
      StopReason::kState,
      absl::StrCat(
          "the state in the results topic cannot be used: ", why.message(),
          absl::IsDataLoss(why)
              ? ". `exactmean-inspect verify` names the keys. Under "
                "EXACTLY_ONCE, `exactmean-inspect rewind` writes them anew "
                "while their input is retained: `exactmean-inspect status` "
                "prints the command. Else bring the topic back as exactmean "
                "wrote it, "
                "or start over with a new application_id and results topic"
              : ""));
}

}  // namespace

Restorer::~Restorer() {
  if (phase_ == Phase::kRead) results_->Close(state_->partition());
}

absl::Status Restorer::Accept(const LogRecord& record) {
  ++records_;
  absl::Status status;
  absl::optional<Offset> deleted_at;
  if (!record.value.has_value() && state_->wants_deletion_offsets()) {
    const absl::StatusOr<Headers> headers = HeadersOf(record);
    status = headers.status();
    if (status.ok()) deleted_at = DeletedAt(*headers);
  }
  if (status.ok() && !record.key.has_value()) {
    status = absl::DataLossError(
        "it has no key: another program writes to the topic");
  }
  if (status.ok()) {
    bytes_ += record.key->size() + record.value.value_or("").size();
    status = state_->Restore(*record.key, record.value, deleted_at);
  }
  if (status.ok()) return status;
  return CannotUse(
      absl::Status(status.code(),
                   absl::StrFormat("partition %d, the record at offset %d: %s",
                                   record.partition.value(),
                                   record.offset.value(), status.message())));
}

absl::StatusOr<absl::optional<StartPosition>> Restorer::Step(absl::Time now,
                                                             bool may_read) {
  if (!found_.ok()) return Confirm(found_);
  absl::Status status;
  if (phase_ == Phase::kCommitted) status = StepCommitted();
  if (status.ok() && phase_ == Phase::kEnd) status = StepEnd();
  if (status.ok() && phase_ == Phase::kTurn && may_read) status = Open(now);
  if (status.ok() && phase_ == Phase::kRead) status = StepRead(now);
  if (status.ok() && phase_ == Phase::kCommittedAgain) {
    status = StepCommittedAgain(now);
  }
  if (!status.ok()) return IsStop(status) ? Confirm(status) : status;
  if (phase_ != Phase::kProve) return absl::optional<StartPosition>();
  const absl::StatusOr<StartPosition> start = Prove();
  if (start.ok()) return absl::optional<StartPosition>(*start);
  return IsStop(start.status()) ? Confirm(start.status()) : start.status();
}

absl::Status Restorer::Confirm(const absl::Status& found) {
  found_ = found;
  const auto group = input_->Committed(state_->partition());
  if (absl::IsUnavailable(group.status())) return Unconfirmed(group.status());
  if (!group.ok()) return Moved();
  const auto end = results_->EndOffset(state_->partition());
  if (absl::IsUnavailable(end.status())) return Unconfirmed(end.status());
  if (!end.ok()) return Moved();
  return *group == group_ && *end == end_ ? found : Moved();
}

absl::Status Restorer::Unconfirmed(const absl::Status& why) const {
  return absl::UnavailableError(
      absl::StrCat("partition ", state_->partition().value(),
                   ": before what was read is called wrong, whether anybody "
                   "has written meanwhile is asked: ",
                   why.message()));
}

absl::Status Restorer::StepCommitted() {
  const auto committed = input_->Committed(state_->partition());
  // Undecided is the usual reason, and no trouble; whether brokers answer at
  // all is asked elsewhere (TopicWatch).
  if (absl::IsUnavailable(committed.status())) return absl::OkStatus();
  if (!committed.ok()) return committed.status();
  group_ = *committed;
  phase_ = Phase::kEnd;
  return absl::OkStatus();
}

absl::Status Restorer::StepEnd() {
  const auto end = results_->EndOffset(state_->partition());
  if (!end.ok()) return end.status();
  end_ = *end;
  phase_ = Phase::kTurn;
  return absl::OkStatus();
}

absl::Status Restorer::Open(absl::Time now) {
  const absl::Status opened = results_->Open(state_->partition());
  if (!opened.ok()) return opened;
  phase_ = Phase::kRead;
  read_began_ = last_progress_ = now;
  first_position_ = last_position_ = results_->Position(state_->partition());
  return absl::OkStatus();
}

absl::Status Restorer::StepRead(absl::Time now) {
  const Offset position = results_->Position(state_->partition());
  if (position != last_position_) last_progress_ = now;
  last_position_ = position;
  if (position < end_) return absl::OkStatus();
  results_->Close(state_->partition());
  phase_ = Phase::kProve;
  return FinishState(now);
}

// Kafka drops a tombstone after its delete.retention.ms, and a reader that is
// slower than that has read what it deletes, but not that it was deleted. So
// what is not whole is read once more before it is called lost.
absl::Status Restorer::FinishState(absl::Time now) {
  const absl::StatusOr<bool> restored = state_->FinishRestore();
  incomplete_ = absl::IsDataLoss(restored.status());
  if (incomplete_ && !again_) {
    return absl::AbortedError(restored.status().message());
  }
  if (!restored.ok()) return CannotUse(restored.status());
  has_state_ = *restored;
  if (has_state_ && !group_.has_value() && group_matters()) {
    phase_ = Phase::kCommittedAgain;
    missing_since_ = now;
  }
  return absl::OkStatus();
}

// At least once, the group's offset is never ahead of the state, and where
// reading starts does not hang on it.
bool Restorer::group_matters() const {
  return ModeOf(*state_->checkpoint()) != DeliveryMode::kAtLeastOnce ||
         state_->delivery() == DeliveryMode::kAtMostOnce;
}

absl::Status Restorer::StepCommittedAgain(absl::Time now) {
  const auto committed = input_->Committed(state_->partition());
  if (!committed.ok()) return committed.status();
  group_ = *committed;
  if (group_.has_value() ||
      now - missing_since_ >= options_.missing_offset_patience) {
    phase_ = Phase::kProve;
  }
  return absl::OkStatus();
}

absl::StatusOr<StartInput> Restorer::Gather() {
  StartInput decide;
  decide.partition = state_->partition();
  decide.group = group_;
  decide.fresh = options_.fresh;
  if (has_state_) {
    decide.checkpoint = state_->next_offset();
  } else if (group_.has_value()) {
    const auto note = input_->CommittedNote(decide.partition);
    if (!note.ok()) return note.status();
    decide.group_is_ours = *note == kOffsetNote;
  } else if (options_.fresh.kind == InputPosition::Kind::kTime) {
    // First: what comes after this is not before the start.
    const auto range = input_->Range(decide.partition);
    if (!range.ok()) return range.status();
    const auto found = input_->FindTime(decide.partition, options_.fresh.time);
    if (!found.ok()) return found.status();
    decide.at_time = found->value_or(range->high);
  }
  // Last: what was found above is not beyond its end.
  const auto range = input_->Range(decide.partition);
  if (!range.ok()) return range.status();
  decide.range = *range;
  decide.mode = state_->delivery();
  if (has_state_) decide.written = ModeOf(*state_->checkpoint());
  return decide;
}

// Of `earliest` the log may have moved since; of a time, too, if nothing is
// left of what lay between.
absl::Status Restorer::CheckSameRun() {
  if (!options_.begins_there || !has_state_) return absl::OkStatus();
  const Partition partition = state_->partition();
  absl::optional<Offset> begin;
  if (options_.fresh.kind == InputPosition::Kind::kTime) {
    const auto found = input_->FindTime(partition, options_.fresh.time);
    if (!found.ok()) return found.status();
    begin = *found;
  } else if (options_.fresh.offsets.count(partition) > 0) {
    begin = options_.fresh.offsets.at(partition);
  }
  const Offset began(state_->checkpoint()->start_offset());
  if (!begin.has_value() || *begin == began) return absl::OkStatus();
  if (options_.fresh.kind == InputPosition::Kind::kTime && began < *begin) {
    const auto range = input_->Range(partition);
    if (!range.ok()) return range.status();
    const auto left = input_->ReadAt(partition, std::max(began, range->low));
    if (absl::IsOutOfRange(left.status())) return Moved();  // by now
    if (!left.ok()) return left.status();
    if (left->has_value() && (*left)->offset >= *begin) return absl::OkStatus();
  }
  return Stop(
      StopReason::kConfig,
      absl::StrFormat("the run is to begin at offset %d, but the results topic "
                      "holds one that began at %d: give this one an "
                      "--application_id and a --results_topic of its own",
                      begin->value(), began.value()));
}

absl::StatusOr<StartPosition> Restorer::Prove() {
  const absl::Status same_run = CheckSameRun();
  if (!same_run.ok()) return same_run;
  const absl::StatusOr<StartInput> decide = Gather();
  if (!decide.ok()) return decide.status();
  const absl::StatusOr<StartPosition> start = DecideStart(*decide);
  if (!start.ok()) return start;
  // Gives the group its offset back, and says under which mode it goes on.
  if (start->source == StartPosition::Source::kCheckpoint ||
      start->source == StartPosition::Source::kAhead ||
      (has_state_ && decide->written != decide->mode)) {
    state_->RequestCommit();
  }
  if (!has_state_) {
    state_->StartEmpty(start->offset);
  } else if (state_->checkpoint()->has_anchor()) {
    const absl::Status same =
        CheckAnchor(state_->checkpoint()->anchor(), decide->range);
    if (!same.ok()) return same;
  }
  state_->PassLost(start->offset);
  if (state_->whole_from() > decide->range.high) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "there are results of input records up to offset %d, but "
            "the input ends before %d: the input topic was deleted and "
            "made again, or lost records. Start over with a new "
            "application_id and results topic",
            state_->whole_from().value() - 1, decide->range.high.value()));
  }
  return start;
}

absl::Status Restorer::CheckAnchor(const results::Anchor& anchor,
                                   const OffsetRange& range) {
  const Offset offset(anchor.offset());
  if (offset < range.low) return absl::OkStatus();  // no longer retained
  const auto record = input_->ReadAt(state_->partition(), offset);
  if (absl::IsOutOfRange(record.status())) return absl::OkStatus();  // by now
  if (!record.ok()) return record.status();
  if (!record->has_value() || (*record)->offset != offset) {
    return absl::OkStatus();  // compacted away
  }
  if ((*record)->timestamp_ms == anchor.timestamp() &&
      RecordHash((*record)->key.value_or(""), (*record)->value.value_or("")) ==
          anchor.checksum()) {
    return absl::OkStatus();
  }
  return Stop(
      StopReason::kState,
      absl::StrFormat("the input record at offset %d is not the one that the "
                      "state was made of: the input topic was deleted and made "
                      "again. Start over with a new application_id and results "
                      "topic",
                      anchor.offset()));
}

}  // namespace exactmean
