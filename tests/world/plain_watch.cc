// PlainWatch.

#include "tests/world/plain_watch.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/dead_letter/dead_letter.h"
#include "state/deletion.h"
#include "state/digest.h"
#include "state/dispositions.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

constexpr size_t kAll = std::numeric_limits<size_t>::max();

absl::Status Broken(absl::string_view what) {
  return absl::InternalError(what);
}

}  // namespace

// The truth of all offsets before `end`, which are decided: somebody read them.
void PlainWatch::Know(Offset end) {
  end = std::min(end, model_->end());
  while (fold_.next < end) {
    const Offset offset = fold_.next;
    std::set<std::string> touched;
    model_->Advance(Next(offset), &fold_, &touched);
    for (const std::string& key : touched) {
      const auto it = fold_.keys.find(key);
      past_[key][offset] = it == fold_.keys.end()
                               ? absl::optional<ModelFold::Key>()
                               : absl::optional<ModelFold::Key>(it->second);
    }
    const ModelRecord& record = model_->record(offset);
    if (record.kind == ModelRecord::Kind::kValue) ++produced_[*record.key];
    moments_[Next(offset)] = {
        fold_.applied, fold_.late,        fold_.skipped,    fold_.dead_lettered,
        fold_.absent,  fold_.keys.size(), fold_.stream_time};
  }
}

const absl::optional<ModelFold::Key>* PlainWatch::At(const std::string& key,
                                                     Offset offset) const {
  const auto past = past_.find(key);
  if (past == past_.end()) return nullptr;
  const auto after = past->second.upper_bound(offset);
  return after == past->second.begin() ? nullptr : &std::prev(after)->second;
}

absl::Status PlainWatch::Check() {
  const Offset group = group_->LastCommitted(partition_).value_or(Offset(-1));
  if (group < group_max_ && !may_miss_offset_) {
    return Broken(absl::StrCat("partition ", partition_.value(),
                               ": the group's offset went back from ",
                               group_max_.value(), " to ", group.value()));
  }
  group_max_ = std::max(group_max_, group);
  absl::Status status;
  position_ =
      results_->ReadCommitted(position_, kAll, [&](const FakeRecord& record) {
        if (!status.ok()) return;
        last_key_ = *record.key;
        if (*record.key == kCheckpointKey) {
          status = TakeCheckpoint(*record.value);
          view_[*record.key] = *record.value;
        } else if (record.value.has_value()) {
          status = TakeSnapshot(*record.key, *record.value);
          view_[*record.key] = *record.value;
        } else {
          status = TakeTombstone(record);
          view_.erase(*record.key);
        }
      });
  if (status.ok()) status = CheckDeadLetters(next_);
  if (status.ok()) return status;
  return Broken(
      absl::StrCat("partition ", partition_.value(), ": ", status.message()));
}

// At most once: may what was made of the records before `next` be seen?
absl::Status PlainWatch::CheckPassed(Offset next) {
  if (mode_ != DeliveryMode::kAtMostOnce || may_miss_offset_ ||
      group_max_ >= next) {
    return absl::OkStatus();
  }
  return Broken(absl::StrCat(
      "what was made of the record before ", next.value(),
      " is written, and the group's offset is ", group_max_.value()));
}

absl::Status PlainWatch::TakeSnapshot(const std::string& key,
                                      const std::string& value) {
  results::Snapshot snapshot;
  const absl::Status decoded = DecodeSnapshot(value, &snapshot);
  if (!decoded.ok()) return decoded;
  if (next_ < Offset(0)) return Broken("a snapshot before any checkpoint");
  const Offset last(snapshot.last_offset());
  if (last >= model_->end()) return Broken("a snapshot of no record");
  Know(Next(last));
  if (mode_ == DeliveryMode::kAtMostOnce) {
    if (snapshot.records() > produced_[key]) {
      return Broken(absl::StrCat("key ", key, " counts ", snapshot.records(),
                                 " records of ", produced_[key]));
    }
    return CheckPassed(Next(last));
  }
  const absl::optional<ModelFold::Key>* then = At(key, last);
  if (then == nullptr || !then->has_value()) {
    return Broken(
        absl::StrCat("key ", key, " had no state after offset ", last.value()));
  }
  ModelFold fold;
  fold.keys[key] = **then;
  const absl::Status right = model_->CheckKey(fold, key, value);
  if (right.ok()) return right;
  return Broken(absl::StrCat("key ", key, " after offset ", last.value(), ": ",
                             right.message()));
}

absl::Status PlainWatch::TakeTombstone(const FakeRecord& record) {
  const auto deleted_at = DeletedAt(record.headers);
  if (!deleted_at.has_value()) return Broken("a tombstone without its offset");
  if (mode_ == DeliveryMode::kAtMostOnce) return absl::OkStatus();
  Know(Next(*deleted_at));
  const auto past = past_.find(*record.key);
  if (past != past_.end()) {
    const auto then = past->second.find(*deleted_at);
    if (then != past->second.end() && !then->second.has_value()) {
      return absl::OkStatus();
    }
  }
  return Broken(absl::StrCat("key ", *record.key, " did not go by the record ",
                             "at offset ", deleted_at->value()));
}

absl::Status PlainWatch::TakeCheckpoint(const std::string& bytes) {
  results::Checkpoint checkpoint;
  const absl::Status decoded = DecodeCheckpoint(bytes, &checkpoint);
  if (!decoded.ok()) return decoded;
  const Offset next(checkpoint.next_offset());
  if (next > model_->end()) return Broken("a checkpoint of no record");
  if (ModeOf(checkpoint) != mode_)
    return Broken("a checkpoint of another mode");
  if (next_ < Offset(0)) {
    fold_ = model_->StartAt(Offset(checkpoint.start_offset()));
    moments_[fold_.start] = Moment();
  } else if (checkpoint.start_offset() != checkpoint_.start_offset()) {
    return Broken("the start has changed");
  }
  const bool first = next_ < Offset(0);
  Know(next);
  absl::Status status = CheckCounts(checkpoint);
  if (status.ok() && !first && next > next_) status = CheckPassed(next);
  if (!status.ok()) return status;
  // A former owner's may come late.
  if (next < next_) return status;
  next_ = next;
  checkpoint_ = std::move(checkpoint);
  return CheckDeadLetters(next_);
}

