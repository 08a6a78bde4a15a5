// Sums that carry their error, and a power of two that is the same everywhere.

#include "state/arithmetic.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(CompensatedSumTest, KeepsWhatAPlainSumLoses) {
  CompensatedSum sum;
  for (double x : {1.0, 1e100, 1.0, -1e100}) sum.Add(x);
  EXPECT_EQ(sum.value(), 2.0);
}

TEST(NegativeExp2Test, AgreesWithTheLibrary) {
  for (double x = 0; x < 1080; x += 0.0371) {
    const double want = std::exp2(-x);
    EXPECT_NEAR(NegativeExp2(x), want, 4e-16 * want + 5e-324) << x;
  }
  EXPECT_EQ(NegativeExp2(0), 1.0);
  EXPECT_EQ(NegativeExp2(1), 0.5);
  EXPECT_EQ(NegativeExp2(1e300), 0.0);
}

// Bits, not nearness: these were computed on x86-64 and must come out on any
// machine.
TEST(NegativeExp2Test, HasTheSameBitsEverywhere) {
  EXPECT_EQ(NegativeExp2(0.5), 0x1.6a09e667f3bccp-1);
  EXPECT_EQ(NegativeExp2(0.1), 0x1.ddb680117ab12p-1);
}

TEST(IsAdmissibleTest, RefusesWhatWouldPoisonAWindow) {
  EXPECT_TRUE(IsAdmissible(0.0));
  EXPECT_TRUE(IsAdmissible(-kMaxMagnitude));
  EXPECT_FALSE(IsAdmissible(1e141));
  EXPECT_FALSE(IsAdmissible(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(IsAdmissible(std::nan("")));
}

}  // namespace
}  // namespace exactmean
