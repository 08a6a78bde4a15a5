// What is computed: the windows of a pipeline and the rules of time, checked
// and in plain units. Everything here changes the state, and so goes into the
// fingerprint.

#ifndef EXACTMEAN_STATE_SPEC_H_
#define EXACTMEAN_STATE_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"

namespace exactmean {

// One window; of the fields below `kind`, those that the kind names count.
struct WindowSpec {
  enum class Kind {
    kCount,         // size
    kTimeExact,     // length_us
    kTimePanes,     // length_us, a multiple of resolution_us
    kEwmaRecords,   // alpha
    kEwmaHalfLife,  // half_life_us
    kCumulative,
  };
  std::string name;
  Kind kind = Kind::kCount;
  uint32_t size = 0;
  int64_t length_us = 0;
  int64_t resolution_us = 0;
  double alpha = 0;
  int64_t half_life_us = 0;
};

// Do its records have weights?
inline bool IsEwma(const WindowSpec& window) {
  return window.kind == WindowSpec::Kind::kEwmaRecords ||
         window.kind == WindowSpec::Kind::kEwmaHalfLife;
}

// No window is larger: none of the sums that are made of these can overflow.
constexpr uint32_t kMaxWindowCount = 65536;
constexpr int64_t kMaxPanes = 100000;
constexpr int64_t kMaxLengthUs = int64_t{36500} * 24 * 3600 * 1'000'000;

struct StateSpec {
  std::vector<WindowSpec> windows;
  absl::optional<int64_t> grace_us;         // absent: nothing is late
  absl::optional<int64_t> idle_key_ttl_us;  // absent: keys live for ever

  // Not of the configuration, and so not of the fingerprint: samples that make
  // a segment, see WindowLayout. Tests have smaller ones.
  uint32_t segment_samples = 32;

  // How samples are read from records, in readable form: state does not
  // interpret it, but another reading makes another state.
  std::string source;

  // The user's step between the two, likewise; empty: none.
  std::string step;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_SPEC_H_
