// Floating point whose bits do not depend on the machine: additions,
// multiplications, divisions and square roots of IEEE 754 alone, in a written
// order (the build forbids fused operations), and no libm.

#ifndef EXACTMEAN_STATE_ARITHMETIC_H_
#define EXACTMEAN_STATE_ARITHMETIC_H_

#include <cmath>
#include <cstdint>

namespace exactmean {

// Values beyond are refused as bad records: below it neither a sum of 2^64
// values nor a sum of as many squared deviations can overflow.
constexpr double kMaxMagnitude = 1e140;

inline bool IsAdmissible(double value) {
  return std::fabs(value) <= kMaxMagnitude;  // false for NaN
}

// A sum that carries its rounding error along: Neumaier, "Rundungsfehleranalyse
// einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974).
struct CompensatedSum {
  double sum = 0;
  double compensation = 0;

  void Add(double x) {
    // The error of `t` by Knuth's TwoSum: exact, as Neumaier's is, and so the
    // same bits, without a branch on which of the two is larger.
    const double t = sum + x;
    const double of_x = t - sum;
    compensation += (sum - (t - of_x)) + (x - of_x);
    sum = t;
  }
  double value() const { return sum + compensation; }
};

// 2^-x for x >= 0, relative error below 4e-16. libm's exp2 may differ by a bit
// from one machine to the next; this may not.
inline double NegativeExp2(double x) {
  if (!(x < 1100)) return 0;  // below the smallest denormal
  const double whole = std::floor(x + 0.5);
  // Within ln 2 / 2 of 0, where the series ends soon and nothing cancels.
  const double u = (x - whole) * 0.693147180559945309417;
  double p = 1;  // e^-u, its Taylor series by Horner's rule
  for (int k = 15; k >= 1; --k) p = 1 - p * u / k;
  return std::ldexp(p, -static_cast<int>(whole));
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_ARITHMETIC_H_
