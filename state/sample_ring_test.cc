// SampleRing, to the last bit, against the definition: every bit of a snapshot
// is in the digest.

#include "state/sample_ring.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <random>

#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

// Neumaier's sum as he wrote it.
struct Neumaier {
  double sum = 0;
  double compensation = 0;
  void Add(double x) {
    const double t = sum + x;
    compensation +=
        std::fabs(sum) >= std::fabs(x) ? (sum - t) + x : (x - t) + sum;
    sum = t;
  }
};

Average Definition(const std::deque<double>& all, uint32_t window) {
  Average result;
  const auto n = std::min<size_t>(window, all.size());
  Neumaier sum, squares;
  result.count = n;
  result.min = result.max = all.back();
  for (auto x = all.end() - n; x != all.end(); ++x) {
    sum.Add(*x);
    result.min = std::min(result.min, *x);
    result.max = std::max(result.max, *x);
  }
  result.average = (sum.sum + sum.compensation) / static_cast<double>(n);
  for (auto x = all.end() - n; x != all.end(); ++x) {
    squares.Add((*x - result.average) * (*x - result.average));
  }
  result.stddev =
      std::sqrt((squares.sum + squares.compensation) / static_cast<double>(n));
  return result;
}

bool SameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// Of all magnitudes, small whole numbers, and zeros of both signs.
double Draw(std::mt19937_64* random) {
  const int kind = static_cast<int>((*random)() % 4);
  const double sign = (*random)() % 2 == 0 ? 1 : -1;
  const auto digits = static_cast<double>((*random)());
  if (kind == 0) return sign * 0.0;
  if (kind == 1) return sign * static_cast<double>((*random)() % 5);
  if (kind == 2) return sign * digits / 7e15;
  return std::ldexp(sign * digits, static_cast<int>((*random)() % 800) - 400);
}

void ExpectLikeDefinition(uint32_t capacity, SampleRing* ring) {
  std::mt19937_64 random(capacity);
  std::deque<double> all;
  for (int i = 0; i < 4000; ++i) {
    all.push_back(Draw(&random));
    if (all.size() > capacity) all.pop_front();
    ring->Push(all.back(), capacity);
    ASSERT_EQ(ring->size(), all.size());
    const auto window = static_cast<uint32_t>(1 + random() % capacity);
    const Average got = ring->Over(window, capacity);
    const Average want = Definition(all, window);
    ASSERT_EQ(got.count, want.count);
    ASSERT_TRUE(SameBits(got.average, want.average)) << i;
    ASSERT_TRUE(SameBits(got.min, want.min)) << i;
    ASSERT_TRUE(SameBits(got.max, want.max)) << i;
    ASSERT_TRUE(SameBits(got.stddev, want.stddev)) << i;
  }
}

// As in an entry of the key table.
struct LentRing {
  LentRing() { ring.Lend(room); }
  SampleRing ring;
  uint64_t between = 0;
  double room[SampleRing::kMaxLentCapacity];
};

TEST(SampleRingTest, ComputesWhatIsDefined) {
  for (uint32_t capacity = 1; capacity <= 20; ++capacity) {
    SampleRing own;
    LentRing lent;
    ExpectLikeDefinition(capacity, &own);
    ExpectLikeDefinition(capacity, &lent.ring);
  }
  LentRing largest;
  ExpectLikeDefinition(SampleRing::kMaxLentCapacity, &largest.ring);
}

TEST(SampleRingTest, StartsOverAfterClearAndAssign) {
  constexpr uint32_t kCapacity = 5;
  SampleRing own;
  LentRing lent;
  for (SampleRing* ring : {&own, &lent.ring}) {
    ExpectLikeDefinition(kCapacity, ring);
    ring->Clear();
    EXPECT_EQ(ring->size(), 0u);
    ExpectLikeDefinition(kCapacity, ring);
    ring->Assign({1, 2, 3}, kCapacity);
    ring->Push(6, kCapacity);
    EXPECT_EQ(ring->Over(kCapacity, kCapacity).average, 3);
    ring->Clear();
  }
}

}  // namespace
}  // namespace exactmean
