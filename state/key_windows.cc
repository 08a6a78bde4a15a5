// KeyWindows: a sample goes into each kind of window; averages come out.

#include "state/key_windows.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace exactmean {
namespace {

// Timed samples that are kept apart when there are no segments: so many more
// may come in any order at little cost.
constexpr size_t kOpenInMemory = 32;

}  // namespace

bool IsAdmissible(const Sample& sample) {
  constexpr int64_t kFarthest = int64_t{1} << 60;
  return IsAdmissible(sample.value) && sample.time.value() >= -kFarthest &&
         sample.time.value() <= kFarthest;
}

WindowLayout::WindowLayout(const StateSpec& spec, bool in_segments)
    : windows(spec.windows),
      segment_samples(in_segments ? spec.segment_samples : 0) {
  for (const WindowSpec& window : windows) {
    switch (window.kind) {
      case WindowSpec::Kind::kCount:
        ring_capacity = std::max(ring_capacity, window.size);
        break;
      case WindowSpec::Kind::kTimeExact:
        timed_length_us = std::max(timed_length_us, window.length_us);
        break;
      case WindowSpec::Kind::kTimePanes:
        panes.push_back(window);
        break;
      case WindowSpec::Kind::kEwmaRecords:
      case WindowSpec::Kind::kEwmaHalfLife:
        decayed.push_back(window);
        break;
      case WindowSpec::Kind::kCumulative:
        cumulative = true;
        break;
    }
  }
}

std::unique_ptr<KeyWindows::Others> KeyWindows::MakeOthers(
    const WindowLayout& layout) {
  auto others = std::make_unique<Others>();
  others->panes.resize(layout.panes.size());
  others->decayed.resize(layout.decayed.size());
  if (layout.in_segments()) others->segmented = std::make_unique<Segmented>();
  return others;
}

void KeyWindows::Clear(const WindowLayout& layout) {
  ring_.Clear();
  std::unique_ptr<Segmented> segmented;
  if (others_ != nullptr) segmented = std::move(others_->segmented);
  others_.reset();
  if (segmented == nullptr) return;
  segmented->log.DropAll();
  if (!segmented->log.has_gone()) return;
  segmented->open_values = 0;
  others_ = MakeOthers(layout);
  others_->segmented = std::move(segmented);
}

void KeyWindows::Add(const WindowLayout& layout, const Sample& sample) {
  if (layout.ring_capacity > 0) ring_.Push(sample.value, layout.ring_capacity);
  if (layout.only_ring()) return;
  if (others_ == nullptr) others_ = MakeOthers(layout);
  Others& o = *others_;
  if (layout.timed_length_us > 0) o.timed.Add(sample, layout.timed_length_us);
  for (size_t i = 0; i < layout.panes.size(); ++i) {
    const WindowSpec& window = layout.panes[i];
    o.panes[i].Add(sample, window.resolution_us,
                   window.length_us / window.resolution_us);
  }
  for (size_t i = 0; i < layout.decayed.size(); ++i) {
    const WindowSpec& window = layout.decayed[i];
    if (window.kind == WindowSpec::Kind::kEwmaRecords) {
      o.decayed[i].AddByRecords(sample, window.alpha);
    } else {
      o.decayed[i].AddByTime(sample, window.half_life_us);
    }
  }
  if (layout.cumulative) o.cumulative.Add(sample.value);
  if (layout.in_segments()) {
    MoveToSegments(layout);
  } else if (o.timed.open().size() >= kOpenInMemory) {
    o.timed.Close();
  }
}

void KeyWindows::ToAverages(const WindowLayout& layout,
                            absl::Span<Average> averages) const {
  size_t pane = 0, decayed = 0;
  for (size_t i = 0; i < layout.windows.size(); ++i) {
    const WindowSpec& window = layout.windows[i];
    Average& out = averages[i];
    if (window.kind == WindowSpec::Kind::kCount) {
      out = ring_.Over(window.size, layout.ring_capacity);
      continue;
    }
    if (others_ == nullptr) {
      out = Average();
      continue;
    }
    switch (window.kind) {
      case WindowSpec::Kind::kCount:
        break;
      case WindowSpec::Kind::kTimeExact:
        out = others_->timed.Over(window.length_us);
        break;
      case WindowSpec::Kind::kTimePanes:
        out = others_->panes[pane++].Over();
        break;
      case WindowSpec::Kind::kEwmaRecords:
      case WindowSpec::Kind::kEwmaHalfLife:
        out = others_->decayed[decayed++].ToAverage();
        break;
      case WindowSpec::Kind::kCumulative:
        out = others_->cumulative.ToAverage();
        break;
    }
  }
}

}  // namespace exactmean
