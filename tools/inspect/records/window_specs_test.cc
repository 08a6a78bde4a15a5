// Windows from the text that this version writes, and none from what it does
// not.

#include "tools/inspect/records/window_specs.h"

#include <string>

#include "gtest/gtest.h"
#include "state/fingerprint.h"

namespace exactmean {
namespace {

using Kind = WindowSpec::Kind;

results::Checkpoint TellingOf(const std::string& windows, int count) {
  results::Checkpoint checkpoint;
  checkpoint.set_fingerprint_text("source x\n" + windows);
  for (int i = 0; i < count; ++i) checkpoint.add_windows("w");
  return checkpoint;
}

bool Known(const std::string& window) {
  return WindowSpecsOf(TellingOf("window w " + window, 1)).has_value();
}

TEST(WindowSpecsTest, AreThoseOfTheFingerprint) {
  StateSpec spec;
  spec.source = "x";
  spec.windows = {{"a", Kind::kCount, kMaxWindowCount, 0, 0, 0, 0},
                  {"b", Kind::kTimeExact, 0, kMaxLengthUs, 0, 0, 0},
                  {"c", Kind::kTimePanes, 0, 5 * kMaxPanes, 5, 0, 0},
                  {"d", Kind::kEwmaRecords, 0, 0, 0, 0.1, 0},
                  {"e", Kind::kEwmaHalfLife, 0, 0, 0, 0, kMaxLengthUs},
                  {"f", Kind::kCumulative, 0, 0, 0, 0, 0}};
  const Fingerprint written = FingerprintOf(spec);
  const auto read = WindowSpecsOf(TellingOf(written.text, 6));
  ASSERT_TRUE(read.has_value());
  spec.windows = *read;
  EXPECT_EQ(FingerprintOf(spec).text, written.text);
}

TEST(WindowSpecsTest, WhatNoConfigurationMayHaveIsNone) {
  for (const char* bad : {"count size=0",
                          "count size=65537",
                          "count size=-1",
                          "count size=4294967295",
                          "time length_us=0",
                          "time length_us=-5",
                          "time length_us=3153600000000001",
                          "time length_us=9223372036854775807",
                          "time length_us=10 resolution_us=0",
                          "time length_us=10 resolution_us=3",
                          "time length_us=10 resolution_us=20",
                          "time length_us=100001 resolution_us=1",
                          "ewma alpha=0",
                          "ewma alpha=1.5",
                          "ewma alpha=-0.5",
                          "ewma alpha=nan",
                          "ewma alpha=inf",
                          "ewma half_life_us=0",
                          "ewma half_life_us=9223372036854775807",
                          "median size=3",
                          "cumulative size=3",
                          "count"}) {
    EXPECT_FALSE(Known(bad)) << bad;
  }
  EXPECT_TRUE(Known("count size=65536"));
  EXPECT_TRUE(Known("time length_us=100000 resolution_us=1"));
}

TEST(WindowSpecsTest, AsManyAsTheCheckpointNames) {
  EXPECT_TRUE(WindowSpecsOf(TellingOf("window w cumulative", 1)).has_value());
  EXPECT_FALSE(WindowSpecsOf(TellingOf("window w cumulative", 2)).has_value());
}

}  // namespace
}  // namespace exactmean
