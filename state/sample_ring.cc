// SampleRing: growth, and the average over its newest values.

#include "state/sample_ring.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "state/arithmetic.h"

namespace exactmean {
namespace {

// Room allocated for a ring of `size` values.
uint32_t Room(uint32_t size, uint32_t capacity) {
  uint32_t room = 2;
  while (room < size) room *= 2;
  return std::min(room, capacity);
}

}  // namespace

SampleRing::View SampleRing::Look() const {
  if (lent()) {
    const auto beside = reinterpret_cast<uintptr_t>(this) + (word_ >> 32);
    return {reinterpret_cast<double*>(beside),
            static_cast<uint32_t>(word_ >> 8) & 0xff,
            static_cast<uint32_t>(word_ >> 16) & 0xffff};
  }
  if (word_ == 0) return {nullptr, 0, 0};
  return {reinterpret_cast<double*>(own() + 1), own()->size, own()->oldest};
}

void SampleRing::Keep(uint32_t size, uint32_t oldest) {
  if (lent()) {
    word_ = (word_ >> 32 << 32) | oldest << 16 | size << 8 | 1;
  } else {
    *own() = {size, oldest};
  }
}

void SampleRing::Lend(double* room) {
  const auto beside =
      reinterpret_cast<uintptr_t>(room) - reinterpret_cast<uintptr_t>(this);
  word_ = uint64_t{beside} << 32 | 1;
}

void SampleRing::Grow(uint32_t room) {
  const View before = Look();
  void* const memory = ::operator new(sizeof(Head) + room * sizeof(double));
  Head* const head = new (memory) Head{before.size, before.oldest};
  std::copy_n(before.values, before.size, reinterpret_cast<double*>(head + 1));
  Free();
  word_ = reinterpret_cast<uintptr_t>(head);
}

void SampleRing::Free() { ::operator delete(own()); }

void SampleRing::Push(double value, uint32_t capacity) {
  View now = Look();
  if (now.size == capacity) {
    now.values[now.oldest] = value;
    Keep(now.size, now.oldest + 1 == capacity ? 0 : now.oldest + 1);
    return;
  }
  if (!lent()) {
    const uint32_t room = now.size == 0 ? 0 : Room(now.size, capacity);
    if (now.size == room) {
      Grow(Room(now.size + 1, capacity));
      now = Look();
    }
  }
  now.values[now.size] = value;
  Keep(now.size + 1, 0);
}

void SampleRing::Copy(uint32_t age, uint32_t count, uint32_t capacity,
                      double* to) const {
  if (count == 0) return;
  const View now = Look();
  uint32_t begin = now.oldest + (now.size - 1 - age);
  if (begin >= capacity) begin -= capacity;
  const uint32_t first = std::min(count, now.size - begin);
  to = std::copy_n(now.values + begin, first, to);
  std::copy_n(now.values, count - first, to);
}

// The newest `n`, oldest first, lie in two stretches: before the ring's end,
// and from its beginning.
Average SampleRing::Over(uint32_t window, uint32_t capacity) const {
  Average result;
  const View now = Look();
  const uint32_t n = std::min(window, now.size);
  if (n == 0) return result;
  uint32_t begin = now.oldest + (now.size - n);
  if (begin >= capacity) begin -= capacity;
  const double* const first = now.values + begin;
  const double* const first_end = first + std::min(n, now.size - begin);
  const double* const second_end =
      now.values + (n - static_cast<uint32_t>(first_end - first));
  const auto each = [&](auto&& visit) {
    for (const double* x = first; x != first_end; ++x) visit(*x);
    for (const double* x = now.values; x != second_end; ++x) visit(*x);
  };

  CompensatedSum sum;
  // Of 0 and -0 the newest counts.
  double least = second_end != now.values ? second_end[-1] : first_end[-1];
  double most = least;
  each([&](double x) {
    sum.Add(x);
    least = std::min(least, x);
    most = std::max(most, x);
  });
  result.count = n;
  result.min = least;
  result.max = most;
  const double average = sum.value() / n;
  result.average = average;
  CompensatedSum squares;
  each([&](double x) {
    const double apart = x - average;
    squares.Add(apart * apart);
  });
  result.stddev = std::sqrt(squares.value() / n);
  return result;
}

void SampleRing::Assign(absl::Span<const double> values, uint32_t capacity) {
  Clear();
  if (values.empty()) return;
  const auto size = static_cast<uint32_t>(values.size());
  if (!lent()) Grow(Room(size, capacity));
  std::copy(values.begin(), values.end(), Look().values);
  Keep(size, 0);
}

void SampleRing::Clear() {
  if (lent()) {
    Keep(0, 0);
    return;
  }
  Free();
  word_ = 0;
}

}  // namespace exactmean
