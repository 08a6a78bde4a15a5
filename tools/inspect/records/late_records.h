// Which records of a results partition a restore would pass over.

#ifndef EXACTMEAN_TOOLS_INSPECT_RECORDS_LATE_RECORDS_H_
#define EXACTMEAN_TOOLS_INSPECT_RECORDS_LATE_RECORDS_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// Without transactions an owner that has lost the partition, and does not know
// yet, may write behind its successor. Of two records of a key, and of two
// checkpoints, the one made by the later input offset counts, as for a restore
// (state/partition_restore.cc). For readers that keep an entry a live key; one
// partition, its records in order. Confined to one thread.
class LateRecords {
 public:
  // Of who does not know, or has no record.
  static constexpr Offset kUnknown = Offset(-1);

  // By which input offset a key's record was made. A tombstone is asked only
  // where it matters: headers are dear. kDataLoss: they cannot be read.
  absl::StatusOr<Offset> MadeBy(const LogRecord& record) const;

  // `held`: by what the key's live record was made. A late one changes nothing.
  bool IsLate(absl::string_view key, Offset made_by, bool live, Offset held);
  bool IsLate(const results::Checkpoint& checkpoint) const;
  // The checkpoint in its record; nullopt: late, or none at all. What it gives
  // is to be held: the next are held against it.
  absl::optional<results::Checkpoint> ReadCheckpoint(const LogRecord& record);
  void Hold(const results::Checkpoint& checkpoint);
  // kDataLoss, with partition and offset: the newest is no checkpoint. One that
  // a good one follows does not matter.
  const absl::Status& bad() const { return bad_; }

  // May what follows the last checkpoint be of a step that was not finished?
  bool plain() const;
  // Was the record, or the deletion of any key, made by a record that the last
  // checkpoint has not passed?
  bool IsAhead(Offset made_by) const;
  bool IsAnyDeletionAhead() const;

 private:
  results::Checkpoint held_;  // mode and offset alone
  bool has_held_ = false;
  absl::Status bad_;
  // Keys that are gone, by what: an older record of them may follow.
  absl::flat_hash_map<std::string, Offset> gone_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RECORDS_LATE_RECORDS_H_
