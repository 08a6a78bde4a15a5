// Which keys of a partition to look at next for whether they are idle.

#ifndef EXACTMEAN_STATE_IDLE_KEYS_H_
#define EXACTMEAN_STATE_IDLE_KEYS_H_

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "state/key_table.h"
#include "state/types.h"

namespace exactmean {

// The live keys of a pipeline with a TTL, each by its newest event time when it
// was last looked at, which may have moved on since: a record need not move its
// key. Empty without a TTL. Holds keys of its PartitionState's table, and is on
// its thread.
class IdleKeys {
 public:
  // From now on, by its newest time. No effect on one that is watched.
  void Watch(KeyEntry* entry);
  // No effect on one that is not.
  void Unwatch(KeyEntry* entry);
  // One that was watched with a time before `time`, the oldest first, and of
  // one time in an order that is the same in every run; null: none is.
  KeyEntry* FirstBefore(EventTime time) const;

 private:
  struct Watched {
    EventTime since;
    KeyEntry* entry;
  };
  struct Sooner {
    bool operator()(const Watched& a, const Watched& b) const {
      return a.since != b.since ? a.since < b.since
                                : a.entry->key() < b.entry->key();
    }
  };

  absl::btree_set<Watched, Sooner> by_time_;
  absl::flat_hash_map<const KeyEntry*, EventTime> since_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_IDLE_KEYS_H_
