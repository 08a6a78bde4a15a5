// Snapshots by key, close together in memory.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_STORED_SNAPSHOTS_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_STORED_SNAPSHOTS_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "state/entry_memory.h"
#include "state/types.h"

namespace exactmean {

// A million snapshots, each with the general allocator, would cost as much to
// give back as to read. Entries, and views of them, are valid until their key
// is put or erased, or another one is put. Confined to one thread, and may be
// handed to another.
class StoredSnapshots {
 public:
  struct Entry {
    Offset offset;   // of the newest record, in the results partition
    Offset made_by;  // the input's; as LateRecords has it
    absl::string_view snapshot;
  };

  StoredSnapshots() = default;
  StoredSnapshots(StoredSnapshots&& other) = default;
  StoredSnapshots& operator=(StoredSnapshots&& other) = delete;
  ~StoredSnapshots() { Clear(); }

  // Null when there is none.
  const Entry* Find(absl::string_view key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }

  // The snapshot is copied; the entry's own may be what it was made of.
  void Put(absl::string_view key, const Entry& entry) {
    Entry& kept = entries_[key];
    const absl::string_view before = kept.snapshot;
    char* const copy =
        static_cast<char*>(memory_.Allocate(Room(entry.snapshot.size())));
    std::copy(entry.snapshot.begin(), entry.snapshot.end(), copy);
    kept = {entry.offset, entry.made_by, {copy, entry.snapshot.size()}};
    Free(before);
  }

  void Erase(absl::string_view key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    Free(found->second.snapshot);
    entries_.erase(found);
  }

  void Clear() {
    for (const auto& [key, entry] : entries_) Free(entry.snapshot);
    entries_.clear();
  }

  // Calls visit(key, entry) for each, in no particular order. It may put the
  // key that it is called with.
  template <typename F>
  void ForEach(F&& visit) const {
    for (const auto& [key, entry] : entries_) visit(key, entry);
  }

  // Fetches from memory what Find and Put will need.
  void Prefetch(absl::string_view key) const { entries_.prefetch(key); }
  size_t size() const { return entries_.size(); }

 private:
  // Few sizes: what one that has grown leaves is room for another.
  static size_t Room(size_t size) {
    constexpr size_t kStep = 64;
    return (size / kStep + 1) * kStep;
  }
  void Free(absl::string_view snapshot) {
    if (snapshot.data() == nullptr) return;
    memory_.Free(const_cast<char*>(snapshot.data()), Room(snapshot.size()));
  }

  EntryMemory memory_;
  absl::flat_hash_map<std::string, Entry> entries_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_STORED_SNAPSHOTS_H_
