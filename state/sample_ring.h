// The newest values of a key in the order of the log: what the count windows of
// a pipeline share.

#ifndef EXACTMEAN_STATE_SAMPLE_RING_H_
#define EXACTMEAN_STATE_SAMPLE_RING_H_

#include <cstdint>

#include "absl/types/span.h"
#include "state/average.h"

namespace exactmean {

// Holds at most `capacity` values, the longest count window's size, which every
// call is given anew: a million rings need not each remember it. Memory grows
// with the values held, in powers of two, unless it was lent. A single word
// beside that memory.
class SampleRing {
 public:
  // Of a lent room.
  static constexpr uint32_t kMaxLentCapacity = 255;

  SampleRing() = default;
  SampleRing(const SampleRing&) = delete;
  SampleRing& operator=(const SampleRing&) = delete;
  ~SampleRing() {
    if (!lent()) Free();
  }

  // From now on the values are in `room`, which is for `capacity` of them,
  // outlives the ring, and lies behind it, less than 4 GB away. REQUIRES:
  // nothing was pushed yet; capacity <= kMaxLentCapacity.
  void Lend(double* room);

  void Push(double value, uint32_t capacity);

  // `count` values, oldest first, the first `age` places before the newest.
  // REQUIRES: count == 0, or age < size() and count <= age + 1.
  void Copy(uint32_t age, uint32_t count, uint32_t capacity, double* to) const;

  // Over the newest min(window, size()) values, summed oldest first.
  Average Over(uint32_t window, uint32_t capacity) const;

  // REQUIRES: values.size() <= capacity. Oldest first.
  void Assign(absl::Span<const double> values, uint32_t capacity);

  void Clear();

  uint32_t size() const { return Look().size; }

 private:
  // What lies before the values in memory of the ring's own.
  struct Head {
    uint32_t size;
    uint32_t oldest;
  };
  struct View {
    double* values;
    uint32_t size;
    uint32_t oldest;  // 0 until the ring is full
  };

  bool lent() const { return (word_ & 1) != 0; }
  Head* own() const { return reinterpret_cast<Head*>(word_); }
  View Look() const;
  void Keep(uint32_t size, uint32_t oldest);
  // Memory of its own for so many values, with those there are.
  void Grow(uint32_t room);
  void Free();

  // An odd one: the room is lent. From the lowest bit on: 1, 7 unused bits, 8
  // of size, 16 of oldest, 32 of how many bytes behind the ring it is. An even
  // one: the address of a Head; 0 when there are no values.
  uint64_t word_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_SAMPLE_RING_H_
