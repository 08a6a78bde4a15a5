// The keys of a partition, each with its state, found by one look-up.

#ifndef EXACTMEAN_STATE_KEY_TABLE_H_
#define EXACTMEAN_STATE_KEY_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "state/entry_memory.h"
#include "state/key_windows.h"
#include "state/types.h"

namespace exactmean {

// One key and what is known of it. Its bytes, and its samples, if they are few,
// follow in the same allocation: a partition may hold millions, and most of
// what a record costs is fetching their memory. Its address never changes.
struct KeyEntry {
  enum Flag : uint8_t {
    kLive = 1,      // has a snapshot; else deleted, its tombstone due
    kDirty = 2,     // changed since the last ChangeSet
    kInFlight = 4,  // in a ChangeSet whose fate is undecided
    kTimed = 8,     // one of the IdleKeys; live then
    kStray = 16,    // the log's last word of it is an older snapshot
    kRetried = 32,  // some of its records came by a retry topic; live then
  };

  uint64_t hash_in_log = 0;  // RecordHash of the committed snapshot; 0: none
  Offset last_offset = Offset(-1);  // of the last record that changed it
  EventTime newest;
  uint64_t records = 0;
  KeyWindows windows;
  uint8_t flags = 0;

  absl::string_view key() const {
    if (short_size_ < kLong) return {tail_, short_size_};
    uint32_t size;
    std::memcpy(&size, tail_, sizeof(size));
    return {tail_ + sizeof(size), size};
  }
  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags = static_cast<uint8_t>(flags | flag); }
  void clear(Flag flag) { flags = static_cast<uint8_t>(flags & ~flag); }

  // `ring_room`: in samples; those have memory of their own if 0.
  static size_t BytesOf(size_t key_size, uint32_t ring_room) {
    return RingAt(key_size) + ring_room * sizeof(double);
  }
  // In as many bytes of `memory`, which outlives it.
  static KeyEntry* New(void* memory, absl::string_view key,
                       uint32_t ring_room) {
    auto* const entry = new (memory) KeyEntry(key.size());
    char* to = entry->tail_;
    if (key.size() >= kLong) {
      const auto size = static_cast<uint32_t>(key.size());
      std::memcpy(to, &size, sizeof(size));
      to += sizeof(size);
    }
    if (!key.empty()) std::memcpy(to, key.data(), key.size());
    if (ring_room > 0) {
      char* const ring = static_cast<char*>(memory) + RingAt(key.size());
      entry->windows.Lend(reinterpret_cast<double*>(ring));
    }
    return entry;
  }

  // Asks for its memory, all but the end of a long key.
  void Prefetch() const {
    const char* const begin = reinterpret_cast<const char*>(this);
    constexpr int kLine = 64;
    for (int line = 0; line < 3; ++line) {
      __builtin_prefetch(begin + line * kLine, /*rw=*/1);
    }
  }

 private:
  // Keys of so many bytes and more have their size in front of them.
  static constexpr size_t kLong = 255;

  explicit KeyEntry(size_t key_size)
      : short_size_(static_cast<uint8_t>(std::min(key_size, kLong))) {}

  // The samples are behind the key, where doubles may lie.
  static size_t RingAt(size_t key_size) {
    const size_t end = sizeof(KeyEntry) - sizeof(tail_) + key_size +
                       (key_size < kLong ? 0 : sizeof(uint32_t));
    return (end + alignof(double) - 1) / alignof(double) * alignof(double);
  }

  const uint8_t short_size_;
  // What would only be padding: the key begins here, and goes on behind.
  char tail_[6];
};

// Owns its entries.
class KeyTable {
 public:
  // `ring_room`: of each entry.
  explicit KeyTable(uint32_t ring_room) : ring_room_(ring_room) {}
  KeyTable(KeyTable&& other) = default;
  KeyTable& operator=(KeyTable&& other) = delete;
  ~KeyTable() {
    ForEach([this](KeyEntry& entry) { Destroy(&entry); });
  }

  // Null when there is none.
  KeyEntry* Find(absl::string_view key) const {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : *it;
  }

  // Made when there is none; `*created` says so.
  KeyEntry* FindOrCreate(absl::string_view key, bool* created) {
    *created = false;
    const auto it = entries_.lazy_emplace(key, [&](const auto& construct) {
      *created = true;
      void* const memory =
          memory_.Allocate(KeyEntry::BytesOf(key.size(), ring_room_));
      construct(KeyEntry::New(memory, key, ring_room_));
    });
    return *it;
  }

  // Fetches together what FindOrCreate and then the entries of these keys will
  // take from memory.
  void Prefetch(absl::Span<const absl::string_view> keys) const {
    for (const absl::string_view key : keys) entries_.prefetch(key);
    for (const absl::string_view key : keys) {
      const KeyEntry* entry = Find(key);
      if (entry != nullptr) entry->Prefetch();
    }
  }

  void Erase(KeyEntry* entry) {
    entries_.erase(entry->key());
    Destroy(entry);
  }

  template <typename F>
  void ForEach(F&& f) const {
    // Entries lie anywhere in memory: the next ones are on their way meanwhile.
    constexpr int kAhead = 8;
    auto ahead = entries_.begin();
    for (int i = 0; i < kAhead && ahead != entries_.end(); ++i, ++ahead) {
      (*ahead)->Prefetch();
    }
    for (KeyEntry* entry : entries_) {
      if (ahead != entries_.end()) (*ahead++)->Prefetch();
      f(*entry);
    }
  }

  size_t size() const { return entries_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(absl::string_view key) const {
      return absl::Hash<absl::string_view>()(key);
    }
    size_t operator()(const KeyEntry* entry) const {
      return (*this)(entry->key());
    }
  };
  struct Equal {
    using is_transparent = void;
    static absl::string_view Key(absl::string_view key) { return key; }
    static absl::string_view Key(const KeyEntry* entry) { return entry->key(); }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Key(a) == Key(b);
    }
  };

  void Destroy(KeyEntry* entry) {
    const size_t bytes = KeyEntry::BytesOf(entry->key().size(), ring_room_);
    entry->~KeyEntry();
    memory_.Free(entry, bytes);
  }

  const uint32_t ring_room_;
  EntryMemory memory_;
  absl::flat_hash_set<KeyEntry*, Hash, Equal> entries_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_KEY_TABLE_H_
