// Ticks.

#include "tools/inspect/chart/axis.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr double kSecond = 1e6;
constexpr double kDay = 86400 * kSecond;

// The least of 1, 2, 5, 10, 20... that is no smaller.
double NiceStep(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10 * power;
}

std::string Label(double time_us, const char* format) {
  return absl::FormatTime(format,
                          absl::FromUnixMicros(static_cast<int64_t>(time_us)),
                          absl::UTCTimeZone());
}

// Every so many months, from a January.
std::vector<Tick> MonthTicks(const Extent& extent, int months) {
  std::vector<Tick> ticks;
  const auto begin = absl::ToCivilMonth(
      absl::FromUnixMicros(static_cast<int64_t>(extent.low())),
      absl::UTCTimeZone());
  absl::CivilMonth month(begin.year() - begin.year() % std::max(1, months / 12),
                         1);
  for (;; month += months) {
    const auto at = static_cast<double>(absl::ToUnixMicros(
        absl::FromCivil(absl::CivilSecond(month), absl::UTCTimeZone())));
    if (at > extent.high()) return ticks;
    if (at < extent.low()) continue;
    ticks.push_back({at, Label(at, months % 12 == 0 ? "%Y" : "%Y-%m")});
  }
}

// Of `step`, within the extent; up to where there is no next number.
std::vector<double> Multiples(const Extent& extent, double step) {
  std::vector<double> multiples;
  for (double n = std::ceil(extent.low() / step); n * step <= extent.high();
       ++n) {
    multiples.push_back(n * step);
    if (n + 1 == n) break;
  }
  return multiples;
}

std::vector<Tick> StepTicks(const Extent& extent, double step,
                            const char* format) {
  std::vector<Tick> ticks;
  for (const double at : Multiples(extent, step)) {
    ticks.push_back({at, Label(at, format)});
  }
  return ticks;
}

}  // namespace

void Extent::Include(double value) {
  if (empty()) {
    low_ = high_ = value;
    return;
  }
  low_ = std::min(low_, value);
  high_ = std::max(high_, value);
}

void Extent::Pad(double share) {
  if (empty()) return;
  const double wider = share * (high() - low());
  const double from = low() - wider;
  high_ = high() + wider;
  low_ = from;
}

double Extent::low() const {
  if (empty()) return 0;
  return low_ < high_ ? low_ : low_ - std::max(1.0, std::fabs(low_)) / 100;
}

double Extent::high() const {
  if (empty()) return 1;
  return low_ < high_ ? high_ : high_ + std::max(1.0, std::fabs(high_)) / 100;
}

std::vector<Tick> NumberTicks(const Extent& extent, int count) {
  const double step = NiceStep((extent.high() - extent.low()) / count);
  std::vector<Tick> ticks;
  for (const double at : Multiples(extent, step)) {
    // at + 0.0: not "-0".
    ticks.push_back({at, absl::StrFormat("%.10g", at + 0.0)});
  }
  return ticks;
}

std::vector<Tick> TimeTicks(const Extent& extent, int count) {
  const double least = (extent.high() - extent.low()) / count;
  if (least < kSecond) {
    const double step = std::max(1.0, NiceStep(least));
    return StepTicks(extent, step, "%H:%M:%E*S");
  }
  for (const double seconds : {1, 2, 5, 10, 15, 30}) {
    if (seconds * kSecond >= least) {
      return StepTicks(extent, seconds * kSecond, "%H:%M:%S");
    }
  }
  for (const double minutes : {1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720}) {
    if (minutes * 60 * kSecond < least) continue;
    const bool one_day = extent.high() - extent.low() < kDay;
    return StepTicks(extent, minutes * 60 * kSecond,
                     one_day ? "%H:%M" : "%m-%d %H:%M");
  }
  for (const double days : {1, 2, 5, 10}) {
    if (days * kDay >= least) return StepTicks(extent, days * kDay, "%Y-%m-%d");
  }
  for (const int months : {1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000}) {
    if (months * 30.5 * kDay >= least) return MonthTicks(extent, months);
  }
  return MonthTicks(extent, 60000);
}

}  // namespace exactmean
