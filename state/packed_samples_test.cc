// What is packed, what stays as it is, and what nobody packed.

#include "state/packed_samples.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

constexpr int64_t kTime = 1'700'000'000'000'000;

results::Samples Ring(const std::vector<double>& values) {
  results::Samples samples;
  for (const double value : values) samples.add_values(value);
  return samples;
}

results::TimedSamples Timed(const std::vector<int64_t>& deltas, double value) {
  results::TimedSamples samples;
  for (const int64_t delta : deltas) {
    samples.add_time_deltas(delta);
    samples.add_values(value);
  }
  return samples;
}

// Bytes saved; whatever was packed comes back to the last bit.
template <typename Message>
int64_t Saved(const Message& plain) {
  Message packed = plain;
  const bool any = PackSamples(&packed);
  const auto saved = static_cast<int64_t>(plain.ByteSizeLong()) -
                     static_cast<int64_t>(packed.ByteSizeLong());
  EXPECT_EQ(any, saved != 0);
  EXPECT_TRUE(UnpackSamples(&packed));
  EXPECT_EQ(packed.SerializeAsString(), plain.SerializeAsString());
  return saved;
}

TEST(PackedSamplesTest, DecimalValues) {
  std::vector<double> values(32, 12.34);
  // The tag and length of the list are as before, the decimals two bytes.
  EXPECT_EQ(Saved(Ring(values)), 32 * 6 - 2 + 1);
  values[7] = -0.0001;  // the others take a byte more with it
  EXPECT_EQ(Saved(Ring(values)), 31 * 5 + 7 - 2 + 1);
  EXPECT_GT(Saved(Ring(std::vector<double>(32, 5))), 32 * 7 - 1);
  EXPECT_GT(Saved(Ring(std::vector<double>(32, -1e-12))), 0);
  EXPECT_GT(Saved(Ring(std::vector<double>(32, 281'474'976'710'654))), 0);
}

TEST(PackedSamplesTest, OneValueThatIsNoShortDecimalKeepsAllAsTheyAre) {
  for (const double odd :
       {1.0 / 3, -0.0, 1e-13, 281'474'976'710'656.0, 1e140, 5e-324, 0.1 + 0.2,
        std::nextafter(12.34, 13), -std::numeric_limits<double>::infinity(),
        std::nan("")}) {
    std::vector<double> values(32, 12.34);
    values[31] = odd;
    EXPECT_EQ(Saved(Ring(values)), 0) << odd;
  }
  // Either alone would do, whichever comes first.
  std::vector<double> values(32, 5);
  values[7] = 100'000'000'000'000;
  values[31] = 0.01;
  EXPECT_EQ(Saved(Ring(values)), 0);
  std::swap(values[7], values[31]);
  EXPECT_EQ(Saved(Ring(values)), 0);
}

TEST(PackedSamplesTest, WhatWouldNotBeShorterStaysAsItIs) {
  // Seven bytes of units, and two for the decimals.
  EXPECT_EQ(Saved(Timed({kTime + 1}, 22'000'000'000.01)), 0);
  EXPECT_GT(Saved(Timed({kTime + 1}, 22'000'000.01)), 0);
}

TEST(PackedSamplesTest, AShortRingStaysAsItIs) {
  EXPECT_EQ(Saved(Ring({})), 0);
  EXPECT_EQ(Saved(Ring(std::vector<double>(16, 5))), 0);
  EXPECT_GT(Saved(Ring(std::vector<double>(17, 5))), 0);
}

TEST(PackedSamplesTest, TimesInAUnitThatDividesThem) {
  const double third = 1.0 / 3;
  // 2 of 8 bytes of the first, 2 of 4 of each other, less tag and unit.
  EXPECT_EQ(Saved(Timed({kTime + 7000, 5'000'000, 4'999'000}, third)),
            2 + 2 + 2 - 3);
  EXPECT_EQ(Saved(Timed({kTime + 1, 5'000'000, 5'000'000}, third)), 0);
  EXPECT_GT(Saved(Timed({-kTime, 60'000'000, 0, 60'000'000}, third)), 0);
  // The unit would take more than it saves.
  EXPECT_EQ(Saved(Timed({kTime}, third)), 0);
  EXPECT_EQ(Saved(Timed({kTime, 0, 0}, third)), 0);
  EXPECT_EQ(Saved(Timed({0, 0}, third)), 0);
  const int64_t least = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(Saved(Timed({least}, third)), 0);
  EXPECT_EQ(Saved(Timed({least, least}, third)), 0);
}

TEST(PackedSamplesTest, TimesAndValuesEachForThemselves) {
  EXPECT_EQ(Saved(Timed({}, 0)), 0);
  EXPECT_GT(Saved(Timed({kTime + 1}, 2.5)), 0);
  EXPECT_GT(Saved(Timed({kTime, 1'000'000}, 2.5)),
            Saved(Timed({kTime, 1'000'000}, 1.0 / 3)));
}

TEST(PackedSamplesTest, WhateverIsPackedComesBack) {
  std::mt19937_64 random(1);
  int packed = 0;
  for (int round = 0; round < 20000; ++round) {
    const auto decimals = static_cast<int>(random() % 14);
    const uint64_t shift = 12 + random() % 50;
    std::vector<double> values;
    for (int i = 0; i < 17; ++i) {
      const auto units = static_cast<int64_t>(random()) >> shift;
      values.push_back(static_cast<double>(units) / std::pow(10, decimals));
    }
    packed += Saved(Ring(values)) > 0;
  }
  EXPECT_GT(packed, 10000);
  EXPECT_LT(packed, 20000);
}

TEST(PackedSamplesTest, WhatNobodyPackedIsRefused) {
  const auto refuse = [](auto change) {
    results::TimedSamples samples = Timed({kTime, 1'000'000, 0}, 2.5);
    ASSERT_TRUE(PackSamples(&samples));
    change(&samples);
    EXPECT_FALSE(UnpackSamples(&samples)) << samples.ShortDebugString();
  };
  using Timed = results::TimedSamples;
  refuse([](Timed* s) { s->add_values(1); });
  refuse([](Timed* s) { s->set_decimals(13); });
  refuse(
      [](Timed* s) { s->set_decimals(std::numeric_limits<uint32_t>::max()); });
  refuse([](Timed* s) { s->clear_units(); });
  refuse([](Timed* s) { s->set_units(1, int64_t{1} << 48); });
  refuse(
      [](Timed* s) { s->set_units(1, std::numeric_limits<int64_t>::min()); });
  refuse([](Timed* s) { s->set_time_unit(uint64_t{1} << 63); });
  refuse([](Timed* s) {
    s->set_time_unit(uint64_t{1} << 63);
    for (int64_t& delta : *s->mutable_time_deltas()) delta = 0;
  });
  refuse([](Timed* s) { s->set_time_unit(uint64_t{1} << 62); });
}

}  // namespace
}  // namespace exactmean
