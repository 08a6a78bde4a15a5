// The pipelines under which targets read stored state: every kind of window,
// alone and together. Snapshots of tests/golden fit some of them.

#ifndef EXACTMEAN_TESTS_FUZZ_LAYOUTS_H_
#define EXACTMEAN_TESTS_FUZZ_LAYOUTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "state/spec.h"

namespace exactmean {

constexpr size_t kLayouts = 4;

inline WindowSpec MakeWindow(const std::string& name, WindowSpec::Kind kind) {
  WindowSpec window;
  window.name = name;
  window.kind = kind;
  window.size = 5;
  window.length_us = 3'600'000'000;
  window.resolution_us = 600'000'000;
  window.alpha = 0.25;
  window.half_life_us = 300'000'000;
  return window;
}

// REQUIRES: i < kLayouts.
inline StateSpec MakeSpec(size_t i) {
  using Kind = WindowSpec::Kind;
  StateSpec spec;
  spec.source = "fuzz";
  spec.segment_samples = 2;
  if (i == 0) spec.windows = {MakeWindow("count", Kind::kCount)};
  if (i == 1) spec.windows = {MakeWindow("time", Kind::kTimeExact)};
  if (i == 2) {
    spec.windows = {MakeWindow("panes", Kind::kTimePanes),
                    MakeWindow("half_life", Kind::kEwmaHalfLife)};
  }
  if (i == 3) {
    spec.windows = {MakeWindow("count", Kind::kCount),
                    MakeWindow("time", Kind::kTimeExact),
                    MakeWindow("panes", Kind::kTimePanes),
                    MakeWindow("alpha", Kind::kEwmaRecords),
                    MakeWindow("half_life", Kind::kEwmaHalfLife),
                    MakeWindow("all", Kind::kCumulative)};
    spec.grace_us = 1'800'000'000;
    spec.idle_key_ttl_us = 7'200'000'000;
  }
  return spec;
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_LAYOUTS_H_
