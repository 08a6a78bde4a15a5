// Batch.

#include "tools/sink/batch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"

namespace exactmean {

void Batch::Add(Change change) {
  Part& part = parts_[change.partition];
  part.next = Next(change.offset);
  bytes_ += change.bytes();
  ++waiting_;
  part.waiting.push_back(std::move(change));
}

void Batch::MakeWhole(Part* part) {
  waiting_ -= part->waiting.size();
  for (Change& change : part->waiting) {
    const auto [it, is_new] = part->whole.try_emplace(change.text);
    if (is_new) {
      ++whole_;
    } else {
      bytes_ -= it->second.bytes();
    }
    it->second = std::move(change);
  }
  part->waiting.clear();
}

void Batch::EndCommit(Partition partition, Offset next) {
  MakeWhole(&parts_[partition]);
  positions_[partition] = next;
}

void Batch::Discard(Partition partition, Offset next) {
  Part& part = parts_[partition];
  for (const Change& change : part.waiting) bytes_ -= change.bytes();
  for (const auto& [text, change] : part.whole) bytes_ -= change.bytes();
  waiting_ -= part.waiting.size();
  whole_ -= part.whole.size();
  part = Part();
  positions_[partition] = next;
}

void Batch::Advance(Partition partition, Offset position) {
  const auto part = parts_.find(partition);
  if (part != parts_.end() && !part->second.waiting.empty()) return;
  positions_[partition] = std::max(positions_[partition], position);
}

void Batch::CutAnywhere() {
  for (auto& [partition, part] : parts_) {
    if (part.waiting.empty()) continue;
    MakeWhole(&part);
    positions_[partition] = part.next;
  }
}

std::vector<Change> Batch::Take() {
  std::vector<Change> changes;
  changes.reserve(whole_);
  for (auto& [partition, part] : parts_) {
    for (auto& [text, change] : part.whole) {
      bytes_ -= change.bytes();
      changes.push_back(std::move(change));
    }
    part.whole.clear();
  }
  whole_ = 0;
  // Neighbours in an index are written together.
  std::sort(
      changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        return std::make_pair(absl::string_view(a.text), a.partition.value()) <
               std::make_pair(absl::string_view(b.text), b.partition.value());
      });
  return changes;
}

}  // namespace exactmean
