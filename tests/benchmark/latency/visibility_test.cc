// A record is visible with the first result that counts it, no sooner and no
// later; percentiles are those of the samples.

#include "tests/benchmark/latency/visibility.h"

#include <algorithm>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

absl::Duration Ms(int ms) { return absl::Milliseconds(ms); }

TEST(VisibilityTest, AResultShowsAllRecordsThatItCounts) {
  Visibility visibility({1, 0, 1, 1, 0}, 2);
  EXPECT_EQ(visibility.hidden(), 5u);
  ASSERT_THAT(visibility.See(1, 2, Ms(10)), IsOk());
  EXPECT_EQ(visibility.hidden(), 3u);
  EXPECT_EQ(visibility.VisibleAt(0), Ms(10));
  EXPECT_EQ(visibility.VisibleAt(2), Ms(10));
  for (const size_t record : {1, 3, 4}) {
    EXPECT_EQ(visibility.VisibleAt(record), absl::InfiniteDuration());
  }
  ASSERT_THAT(visibility.See(0, 2, Ms(15)), IsOk());
  EXPECT_EQ(visibility.VisibleAt(1), Ms(15));
  EXPECT_EQ(visibility.VisibleAt(4), Ms(15));
}

TEST(VisibilityTest, TheFirstResultCounts) {
  Visibility visibility({0, 0}, 1);
  ASSERT_THAT(visibility.See(0, 1, Ms(10)), IsOk());
  ASSERT_THAT(visibility.See(0, 1, Ms(20)), IsOk());
  ASSERT_THAT(visibility.See(0, 2, Ms(30)), IsOk());
  ASSERT_THAT(visibility.See(0, 1, Ms(40)), IsOk());
  EXPECT_EQ(visibility.VisibleAt(0), Ms(10));
  EXPECT_EQ(visibility.VisibleAt(1), Ms(30));
  EXPECT_EQ(visibility.hidden(), 0u);
}

TEST(VisibilityTest, RefusesWhatWasNeverSent) {
  Visibility visibility({0, 1}, 3);
  EXPECT_EQ(visibility.See(0, 2, Ms(1)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(visibility.See(2, 1, Ms(1)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(visibility.See(3, 1, Ms(1)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(visibility.See(-1, 1, Ms(1)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(visibility.hidden(), 2u);
}

TEST(SummarizeTest, PercentilesByRank) {
  std::vector<absl::Duration> samples;
  for (int i = 1; i <= 10'000; ++i) samples.push_back(Ms(i));
  std::shuffle(samples.begin(), samples.end(), std::mt19937(1));
  const LatencySummary summary = Summarize(samples);
  EXPECT_EQ(summary.samples, 10'000u);
  EXPECT_EQ(summary.p50, Ms(5000));
  EXPECT_EQ(summary.p99, Ms(9900));
  EXPECT_EQ(summary.p999, Ms(9990));
  EXPECT_EQ(summary.max, Ms(10'000));
}

TEST(SummarizeTest, OfFewTheGreatestIsEveryHighPercentile) {
  const LatencySummary summary = Summarize({Ms(3), Ms(1), Ms(2)});
  EXPECT_EQ(summary.p50, Ms(2));
  EXPECT_EQ(summary.p99, Ms(3));
  EXPECT_EQ(summary.p999, Ms(3));
  EXPECT_EQ(Summarize({}).samples, 0u);
}

}  // namespace
}  // namespace exactmean
