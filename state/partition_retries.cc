// PartitionState: records that go to retry topics, and come back from there.

#include <algorithm>
#include <utility>

#include "state/partition_state.h"

namespace exactmean {

void PartitionState::BeginRetries(absl::string_view topic, Offset next) {
  retries_.Begin(topic, next);
  changed_ = true;
}

void PartitionState::EndRetries(absl::string_view topic) {
  retries_.End(topic);
  changed_ = true;
}

void PartitionState::SendToRetry(Offset offset, const RetryStep& to,
                                 OwnedRecord record) {
  Pass(offset);
  dispositions_.set_retried(dispositions_.retried() + 1);
  retries_.Send(to.topic);
  Divert(offset, to.step, std::move(record));
}

void PartitionState::Take(const Retried& from) {
  retries_.Take(from.topic, from.at);
  changed_ = true;
}

Disposition PartitionState::ApplyRetried(const Retried& from,
                                         absl::string_view key,
                                         const Sample& sample) {
  Take(from);
  results::RetryOutcomes& outcomes = retries_.outcomes();
  if (IsLate(sample)) {
    outcomes.set_late(outcomes.late() + 1);
    return Disposition::kLate;
  }
  outcomes.set_applied(outcomes.applied() + 1);
  AdvanceStreamTime(sample.time, key);
  bool created = false;
  KeyEntry* entry = keys_.FindOrCreate(key, &created);
  // Of a key whose later records are folded in it stays the newest of all. A
  // key that was deleted begins anew, whether its tombstone is written or not.
  const Offset newest =
      entry->has(KeyEntry::kLive) ? entry->last_offset : from.origin;
  FoldIn(entry, sample);
  entry->last_offset = std::max(newest, from.origin);
  entry->set(KeyEntry::kRetried);
  ++retried_[entry];
  return Disposition::kApplied;
}

void PartitionState::FilterRetried(const Retried& from) {
  Take(from);
  results::RetryOutcomes& outcomes = retries_.outcomes();
  outcomes.set_filtered(outcomes.filtered() + 1);
}

void PartitionState::SkipRetried(const Retried& from) {
  Take(from);
  results::RetryOutcomes& outcomes = retries_.outcomes();
  outcomes.set_skipped(outcomes.skipped() + 1);
}

void PartitionState::AddDeadLetterRetried(const Retried& from,
                                          OwnedRecord record) {
  Take(from);
  results::RetryOutcomes& outcomes = retries_.outcomes();
  outcomes.set_dead_lettered(outcomes.dead_lettered() + 1);
  Divert(from.origin, absl::nullopt, std::move(record));
}

void PartitionState::SendToRetryAgain(const Retried& from, const RetryStep& to,
                                      OwnedRecord record) {
  Take(from);
  retries_.Send(to.topic);
  Divert(from.origin, to.step, std::move(record));
}

}  // namespace exactmean
