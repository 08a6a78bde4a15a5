// KeySegments.

#include "tools/inspect/records/key_segments.h"

#include "state/whole_snapshot.h"

namespace exactmean {

constexpr Offset KeySegments::kNow;

void KeySegments::Take(const SegmentKey& key, const LogRecord& record) {
  Numbered& numbered = keys_[key.key];
  std::vector<Version>& versions = numbered[key.number];
  if (!past_) versions.clear();
  versions.push_back({record.offset, absl::nullopt});
  if (record.value.has_value()) {
    versions.back().bytes = std::string(*record.value);
  } else if (!past_) {
    numbered.erase(key.number);
    if (numbered.empty()) keys_.erase(key.key);
  }
}

absl::Status KeySegments::MakeWhole(const WindowLayout& layout,
                                    absl::string_view key, Offset as_of,
                                    results::Snapshot* snapshot) const {
  if (snapshot->segments() == 0) {
    snapshot->clear_first_segment();
    return absl::OkStatus();
  }
  std::vector<absl::string_view> segments;
  const auto found = keys_.find(key);
  if (found != keys_.end()) {
    for (const auto& [number, versions] : found->second) {
      if (number - snapshot->first_segment() >= snapshot->segments()) continue;
      const Version* then = nullptr;
      for (const Version& version : versions) {
        if (version.offset < as_of) then = &version;
      }
      if (then != nullptr && then->bytes.has_value()) {
        segments.push_back(*then->bytes);
      }
    }
  }
  return exactmean::MakeWhole(layout, segments, snapshot);
}

void KeySegments::Visit(
    absl::FunctionRef<void(const SegmentKey&, absl::string_view)> visit) const {
  for (const auto& [key, numbered] : keys_) {
    for (const auto& [number, versions] : numbered) {
      if (versions.back().bytes.has_value()) {
        visit({number, key}, *versions.back().bytes);
      }
    }
  }
}

}  // namespace exactmean
