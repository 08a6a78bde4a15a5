// The bare loop's own parts: records to values, windows to bytes and back.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/benchmark/bare_loop/event.h"
#include "tests/benchmark/bare_loop/key_table.h"
#include "tests/benchmark/bare_loop/window.h"
#include "tests/benchmark/workload.h"

namespace exactmean {
namespace {

TEST(EventTest, ReadsWhatTheWorkloadWrites) {
  WorkloadGenerator generator(WorkloadOptions{});
  const ValueWriter values(WorkloadOptions{});
  for (int i = 0; i < 1000; ++i) {
    const SensorEvent event = generator.Next();
    std::string text;
    values.Append(event, &text);
    double value = 0;
    int64_t time = 0;
    ASSERT_TRUE(ParseEvent(text, &value, &time)) << text;
    const double scale = event.decimals == 2   ? 100
                         : event.decimals == 3 ? 1000
                                               : 10000;
    EXPECT_EQ(value, static_cast<double>(event.units) / scale);
    EXPECT_EQ(time, event.time_ms);
  }
}

TEST(EventTest, RefusesOtherShapes) {
  double value = 0;
  int64_t time = 0;
  for (const char* text : {"", "{}", "{\"value\":", "{\"value\": 1, \"ts\": 2",
                           "{\"other\": 1, \"ts\": 2}"}) {
    EXPECT_FALSE(ParseEvent(text, &value, &time)) << text;
  }
}

TEST(WindowTest, KeepsTheLastTenThroughItsBytes) {
  Window window;
  for (int i = 1; i <= 13; ++i) window.Add(i, 100 + i);
  EXPECT_EQ(window.Average(), 8.5);  // 4 to 13
  char bytes[Window::kMaxBytes];
  ASSERT_EQ(window.Encode(bytes), 112u);
  Window back;
  ASSERT_TRUE(back.Decode({bytes, 112}));
  back.Add(14, 114);
  EXPECT_EQ(back.count, 14u);
  EXPECT_EQ(back.Average(), 9.5);
  EXPECT_FALSE(back.Decode({bytes, 111}));
  bytes[24] = 11;
  EXPECT_FALSE(back.Decode({bytes, 112}));
}

TEST(KeyTableTest, FindsEveryKeyAfterGrowth) {
  KeyTable table;
  std::vector<KeyTable::Entry*> entries;
  for (int i = 0; i < 200'000; ++i) {
    entries.push_back(table.Get(SensorKey(i)));
  }
  EXPECT_EQ(table.size(), 200'000u);
  for (int i = 0; i < 200'000; ++i) {
    ASSERT_EQ(table.Get(SensorKey(i)), entries[i]);
  }
  EXPECT_EQ(table.size(), 200'000u);
}

}  // namespace
}  // namespace exactmean
