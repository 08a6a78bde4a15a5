// Panes: insertion, eviction, and the average.

#include "state/panes.h"

#include <algorithm>

namespace exactmean {

int64_t PaneIndex(EventTime time, int64_t resolution_us) {
  const int64_t us = time.value();
  return us / resolution_us - (us % resolution_us < 0 ? 1 : 0);
}

void Panes::Add(const Sample& sample, int64_t resolution_us, int64_t panes) {
  const int64_t index = PaneIndex(sample.time, resolution_us);
  if (!panes_.empty() && index <= panes_.back().index - panes) return;
  auto at = std::lower_bound(
      panes_.begin(), panes_.end(), index,
      [](const Pane& pane, int64_t i) { return pane.index < i; });
  if (at == panes_.end() || at->index != index) {
    at = panes_.insert(at, Pane{index, Moments()});
  }
  at->moments.Add(sample.value);
  const int64_t oldest = panes_.back().index - panes + 1;
  const auto keep =
      std::find_if(panes_.begin(), panes_.end(),
                   [&](const Pane& pane) { return pane.index >= oldest; });
  panes_.erase(panes_.begin(), keep);
}

Average Panes::Over() const {
  Moments all;
  for (const Pane& pane : panes_) all.Merge(pane.moments);
  return all.ToAverage();
}

}  // namespace exactmean
