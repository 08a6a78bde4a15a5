// A leak is seen by its size, what comes and goes is not.

#include "tests/chaos/veteran/growth.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

constexpr Resources kUsual = {8000, 27, 60, 5};
constexpr int64_t kPerSecond = 8;

// A look every second, after `kPerSecond` more transactions.
std::vector<ResourceSample> Life(int seconds) {
  std::vector<ResourceSample> samples;
  for (int i = 0; i <= seconds; ++i) {
    samples.push_back(
        {absl::UnixEpoch() + absl::Seconds(i), i * kPerSecond, kUsual});
  }
  return samples;
}

void Leak(int64_t bytes_per_transaction, std::vector<ResourceSample>* samples) {
  for (ResourceSample& sample : *samples) {
    sample.held.memory_kib +=
        sample.transactions * bytes_per_transaction / 1024;
  }
}

TEST(GrowthTest, TheThirdsOfALife) {
  const auto growth = GrowthOf(Life(360));
  ASSERT_TRUE(growth.has_value());
  EXPECT_EQ(growth->time, absl::Seconds(200));
  EXPECT_EQ(growth->transactions, 200 * kPerSecond);
  EXPECT_EQ(growth->bytes_per_transaction(), 0);
  EXPECT_TRUE(growth->IsFlat());
}

TEST(GrowthTest, AShortLifeSaysNothing) {
  EXPECT_FALSE(GrowthOf({}).has_value());
  EXPECT_FALSE(GrowthOf(Life(179)).has_value());
  EXPECT_TRUE(GrowthOf(Life(180)).has_value());
}

TEST(GrowthTest, AHoleOfAThirdSaysNothing) {
  std::vector<ResourceSample> samples = Life(360);
  samples.erase(samples.begin() + 50, samples.begin() + 180);
  EXPECT_FALSE(GrowthOf(samples).has_value());
}

TEST(GrowthTest, AKibibyteATransactionShowsInHalfAnHour) {
  std::vector<ResourceSample> samples = Life(1800);
  Leak(1024, &samples);
  const auto growth = GrowthOf(samples);
  ASSERT_TRUE(growth.has_value());
  EXPECT_NEAR(growth->bytes_per_transaction(), 1024, 1);
  EXPECT_FALSE(growth->IsFlat());
}

TEST(GrowthTest, WarmUpAndPeaksAreNoLeak) {
  std::vector<ResourceSample> samples = Life(900);
  for (size_t i = 0; i < 60; ++i) samples[i].held = {2000, 3, 5, 0};
  for (size_t i = 70; i < samples.size(); i += 7) {
    samples[i].held = {300000, 60, 200, 60};
  }
  const auto growth = GrowthOf(samples);
  ASSERT_TRUE(growth.has_value());
  EXPECT_EQ(growth->early.memory_kib, kUsual.memory_kib);
  EXPECT_EQ(growth->late.threads, kUsual.threads);
  EXPECT_TRUE(growth->IsFlat());
}

TEST(GrowthTest, AClientThatIsMadeAnewIsNoLeak) {
  std::vector<ResourceSample> samples = Life(360);
  for (size_t i = 80; i < 85; ++i) samples[i].held.threads -= 6;
  EXPECT_TRUE(GrowthOf(samples)->IsFlat());
}

// The client that looks at the last record folded in is made by the first
// restore, whenever that is.
TEST(GrowthTest, TheFirstRestoreEndsTheWarmUp) {
  std::vector<ResourceSample> samples = Life(360);
  for (size_t i = 100; i < samples.size(); ++i) samples[i].held.threads += 6;
  EXPECT_FALSE(GrowthOf(samples)->IsFlat());
  for (size_t i = 100; i < samples.size(); ++i) samples[i].restored = true;
  EXPECT_TRUE(GrowthOf(samples)->IsFlat());
  for (size_t i = 250; i < samples.size(); ++i) samples[i].held.threads += 6;
  EXPECT_FALSE(GrowthOf(samples)->IsFlat());
}

TEST(GrowthTest, AConnectionAThreadIsNoLeak) {
  std::vector<ResourceSample> samples = Life(360);
  for (size_t i = 200; i < samples.size(); ++i) samples[i].held.sockets = 27;
  EXPECT_TRUE(GrowthOf(samples)->IsFlat());
  for (size_t i = 200; i < samples.size(); ++i) samples[i].held.sockets = 40;
  EXPECT_FALSE(GrowthOf(samples)->IsFlat());
}

TEST(GrowthTest, TheThreadsOrDescriptorsOfAClientShow) {
  for (const bool threads : {true, false}) {
    std::vector<ResourceSample> samples = Life(360);
    for (size_t i = samples.size() / 2; i < samples.size(); ++i) {
      if (threads) samples[i].held.threads += 5;
      if (!threads) samples[i].held.descriptors += 10;
    }
    const auto growth = GrowthOf(samples);
    ASSERT_TRUE(growth.has_value());
    EXPECT_FALSE(growth->IsFlat());
  }
}

}  // namespace
}  // namespace exactmean
