// Values to whole units and times to larger ones, and back.

#include "state/packed_samples.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>

#include "google/protobuf/wire_format_lite.h"

namespace exactmean {
namespace {

using google::protobuf::internal::WireFormatLite;

// Powers of ten that a double holds exactly.
constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                              1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

// Smaller ones take at most 7 bytes, where a double takes 8.
constexpr int64_t kMaxUnits = int64_t{1} << 48;

// Fewer values stay as they are: those of a short count window are written with
// every snapshot, and looking at them would cost more time than their bytes.
constexpr int kFewValues = 16;

// Is `value` that many whole units, to the last bit?
bool ToUnits(double value, uint32_t decimals, int64_t* units) {
  const double scaled = value * kPowers[decimals];
  if (!(std::fabs(scaled) < static_cast<double>(kMaxUnits - 1))) return false;
  *units = static_cast<int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  return static_cast<double>(*units) / kPowers[decimals] == value &&
         (*units != 0 || !std::signbit(value));
}

// With the fewest decimals that do for all, if that is shorter.
template <typename Message>
bool PackValues(Message* to) {
  if (to->units_size() > 0) return false;
  uint32_t decimals = 0;
  int64_t units = 0;
  for (const double value : to->values()) {
    while (!ToUnits(value, decimals, &units)) {
      if (++decimals == std::size(kPowers)) return false;
    }
  }
  // The decimals, with their tag, beside the units.
  size_t packed = 2;
  const size_t plain = sizeof(double) * static_cast<size_t>(to->values_size());
  to->mutable_units()->Reserve(to->values_size());
  for (const double value : to->values()) {
    if (!ToUnits(value, decimals, &units)) {
      to->clear_units();
      return false;
    }
    to->mutable_units()->AddAlreadyReserved(units);
    packed += WireFormatLite::SInt64Size(units);
  }
  if (packed >= plain) {
    to->clear_units();
    return false;
  }
  to->clear_values();
  to->set_decimals(decimals);
  return true;
}

template <typename Message>
bool UnpackValues(Message* from) {
  const uint32_t decimals = from->decimals();
  if (decimals >= std::size(kPowers)) return false;
  if (from->units_size() == 0) return decimals == 0;
  if (from->values_size() > 0) return false;
  from->mutable_values()->Reserve(from->units_size());
  for (const int64_t units : from->units()) {
    if (units <= -kMaxUnits || units >= kMaxUnits) return false;
    from->mutable_values()->AddAlreadyReserved(static_cast<double>(units) /
                                               kPowers[decimals]);
  }
  from->clear_units();
  from->clear_decimals();
  return true;
}

uint64_t Magnitude(int64_t x) {
  const auto bits = static_cast<uint64_t>(x);
  return x < 0 ? 0 - bits : bits;
}

// In the largest unit that divides all.
bool PackTimes(results::TimedSamples* to) {
  if (to->time_unit() > 0) return false;
  uint64_t unit = 0;
  for (const int64_t delta : to->time_deltas()) {
    unit = std::gcd(unit, Magnitude(delta));
    if (unit == 1) return false;
  }
  if (unit == 0 || unit > std::numeric_limits<int64_t>::max()) return false;
  const auto divisor = static_cast<int64_t>(unit);
  // The unit itself, with its tag, against what it takes off.
  size_t before = 0, after = 1 + WireFormatLite::UInt64Size(unit);
  for (const int64_t delta : to->time_deltas()) {
    before += WireFormatLite::SInt64Size(delta);
    after += WireFormatLite::SInt64Size(delta / divisor);
  }
  if (after >= before) return false;
  for (int64_t& delta : *to->mutable_time_deltas()) delta /= divisor;
  to->set_time_unit(unit);
  return true;
}

bool UnpackTimes(results::TimedSamples* from) {
  const uint64_t unit = from->time_unit();
  if (unit == 0) return true;
  if (unit > std::numeric_limits<int64_t>::max()) return false;
  for (int64_t& delta : *from->mutable_time_deltas()) {
    if (__builtin_mul_overflow(delta, static_cast<int64_t>(unit), &delta)) {
      return false;
    }
  }
  from->clear_time_unit();
  return true;
}

}  // namespace

bool PackSamples(results::Samples* samples) {
  return samples->values_size() > kFewValues && PackValues(samples);
}

bool PackSamples(results::TimedSamples* samples) {
  const bool times = PackTimes(samples);
  const bool values = samples->values_size() > 0 && PackValues(samples);
  return times || values;
}

bool UnpackSamples(results::Samples* samples) { return UnpackValues(samples); }

bool UnpackSamples(results::TimedSamples* samples) {
  return UnpackTimes(samples) && UnpackValues(samples);
}

}  // namespace exactmean