absl::Status PlainWatch::CheckCounts(
    const results::Checkpoint& checkpoint) const {
  const results::Dispositions& d = checkpoint.dispositions();
  const int64_t passed = checkpoint.next_offset() - checkpoint.start_offset();
  if (RecordsOf(d) + d.absent() + d.lost() != static_cast<uint64_t>(passed)) {
    return Broken("the checkpoint's counts do not add up");
  }
  if (mode_ == DeliveryMode::kAtMostOnce && d.lost() > 0) {
    return absl::OkStatus();
  }
  const Moment& want = moments_.at(Offset(checkpoint.next_offset()));
  if (d.lost() != 0 || d.applied() != want.applied || d.late() != want.late ||
      d.skipped() != want.skipped || d.dead_lettered() != want.dead_lettered ||
      d.absent() != want.absent) {
    return Broken(absl::StrCat("the checkpoint at ", checkpoint.next_offset(),
                               " counts ", d.ShortDebugString(), ", want ",
                               want.applied, " applied, ", want.late, " late, ",
                               want.absent, " absent"));
  }
  const bool same_time =
      checkpoint.has_stream_time() == want.stream_time.has_value() &&
      (!want.stream_time.has_value() ||
       checkpoint.stream_time().time() == want.stream_time->value());
  return same_time ? absl::OkStatus() : Broken("another stream time");
}

absl::Status PlainWatch::CheckDeadLetters(Offset next) {
  absl::Status status;
  letters_position_ = letters_->ReadCommitted(
      letters_position_, kAll, [&](const FakeRecord& record) {
        const auto letter = ParseDeadLetter(
            {record.key, record.value, record.headers, record.timestamp_ms});
        if (!letter.ok()) {
          status.Update(letter.status());
          return;
        }
        const Offset offset = letter->origin.offset;
        if (model_->record(offset).kind != ModelRecord::Kind::kBad) {
          status.Update(Broken("a dead letter of no bad record"));
        }
        const bool is_new = passed_letters_.insert(offset.value()).second;
        if (!is_new && mode_ == DeliveryMode::kAtMostOnce) {
          status.Update(Broken(absl::StrCat("the dead letter of offset ",
                                            offset.value(), " is repeated")));
        }
      });
  if (!status.ok() || mode_ == DeliveryMode::kAtMostOnce ||
      model_->on_bad_record() != BadRecordPolicy::kDeadLetter ||
      next < Offset(0)) {
    return status;
  }
  for (Offset o = start(); o < next; o = Next(o)) {
    if (model_->record(o).kind == ModelRecord::Kind::kBad &&
        passed_letters_.count(o.value()) == 0) {
      return Broken(
          absl::StrCat("the dead letter of offset ", o.value(), " is missing"));
    }
  }
  return status;
}

absl::Status PlainWatch::CheckAtRest() {
  absl::Status status = Check();
  if (!status.ok()) return status;
  const auto later = [](absl::string_view why) {
    return absl::DeadlineExceededError(why);
  };
  bool more = false;
  input_->ReadCommitted(std::max(next_, input_->low()), 1,
                        [&](const FakeRecord&) { more = true; });
  if (next_ < Offset(0) || more) return later("there is more to read");
  if (last_key_ != kCheckpointKey) return later("a step is half done");
  const auto group = group_->LastCommitted(partition_);
  if (group.has_value()) may_miss_offset_ = false;
  if (group != next_ && !may_miss_offset_) {
    return later("the group's offset is another");
  }
  status = CheckRight();
  if (status.ok() || absl::IsDeadlineExceeded(status)) return status;
  return Broken(
      absl::StrCat("partition ", partition_.value(), ": ", status.message()));
}

bool PlainWatch::agrees() const {
  if (last_key_ != kCheckpointKey) return view_.empty();
  uint64_t digest = 0;
  for (const auto& [key, value] : view_) {
    if (key != kCheckpointKey) digest += RecordHash(key, value);
  }
  results::Checkpoint last;
  return DecodeCheckpoint(view_.at(std::string(kCheckpointKey)), &last).ok() &&
         last.next_offset() == next_.value() && digest == last.digest() &&
         view_.size() - 1 == last.keys();
}

absl::Status PlainWatch::CheckRight() {
  if (!agrees()) {
    // A former owner's last words; who owns it now will hear of them.
    return absl::DeadlineExceededError(
        "the results are not what the last checkpoint says");
  }
  if (checkpoint_.dispositions().lost() > 0) return absl::OkStatus();
  Know(next_);
  std::set<std::string> keys;
  for (const auto& [key, value] : view_) {
    if (key != kCheckpointKey) keys.insert(key);
  }
  for (const auto& [key, past] : past_) keys.insert(key);
  ModelFold fold = model_->StartAt(start());
  std::set<std::string> touched;
  model_->Advance(next_, &fold, &touched);
  for (const std::string& key : keys) {
    const auto found = view_.find(key);
    absl::optional<absl::string_view> value;
    if (found != view_.end()) value = found->second;
    const absl::Status right = model_->CheckKey(fold, key, value);
    if (!right.ok()) return Broken(absl::StrCat(key, ": ", right.message()));
  }
  return absl::OkStatus();
}

}  // namespace exactmean
