// {"value": 12.345, "ts": 1700000000000}, parsed by hand: no more than this
// workload needs, so that the bare loop is as quick as can be.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_EVENT_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_EVENT_H_

#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// False: the record is not of that shape.
inline bool ParseEvent(absl::string_view text, double* value, int64_t* time) {
  static constexpr double kPowers[] = {1,   1e1, 1e2, 1e3, 1e4,
                                       1e5, 1e6, 1e7, 1e8, 1e9};
  constexpr absl::string_view kStart = "{\"value\":";
  if (!absl::StartsWith(text, kStart)) return false;
  const char* p = text.data() + kStart.size();
  const char* const end = text.data() + text.size();
  const auto is_digit = [&] { return p < end && *p >= '0' && *p <= '9'; };
  const auto skip_spaces = [&] {
    while (p < end && *p == ' ') ++p;
  };
  skip_spaces();
  const bool negative = p < end && *p == '-';
  if (negative) ++p;
  uint64_t digits = 0;
  int decimals = 0;
  for (; is_digit(); ++p) {
    digits = digits * 10 + static_cast<uint64_t>(*p - '0');
  }
  if (p < end && *p == '.') {
    for (++p; is_digit() && decimals < 9; ++p, ++decimals) {
      digits = digits * 10 + static_cast<uint64_t>(*p - '0');
    }
  }
  *value =
      (negative ? -1.0 : 1.0) * static_cast<double>(digits) / kPowers[decimals];
  while (p < end && *p != ':') ++p;
  if (p++ >= end) return false;
  skip_spaces();
  int64_t t = 0;
  for (; is_digit(); ++p) t = t * 10 + (*p - '0');
  *time = t;
  return p < end && *p == '}';
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_EVENT_H_
