// Look-up and growth.

#include "tests/benchmark/bare_loop/key_table.h"

#include <cstring>

#include "tests/benchmark/bare_loop/clients.h"

namespace exactmean {
namespace {

uint64_t HashOf(absl::string_view key) {
  const char* p = key.data();
  size_t n = key.size();
  uint64_t h = 0x9E3779B97F4A7C15u ^ n;
  uint64_t v = 0;
  for (; n >= 8; n -= 8, p += 8) {
    std::memcpy(&v, p, 8);
    h = (h ^ v) * 0xBF58476D1CE4E5B9u;
    h ^= h >> 29;
  }
  v = 0;
  std::memcpy(&v, p, n);
  h = (h ^ v) * 0x94D049BB133111EBu;
  return h ^ (h >> 32);
}

}  // namespace

void KeyTable::Grow() {
  std::vector<Entry*> old(slots_.empty() ? 1 << 16 : slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (Entry* entry : old) {
    if (entry == nullptr) continue;
    size_t i = entry->hash & mask;
    while (slots_[i] != nullptr) i = (i + 1) & mask;
    slots_[i] = entry;
  }
}

KeyTable::Entry* KeyTable::Get(absl::string_view key) {
  if (key.size() > sizeof(Entry::key)) Die("a key of more than 20 bytes");
  const uint64_t hash = HashOf(key);
  const size_t mask = slots_.size() - 1;
  size_t i = hash & mask;
  for (; slots_[i] != nullptr; i = (i + 1) & mask) {
    Entry* const entry = slots_[i];
    if (entry->hash == hash && entry->key_size == key.size() &&
        std::memcmp(entry->key, key.data(), key.size()) == 0) {
      return entry;
    }
  }
  if (used_ == kBlock) {
    blocks_.push_back(std::make_unique<Entry[]>(kBlock));
    used_ = 0;
  }
  Entry* const entry = &blocks_.back()[used_++];
  entry->hash = hash;
  entry->key_size = static_cast<uint32_t>(key.size());
  std::memcpy(entry->key, key.data(), key.size());
  slots_[i] = entry;
  if (++size_ * 2 > slots_.size()) Grow();
  return entry;
}

}  // namespace exactmean
