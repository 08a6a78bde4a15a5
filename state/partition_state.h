// The state of one partition: its keys, what changed, and how far it is.

#ifndef EXACTMEAN_STATE_PARTITION_STATE_H_
#define EXACTMEAN_STATE_PARTITION_STATE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/change_set.h"
#include "state/delivery_mode.h"
#include "state/idle_keys.h"
#include "state/key_table.h"
#include "state/pipeline.h"
#include "state/record.h"
#include "state/reserved_keys.h"
#include "state/retries.h"
#include "state/types.h"

namespace exactmean {

// What became of an input record.
enum class Disposition { kApplied, kLate };

// The state of one partition: fold(n) for n = next_offset(), and which of its
// keys the results topic does not have yet. Pure and deterministic; confined to
// one thread; owned by its PartitionTask.
//
// Filled either by StartEmpty, or by Restore for every record of the results
// partition in order and then FinishRestore. After that records are folded in
// by Apply, Delete, Filter, Skip, AddDeadLetter and SendToRetry, each REQUIRING
// offset >= next_offset(), and written out in two steps, so that an abort costs
// nothing:
//   Changes()        what a commit has to write; it is then in flight
//   MarkCommitted()  it is in the log
//   MarkAborted()    it is definitely not: the keys are dirty again
// Folding may go on while changes are in flight.
//
// Without transactions the log may hold more than the last checkpoint speaks
// of: the beginning of a step that was not finished, or what an owner wrote
// that had lost the partition. Each record says by which offset it was made, so
// that of two of a key the newer is known, whichever was written later. What
// lies ahead of the checkpoint is kept, and guards itself against being folded
// in twice; until the fold has reached it, the state is fold(n) for no n, and
// not whole.
class PartitionState {
 public:
  PartitionState(const Pipeline* pipeline, Partition partition);

  void StartEmpty(Offset start);

  // For who looks at some keys of many: of input records with other keys
  // nothing is kept but dispositions, offsets and stream time; live_keys() and
  // Changes() are of these alone. REQUIRES: no key yet, and no retry topics.
  void KeepOnly(std::function<bool(absl::string_view key)> wanted) {
    wanted_ = std::move(wanted);
  }

  // kDataLoss: the record is not one of ours; kFailedPrecondition: it is of
  // another version. `deleted_at`: of a tombstone's header, if it is wanted.
  absl::Status Restore(absl::string_view key,
                       absl::optional<absl::string_view> value,
                       absl::optional<Offset> deleted_at = absl::nullopt);
  // May what is read have been written without transactions? Only the last
  // checkpoint tells, and compaction may leave no other.
  bool wants_deletion_offsets() const { return !has_checkpoint_ || plain(); }

  // The proof: digest, key count and dispositions agree with the checkpoint
  // (else kDataLoss), and it is of this application, input and configuration
  // (else kFailedPrecondition). False when the topic held nothing at all.
  absl::StatusOr<bool> FinishRestore();

  // What the restore found beside the checkpoint, which lies before it. False
  // `proven`: compaction has taken away what the digest speaks of.
  struct Beyond {
    uint64_t ahead = 0;  // keys written for offsets after the checkpoint's
    uint64_t stale = 0;  // records older than what was there already
    bool proven = true;
  };
  const Beyond& beyond() const { return beyond_; }

  // Has the fold passed everything that the restore found? Nothing is to be
  // written before it has.
  bool whole() const { return next_offset_ >= whole_from_; }
  Offset whole_from() const { return whole_from_; }

  // The group has passed them, and nobody will read them again: at most once.
  // No effect when `next` is not ahead.
  void PassLost(Offset next);

  // Fetches from memory, together, what Apply will need of these keys. Changes
  // nothing.
  void Expect(absl::Span<const absl::string_view> keys) const {
    keys_.Prefetch(keys);
  }

