// Rows in memory: where a key stands among others, and a table of millions.

#ifndef EXACTMEAN_TOOLS_INSPECT_LIST_ROWS_H_
#define EXACTMEAN_TOOLS_INSPECT_LIST_ROWS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "tools/inspect/list/list.h"
#include "tools/inspect/records/snapshot_head.h"

namespace exactmean {

// What of a record goes into a row. One object, used again for every record:
// for the memory of its messages.
class RowReader {
 public:
  explicit RowReader(const ListSpec* spec)
      : spec_(spec), cells_(spec->columns.size()) {}

  // Fills cells() and rank(). kDataLoss, with key and offset: no snapshot. What
  // the windows hold is not looked at.
  absl::Status Read(const LogRecord& record);

  absl::Span<const Cell> cells() const { return cells_; }
  // Smaller ones come first. Of rows in the order of keys, that of their first
  // bytes.
  uint64_t rank() const { return rank_; }

  // The rank of a key, when keys are the order: known without its snapshot.
  static uint64_t KeyRank(const ListOrder& order, absl::string_view key);

 private:
  const ListSpec* const spec_;
  SnapshotHead head_;
  results::Snapshot snapshot_;
  std::vector<Cell> cells_;
  uint64_t rank_ = 0;
};

// Does a row of this rank, key and partition come before that one?
template <typename A, typename B>
bool ComesBefore(const ListOrder& order, const A& a, const B& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  const int keys = a.key().compare(b.key());
  if (keys != 0) {
    const bool reverse = order.by == ListOrder::By::kKey && order.descending;
    return reverse ? keys > 0 : keys < 0;
  }
  return a.partition < b.partition;
}

// The newest row of each key, in one allocation for many.
class RowTable {
 public:
  explicit RowTable(const ListSpec* spec);
  RowTable(const RowTable&) = delete;
  RowTable& operator=(const RowTable&) = delete;

  // Has at hand what Accept will need for these: keys lie anywhere in memory,
  // and waiting for many of them at once takes little longer than for one.
  void Expect(absl::Span<const LogRecord> records) const;

  void Accept(const LogRecord& record);

  // Emits the rows in order; kDataLoss as List has it. To be called once.
  absl::Status Emit(EmitRow emit);

 private:
  struct Entry {
    uint64_t rank;
    int32_t partition;
    uint32_t key_size;
    bool deleted;
    Cell cells[1];  // as many as columns; then the key's bytes
  };
  // What is looked for, and what is found: with the hash beside it, an entry
  // is looked at when it is the one.
  struct Ref {
    size_t hash;
    int32_t partition;
    absl::string_view key;
  };
  // Whatever has this hash: hardly ever another, and not looked at.
  struct Hashed {
    size_t hash;
  };
  struct Slot {
    size_t hash;
    Entry* entry;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const Slot& slot) const { return slot.hash; }
    size_t operator()(const Ref& ref) const { return ref.hash; }
    size_t operator()(const Hashed& hashed) const { return hashed.hash; }
  };
  struct Equal {
    using is_transparent = void;
    size_t columns;
    bool operator()(const Slot& a, const Slot& b) const {
      return a.entry == b.entry;
    }
    bool operator()(const Slot& a, const Ref& b) const;
    bool operator()(const Slot& a, const Hashed& b) const {
      return a.hash == b.hash;
    }
  };
  void Prefetch(const Entry& entry) const;
  static absl::string_view KeyOf(const Entry& entry, size_t columns);

  static Ref RefOf(const LogRecord& record);
  Entry* FindOrCreate(const LogRecord& record);
  Entry* NewEntry(const Ref& ref);

  const ListSpec* const spec_;
  const size_t columns_;
  RowReader row_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  size_t left_ = 0;
  absl::flat_hash_set<Slot, Hash, Equal> index_;
  std::vector<const Entry*> entries_;  // in their order in memory
  absl::flat_hash_map<const Entry*, std::string> bad_;
};

// kDataLoss for `count` keys, of which the first is described.
absl::Status BadSnapshots(size_t count, absl::string_view first);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_LIST_ROWS_H_
