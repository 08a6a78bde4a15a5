// PartitionWatch.

#include "tests/world/partition_watch.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

absl::Status Broken(absl::string_view what) {
  return absl::InternalError(what);
}

void Put(const FakeRecord& record, CommittedView* view) {
  if (record.value.has_value()) {
    (*view)[*record.key] = *record.value;
  } else {
    view->erase(*record.key);
  }
}

}  // namespace

absl::Status PartitionWatch::Check() {
  lows_.insert(input_->low().value());
  absl::Status status;
  if (results_->last_stable() > position_) status = TakeNew();
  if (status.ok() && !checked_) status = CheckFold();
  if (status.ok()) status = CheckDeadLetters();
  if (status.ok()) status = CheckGroup();
  if (status.ok()) return status;
  return absl::InternalError(
      absl::StrCat("partition ", partition_.value(), ": ", status.message()));
}

absl::Status PartitionWatch::TakeNew() {
  std::vector<std::string> checkpoints;
  position_ =
      results_->ReadCommitted(position_, kAll, [&](const FakeRecord& record) {
        Put(record, &view_);
        if (*record.key != kCheckpointKey) {
          if (!IsReservedKey(*record.key)) changed_.insert(*record.key);
          if (record.producer != kNoProducer) halves_.insert(record.producer);
          return;
        }
        halves_.erase(record.producer);
        if (checkpoints.empty() || checkpoints.back() != record.value) {
          // Not one that was written again because the first attempt had no
          // answer.
          checkpoints.push_back(record.value.value_or(""));
        }
      });
  for (const std::string& bytes : checkpoints) {
    const absl::Status status = TakeCheckpoint(bytes);
    if (!status.ok()) return status;
  }
  checked_ = false;
  return absl::OkStatus();
}

absl::Status PartitionWatch::CheckFold() {
  if (!halves_.empty()) {
    // Kafka shows a transaction up to where another one is still open.
    return results_->last_stable() < results_->high()
               ? absl::OkStatus()
               : Broken("a transaction does not end with its checkpoint");
  }
  if (next_ < Offset(0)) {
    checked_ = true;
    return view_.empty() ? absl::OkStatus()
                         : Broken("snapshots without a checkpoint");
  }
  if (retries_.watches()) {
    // What was sent and taken is told by several topics, together.
    if (!decided()) return absl::OkStatus();
    const absl::Status status = FoldWithRetries();
    if (!status.ok()) return status;
  } else {
    model_->Advance(next_, &fold_, &changed_);
  }
  checked_ = true;
  return CheckView(std::exchange(changed_, {}));
}

absl::Status PartitionWatch::FoldWithRetries() {
  absl::Status status = retries_.Read();
  if (!status.ok()) return status;
  model_->Advance(next_, &fold_, &changed_, retries_.sent());
  status = dead_letters_.Check(fold_.start, next_, /*decided=*/true,
                               retries_.sent());
  if (!status.ok()) return status;
  return retries_.Take(checkpoint_, dead_letters_.retried(), &fold_, &changed_);
}

// Is no transaction open in what the processors write to?
bool PartitionWatch::decided() const {
  return results_->last_stable() == results_->high() && halves_.empty() &&
         retries_.decided() && dead_letters_.decided();
}

absl::Status PartitionWatch::TakeCheckpoint(const std::string& bytes) {
  results::Checkpoint checkpoint;
  const absl::Status decoded = DecodeCheckpoint(bytes, &checkpoint);
  if (!decoded.ok()) return decoded;
  if (checkpoint.sequence() != checkpoint_.sequence() + 1) {
    return Broken(absl::StrCat("checkpoint ", checkpoint.sequence(),
                               " follows checkpoint ", checkpoint_.sequence()));
  }
  const Offset next(checkpoint.next_offset());
  if (next < next_) {
    return Broken(absl::StrCat("it went back from ", next_.value(), " to ",
                               next.value()));
  }
  if (next > model_->end()) {
    return Broken(absl::StrCat("the checkpoint is at ", next.value(),
                               ", the input ends at ", model_->end().value()));
  }
  const Offset start(checkpoint.start_offset());
  const absl::Status right_start = CheckStart(start, next);
  if (!right_start.ok()) return right_start;
  if (next_ < Offset(0)) fold_ = model_->StartAt(start);
  next_ = next;
  checkpoint_ = std::move(checkpoint);
  return absl::OkStatus();
}

