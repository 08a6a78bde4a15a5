// BatchForecast.

#include "processor/kafka/batch_forecast.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

constexpr Destination kTo = Destination::kResults;

int FullBatches(int records, size_t bytes) {
  BatchForecast forecast(1000000);
  for (int i = 0; i < records; ++i) forecast.Add(kTo, Partition(0), bytes);
  return forecast.FullBatches();
}

TEST(BatchForecastTest, WhatDoesNotFillABatchWaits) {
  EXPECT_EQ(FullBatches(0, 100), 0);
  EXPECT_EQ(FullBatches(9999, 100), 0);
}

TEST(BatchForecastTest, AFullBatchGoesByItself) {
  EXPECT_EQ(FullBatches(10000, 100), 1);
  EXPECT_EQ(FullBatches(18000, 100), 1);
}

// Of 100 bytes and 9 around them, 9174 fit into a batch: two leave 10652, which
// fill another; of large records, what is around them does not matter.
TEST(BatchForecastTest, CountsWhatIsAroundARecord) {
  EXPECT_EQ(FullBatches(29000, 100), 3);
  EXPECT_EQ(FullBatches(290, 10000), 2);
}

TEST(BatchForecastTest, EachPartitionHasItsOwn) {
  BatchForecast forecast(1000000);
  forecast.Add(kTo, Partition(0), 900000);
  forecast.Add(kTo, Partition(1), 900000);
  forecast.Add(Destination::kUpdates, Partition(0), 900000);
  EXPECT_EQ(forecast.FullBatches(), 0);
  forecast.Add(kTo, Partition(1), 900000);
  EXPECT_EQ(forecast.FullBatches(), 1);
}

}  // namespace
}  // namespace exactmean
