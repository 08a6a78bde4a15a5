// A key's last ten values as the peers keep them, and its 112 bytes.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_WINDOW_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace exactmean {

// Little-endian: count u64, average f64, last time i64, n u8, next u8, six
// bytes of padding, then n doubles. The same layout is in Window.java.
struct Window {
  static constexpr int kSize = 10;
  static constexpr size_t kHead = 32;
  static constexpr size_t kMaxBytes = kHead + kSize * sizeof(double);

  uint64_t count = 0;
  int64_t time_ms = 0;
  uint8_t n = 0;
  uint8_t next = 0;
  double values[kSize];

  void Add(double value, int64_t time) {
    values[next] = value;
    next = static_cast<uint8_t>(next + 1 == kSize ? 0 : next + 1);
    if (n < kSize) ++n;
    ++count;
    time_ms = time;
  }

  double Average() const {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += values[i];
    return n == 0 ? 0 : sum / n;
  }

  // Into kMaxBytes at `out`; how many were written.
  size_t Encode(char* out) const {
    const double average = Average();
    std::memset(out, 0, kHead);
    std::memcpy(out, &count, 8);
    std::memcpy(out + 8, &average, 8);
    std::memcpy(out + 16, &time_ms, 8);
    out[24] = static_cast<char>(n);
    out[25] = static_cast<char>(next);
    std::memcpy(out + kHead, values, n * sizeof(double));
    return kHead + n * sizeof(double);
  }

  // False: these are not the bytes of a window.
  bool Decode(absl::string_view bytes) {
    if (bytes.size() < kHead) return false;
    std::memcpy(&count, bytes.data(), 8);
    std::memcpy(&time_ms, bytes.data() + 16, 8);
    n = static_cast<uint8_t>(bytes[24]);
    next = static_cast<uint8_t>(bytes[25]);
    if (n > kSize || next >= kSize ||
        bytes.size() != kHead + n * sizeof(double)) {
      return false;
    }
    std::memcpy(values, bytes.data() + kHead, n * sizeof(double));
    return true;
  }
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_WINDOW_H_