absl::Status PartitionWatch::CheckStart(Offset start, Offset next) const {
  const bool right = next_ >= Offset(0) ? start == fold_.start
                     : fresh_.kind == InputPosition::Kind::kEarliest
                         ? lows_.count(start.value()) > 0
                         : start <= input_->high();
  if (right && start <= next) return absl::OkStatus();
  return Broken(absl::StrCat("it started at ", start.value(), " and is at ",
                             next.value()));
}

absl::Status PartitionWatch::CheckView(
    const std::set<std::string>& keys) const {
  for (const std::string& key : keys) {
    absl::optional<absl::string_view> value;
    const auto found = view_.find(key);
    if (found != view_.end()) value = found->second;
    const absl::Status status = model_->CheckKey(fold_, key, value);
    if (!status.ok()) {
      return Broken(absl::StrCat("at offset ", next_.value(), ", key ", key,
                                 ": ", status.message()));
    }
  }
  absl::Status status = Model::CheckCheckpoint(fold_, checkpoint_);
  if (!status.ok()) return status;
  size_t live = 0;
  uint64_t digest = 0;
  for (const auto& [key, value] : view_) {
    if (!IsReservedKey(key)) ++live;
    if (key != kCheckpointKey) digest += RecordHash(key, value);
  }
  if (live != fold_.keys.size()) {
    return Broken(absl::StrCat("at offset ", next_.value(), ": ", live,
                               " keys, want ", fold_.keys.size()));
  }
  return digest == checkpoint_.digest()
             ? absl::OkStatus()
             : Broken("the checkpoint's digest is not the view's");
}

absl::Status PartitionWatch::CheckDeadLetters() {
  if (retries_.watches()) return absl::OkStatus();  // FoldWithRetries does
  const bool decided =
      results_->last_stable() == results_->high() && halves_.empty();
  absl::optional<Offset> start;
  if (next_ >= Offset(0)) start = fold_.start;
  const absl::Status status = dead_letters_.Check(start, next_, decided);
  return status.ok() ? status : Broken(status.message());
}

absl::Status PartitionWatch::CheckGroup() {
  const auto committed = group_->Committed(partition_);
  if (!committed.ok()) return absl::OkStatus();  // undecided
  if (committed->has_value()) may_miss_offset_ = false;
  if (may_miss_offset_) return absl::OkStatus();
  const Offset group = committed->value_or(Offset(-1));
  // While a transaction is open the view may lie behind what is decided.
  const bool decided = results_->last_stable() == results_->high();
  if (group == next_ || (!decided && group > next_)) return absl::OkStatus();
  return Broken(absl::StrCat("the checkpoint is at ", next_.value(),
                             ", the group's offset at ", group.value()));
}

absl::Status PartitionWatch::CheckWhole() const {
  if (!halves_.empty()) {
    return absl::DeadlineExceededError(
        absl::StrCat("partition ", partition_.value(),
                     ": an open transaction hides a half of another one"));
  }
  CommittedView view;
  results_->ReadCommitted(
      Offset(0), kAll, [&](const FakeRecord& record) { Put(record, &view); });
  if (view != view_) {
    return Broken(absl::StrCat("partition ", partition_.value(),
                               ": one who reads it now sees something else "
                               "than one who has read along"));
  }
  if (next_ < Offset(0)) return absl::OkStatus();
  PartitionWatch whole(*this);
  whole.dead_letters_ = dead_letters_.Anew();
  whole.retries_ = retries_.Anew();
  whole.view_ = view;
  whole.fold_ = model_->StartAt(fold_.start);
  for (const auto& [key, value] : view) {
    if (!IsReservedKey(key)) whole.changed_.insert(key);
  }
  const absl::Status status = whole.CheckFold();
  if (!status.ok()) return status;
  return whole.checked_ ? whole.CheckDeadLetters()
                        : absl::DeadlineExceededError(
                              "a transaction is open that concerns retries");
}

bool PartitionWatch::HasMore() const {
  bool more = !checked_ || retries_.anything_waits();
  input_->ReadCommitted(std::max(next_, input_->low()), 1,
                        [&](const FakeRecord&) { more = true; });
  return more;
}

}  // namespace exactmean
