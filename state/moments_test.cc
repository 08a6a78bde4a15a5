// Moments against sums over the values themselves.

#include "state/moments.h"

#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

// The textbook formulas, in extended precision.
Average Direct(const std::vector<double>& values) {
  long double sum = 0;
  Average result;
  result.min = result.max = values[0];
  for (double x : values) {
    sum += x;
    result.min = std::min(result.min, x);
    result.max = std::max(result.max, x);
  }
  const long double mean = sum / values.size();
  long double squares = 0;
  for (double x : values) squares += (x - mean) * (x - mean);
  result.average = static_cast<double>(mean);
  result.count = values.size();
  result.stddev = static_cast<double>(std::sqrt(squares / values.size()));
  return result;
}

void ExpectNear(const Average& got, const Average& want) {
  EXPECT_EQ(got.count, want.count);
  EXPECT_EQ(got.min, want.min);
  EXPECT_EQ(got.max, want.max);
  EXPECT_NEAR(got.average, want.average, 1e-12 * std::fabs(want.average));
  EXPECT_NEAR(got.stddev, want.stddev, 1e-9 * want.stddev + 1e-12);
}

std::vector<double> Noise(int n, double mean) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(mean, 1);
  std::vector<double> values(n);
  for (double& x : values) x = normal(random);
  return values;
}

TEST(MomentsTest, AddAgreesWithTheFormulas) {
  // A mean of 1e6 against a deviation of 1 defeats the naive variance.
  for (double mean : {0.0, 100.0, 1e6}) {
    const std::vector<double> values = Noise(5000, mean);
    Moments moments;
    for (double x : values) moments.Add(x);
    ExpectNear(moments.ToAverage(), Direct(values));
  }
}

TEST(MomentsTest, MergeAgreesWithTheFormulas) {
  const std::vector<double> values = Noise(1000, 1e4);
  Moments all;
  for (size_t begin = 0; begin < values.size();) {
    Moments part;
    const size_t end = std::min(values.size(), begin * 2 + 1);
    for (; begin < end; ++begin) part.Add(values[begin]);
    all.Merge(part);
  }
  ExpectNear(all.ToAverage(), Direct(values));
}

TEST(MomentsTest, OfNothingAndOfOneValue) {
  EXPECT_EQ(Moments().ToAverage().count, 0u);
  Moments one;
  one.Merge(Moments());
  one.Add(-3.5);
  EXPECT_EQ(one.ToAverage(), (Average{-3.5, 1, -3.5, -3.5, 0}));
}

TEST(MomentsTest, EqualValuesHaveNoDeviation) {
  Moments moments;
  for (int i = 0; i < 1000; ++i) moments.Add(0.1);
  EXPECT_EQ(moments.ToAverage().stddev, 0);
}

}  // namespace
}  // namespace exactmean
