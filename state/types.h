// The plain vocabulary of the state: offset, partition, event time. Distinct
// types, so that one cannot be taken for another.

#ifndef EXACTMEAN_STATE_TYPES_H_
#define EXACTMEAN_STATE_TYPES_H_

#include <cstdint>
#include <limits>
#include <ostream>
#include <utility>

namespace exactmean {

// An integer with a meaning. Compares and hashes like the integer; converts
// only when asked.
template <typename Tag, typename Rep>
class StrongInt {
 public:
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }

  friend constexpr bool operator==(StrongInt a, StrongInt b) {
    return a.value_ == b.value_;
  }
  friend constexpr bool operator!=(StrongInt a, StrongInt b) {
    return a.value_ != b.value_;
  }
  friend constexpr bool operator<(StrongInt a, StrongInt b) {
    return a.value_ < b.value_;
  }
  friend constexpr bool operator<=(StrongInt a, StrongInt b) {
    return a.value_ <= b.value_;
  }
  friend constexpr bool operator>(StrongInt a, StrongInt b) {
    return a.value_ > b.value_;
  }
  friend constexpr bool operator>=(StrongInt a, StrongInt b) {
    return a.value_ >= b.value_;
  }
  friend std::ostream& operator<<(std::ostream& out, StrongInt x) {
    return out << x.value_;
  }
  template <typename H>
  friend H AbslHashValue(H h, StrongInt x) {
    return H::combine(std::move(h), x.value_);
  }

 private:
  Rep value_ = 0;
};

// A partition of the input; the results partition of the same number goes with
// it.
using Partition = StrongInt<struct PartitionTag, int32_t>;

// A position in a partition. Where it is a boundary, it is the offset of the
// *next* record to read, as in Kafka.
using Offset = StrongInt<struct OffsetTag, int64_t>;

constexpr Offset Next(Offset offset) { return Offset(offset.value() + 1); }

// May a key's last record be there? -1: it has none. There is one after it.
constexpr bool IsLastOffset(Offset offset) {
  return offset >= Offset(-1) &&
         offset.value() < std::numeric_limits<int64_t>::max();
}

// Microseconds since 1970-01-01 UTC, by the records, never by the wall clock.
using EventTime = StrongInt<struct EventTimeTag, int64_t>;

// What a record says of its key: one number, finite, at one time.
struct Sample {
  double value = 0;
  EventTime time;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_TYPES_H_