  // Guarded: a record at or below the key's last offset is in the state
  // already, and leaves it alone. REQUIRES: IsAdmissible(sample).
  Disposition Apply(Offset offset, absl::string_view key, const Sample& sample);
  void Delete(Offset offset, absl::string_view key);
  // Passes a record that the pipeline's step lets go by.
  void Filter(Offset offset);
  void Skip(Offset offset);
  // Passes the record; the next commit writes it to the dead-letter topic.
  void AddDeadLetter(Offset offset, OwnedRecord record);

  // --- Retry topics (partition_retries.cc). Their records come out of order:
  // the state is no longer fold(n) of the input alone. Not without
  // transactions, for no guard keeps such a record from being folded in twice.

  // Reading of the topic begins at `next`. REQUIRES: nothing waits there.
  void BeginRetries(absl::string_view topic, Offset next);
  // Forgets the topic. REQUIRES: nothing waits there.
  void EndRetries(absl::string_view topic);
  const Retries& retries() const { return retries_; }

  // Passes the record; the next commit writes it to the topic, of which it
  // REQUIRES that it is known, here and below.
  void SendToRetry(Offset offset, const RetryStep& to, OwnedRecord record);

  // What became of a record that was tried again: each takes it from its topic.
  // REQUIRES: nothing before it waits there.
  Disposition ApplyRetried(const Retried& from, absl::string_view key,
                           const Sample& sample);
  void FilterRetried(const Retried& from);
  void SkipRetried(const Retried& from);
  void AddDeadLetterRetried(const Retried& from, OwnedRecord record);
  void SendToRetryAgain(const Retried& from, const RetryStep& to,
                        OwnedRecord record);

  // The anchor: the last record folded in. Due before Changes; not a part of
  // Apply, because a checksum of every record would be dear.
  void SetAnchor(const RecordId& last) { anchor_ = last; }

  // Offsets up to here held no record (markers, compaction). No effect when
  // `next` is not ahead.
  void PassAbsent(Offset next);

  // The next commit writes the checkpoint, whether or not anything changes.
  void RequestCommit() { changed_ = true; }

  // `writer` is the transactional id, for the checkpoint.
  // REQUIRES: nothing in flight.
  ChangeSet Changes(absl::string_view writer);
  void MarkCommitted();
  void MarkAborted();

  // Is there anything to commit?
  bool changed() const { return changed_; }
  size_t dirty_keys() const { return dirty_.size(); }
  // What the dead letters, and the records for retry topics, take that are not
  // known to be committed.
  size_t diverted_bytes() const { return diverted_bytes_; }

  Partition partition() const { return partition_; }
  DeliveryMode delivery() const { return pipeline_->delivery; }
  Offset next_offset() const { return next_offset_; }
  Offset start_offset() const { return start_offset_; }
  uint64_t live_keys() const { return live_keys_; }
  const results::Dispositions& dispositions() const { return dispositions_; }
  // The last checkpoint in the log; null before the first.
  const results::Checkpoint* checkpoint() const {
    return has_checkpoint_ ? &checkpoint_ : nullptr;
  }
  uint64_t digest() const { return digest_; }
  absl::optional<EventTime> stream_time() const { return stream_time_; }

  // Each live key that `wanted` names, with its whole snapshot, as if there
  // were no segments, due or not; in no particular order. For who compares
  // states.
  void VisitSnapshots(
      absl::FunctionRef<bool(absl::string_view key)> wanted,
      absl::FunctionRef<void(absl::string_view key, absl::string_view snapshot)>
          visit);

  // Of a live key; empty when it is not.
  std::vector<Average> AveragesOf(absl::string_view key) const;

 private:
  struct InFlight {
    KeyEntry* entry;
    uint64_t hash;  // what hash_in_log becomes
  };
  struct SegmentInFlight {
    KeyEntry* entry;
    uint64_t number;
    uint64_t hash;
  };

