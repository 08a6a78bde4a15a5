// IdleKeys.

#include "state/idle_keys.h"

namespace exactmean {

void IdleKeys::Watch(KeyEntry* entry) {
  if (entry->has(KeyEntry::kTimed)) return;
  entry->set(KeyEntry::kTimed);
  since_[entry] = entry->newest;
  by_time_.insert({entry->newest, entry});
}

void IdleKeys::Unwatch(KeyEntry* entry) {
  if (!entry->has(KeyEntry::kTimed)) return;
  entry->clear(KeyEntry::kTimed);
  const auto since = since_.find(entry);
  by_time_.erase({since->second, entry});
  since_.erase(since);
}

KeyEntry* IdleKeys::FirstBefore(EventTime time) const {
  if (by_time_.empty() || by_time_.begin()->since >= time) return nullptr;
  return by_time_.begin()->entry;
}

}  // namespace exactmean
