// One results partition, read in order, without keeping what its keys hold.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_PARTITION_FOLD_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_PARTITION_FOLD_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/records/late_records.h"

namespace exactmean {

// The source of truth of which keys a partition has, and of whether they are
// those of its checkpoint; a hash and a size a key, so that millions fit. What
// follows the last checkpoint is of a commit that is not whole yet, and does
// not count for the digest. What an owner wrote that had lost the partition is
// passed over.
class PartitionFold {
 public:
  struct Live {
    uint64_t hash = 0;   // RecordHash
    uint64_t bytes = 0;  // of key and value
    Offset made_by;      // as LateRecords has it
  };
  using Keys = absl::flat_hash_map<std::string, Live>;

  // One record, as a reader of committed records sees it.
  void Accept(const LogRecord& record);

  const absl::optional<results::Checkpoint>& checkpoint() const {
    return checkpoint_;
  }
  // Of the checkpoint's record; -1: none.
  int64_t committed_ms() const { return committed_ms_; }
  // Were the keys those of the checkpoint when it was read?
  bool DigestVerified() const { return verified_; }
  // They were not, and need not be: without transactions compaction may have
  // left the newer record alone of a key that a later step has written. A start
  // takes what is there.
  bool TakenOnTrust() const;
  // Of the checkpoint's record.
  Offset checkpoint_offset() const { return checkpoint_offset_; }
  // Records after the newest checkpoint. Somebody else's, once no transaction
  // is open that hides the rest of their commit.
  uint64_t after_checkpoint() const { return after_checkpoint_; }
  // Why the newest checkpoint cannot be used; empty: it can.
  const std::string& problem() const { return problem_; }
  // Was there a checkpoint at `next` among the last ones read?
  bool Passed(Offset next) const;

  const Keys& keys() const { return keys_; }
  // Of long windows, by the keys that they lie under.
  const Keys& segments() const { return segments_; }
  // Of both, checkpoint aside.
  uint64_t digest() const { return digest_; }
  uint64_t records() const { return records_; }
  uint64_t bytes() const { return bytes_; }  // of keys and values read
  // The transactional ids of the checkpoints that were read.
  const absl::flat_hash_map<std::string, int64_t>& writers() const {
    return writers_;
  }

 private:
  void AcceptCheckpoint(const LogRecord& record);

  void AcceptSegment(absl::string_view key,
                     absl::optional<absl::string_view> value);
  // A record of `to`, where `found` is what it has of the key.
  void Put(absl::string_view key, absl::optional<absl::string_view> value,
           Offset made_by, Keys::iterator found, Keys* to);

  Keys keys_;
  Keys segments_;
  LateRecords late_;
  Offset checkpoint_offset_{-1};
  uint64_t digest_ = 0;
  uint64_t records_ = 0;
  uint64_t bytes_ = 0;
  absl::optional<results::Checkpoint> checkpoint_;
  int64_t committed_ms_ = -1;
  bool verified_ = false;
  uint64_t after_checkpoint_ = 0;
  std::string problem_;
  std::deque<int64_t> passed_;
  absl::flat_hash_map<std::string, int64_t> writers_;  // and how many
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_PARTITION_FOLD_H_