  // Was the last checkpoint that was read written without a transaction?
  bool plain() const {
    return has_checkpoint_ && ModeOf(checkpoint_) != DeliveryMode::kExactlyOnce;
  }
  void Pass(Offset offset);
  void PassTo(Offset next);
  bool IsLate(const Sample& sample) const;
  bool IsKept(absl::string_view key) const {
    return wanted_ == nullptr || wanted_(key);
  }
  void FoldIn(KeyEntry* entry, const Sample& sample);
  void Divert(Offset offset, absl::optional<size_t> retry_step,
              OwnedRecord record);
  void Take(const Retried& from);
  void ForgetDeletedAhead();
  void WatchIdleKeys();
  void AdvanceStreamTime(EventTime time, absl::string_view key);
  void ForgetIdleKeys(absl::string_view key_at_hand);
  void WatchIdle(KeyEntry* entry);
  void MarkDirty(KeyEntry* entry);
  void Kill(KeyEntry* entry);
  void EraseIfDone(KeyEntry* entry);
  void RestoreCheckpoint(absl::optional<absl::string_view> value);
  absl::Status RestoreSnapshot(absl::string_view key, absl::string_view value);
  void RestoreSegment(const SegmentKey& segment, absl::string_view key,
                      absl::optional<absl::string_view> value);
  absl::Status TakeSegments();
  absl::Status TakeSegmentsOf(KeyEntry* entry);
  void RestoreTombstone(absl::string_view key,
                        absl::optional<Offset> deleted_at);
  void FindAhead();
  void RewriteStale();
  absl::Status CheckProof();
  absl::Status CheckDigest(uint64_t keys, uint64_t digest) const;
  absl::Status CheckIdentity() const;
  enum class Form { kWithSegments, kWhole };
  void EncodeSnapshot(const KeyEntry& entry, Form form,
                      absl::Span<Average> averages, std::string* out);
  void AddSegments(KeyEntry* entry, ChangeSet* changes);
  void FillCheckpoint(absl::string_view writer);

  const Pipeline* const pipeline_;
  const Partition partition_;

  std::function<bool(absl::string_view key)> wanted_;  // null: every key is
  KeyTable keys_;
  uint64_t live_keys_ = 0;
  IdleKeys idle_;

  Offset start_offset_;
  Offset next_offset_;
  absl::optional<EventTime> stream_time_;
  absl::optional<RecordId> anchor_;
  results::Dispositions dispositions_;
  Retries retries_;
  // Of the keys that have any: how many of their records came by a retry topic.
  absl::flat_hash_map<const KeyEntry*, uint64_t> retried_;

  bool changed_ = false;
  std::vector<KeyEntry*> dirty_;
  std::vector<InFlight> in_flight_;
  std::vector<SegmentInFlight> segments_in_flight_;

  DivertedRecords diverted_;
  DivertedRecords diverted_in_flight_;
  size_t diverted_bytes_ = 0;  // of both

  // Of the committed records, and with those in flight.
  uint64_t digest_ = 0;
  uint64_t digest_in_flight_ = 0;

  bool has_checkpoint_ = false;
  results::Checkpoint checkpoint_;
  results::Checkpoint checkpoint_in_flight_;
  results::Snapshot scratch_;  // kept for its memory

  // While restoring: of each key, by number.
  struct ReadSegment {
    std::string bytes;
    uint64_t hash = 0;
  };
  absl::flat_hash_map<std::string, std::map<uint64_t, ReadSegment>>
      segments_read_;
  // Likewise: keys whose newest record cannot be used, and why.
  std::map<std::string, std::string> bad_snapshots_;
  absl::Status bad_checkpoint_;  // likewise
  // Likewise: keys whose last record in the log is older than another.
  std::set<std::string> stale_;
  bool stale_checkpoint_ = false;
  // When the last checkpoint was read: what the log held.
  uint64_t digest_at_checkpoint_ = 0;
  uint64_t keys_at_checkpoint_ = 0;

  Beyond beyond_;
  Offset whole_from_{-1};
  // Deleted by a record that is yet to be folded in.
  std::vector<KeyEntry*> deleted_ahead_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PARTITION_STATE_H_
