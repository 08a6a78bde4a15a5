// Each kind of window against what pandas computes and against its definition,
// and the way through a snapshot and back.

#include "state/key_windows.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr int64_t kMinute = 60'000'000;
constexpr int64_t kHour = 60 * kMinute;

WindowSpec Count(uint32_t size) {
  WindowSpec w;
  w.kind = WindowSpec::Kind::kCount;
  w.size = size;
  return w;
}
WindowSpec Time(int64_t length_us) {
  WindowSpec w;
  w.kind = WindowSpec::Kind::kTimeExact;
  w.length_us = length_us;
  return w;
}
WindowSpec InPanes(int64_t length_us, int64_t resolution_us) {
  WindowSpec w = Time(length_us);
  w.kind = WindowSpec::Kind::kTimePanes;
  w.resolution_us = resolution_us;
  return w;
}
WindowSpec Alpha(double alpha) {
  WindowSpec w;
  w.kind = WindowSpec::Kind::kEwmaRecords;
  w.alpha = alpha;
  return w;
}
WindowSpec HalfLife(int64_t us) {
  WindowSpec w;
  w.kind = WindowSpec::Kind::kEwmaHalfLife;
  w.half_life_us = us;
  return w;
}
WindowSpec Cumulative() {
  WindowSpec w;
  w.kind = WindowSpec::Kind::kCumulative;
  return w;
}

WindowLayout Layout(std::vector<WindowSpec> windows) {
  StateSpec spec;
  spec.windows = std::move(windows);
  return WindowLayout(spec);
}

std::vector<Average> AveragesOf(const KeyWindows& windows,
                                const WindowLayout& layout) {
  std::vector<Average> averages(layout.windows.size());
  windows.ToAverages(layout, absl::MakeSpan(averages));
  return averages;
}

using Row = std::map<std::string, double>;

std::vector<Row> PandasRows() {
  std::ifstream file("tests/golden/pandas_windows.csv");
  std::string line;
  std::getline(file, line);  // the version of pandas
  std::getline(file, line);
  const std::vector<std::string> names = absl::StrSplit(line, ',');
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    Row row;
    for (size_t i = 0; i < names.size(); ++i) {
      EXPECT_TRUE(absl::SimpleAtod(fields.at(i), &row[names[i]]));
    }
    rows.push_back(row);
  }
  return rows;
}

void ExpectLikePandas(const Average& got, const Row& row,
                      const std::string& window) {
  const double mean = row.at(window + "_mean");
  EXPECT_NEAR(got.average, mean, 1e-12 * std::fabs(mean)) << window;
  EXPECT_EQ(got.count, row.at(window + "_n")) << window;
  EXPECT_EQ(got.min, row.at(window + "_min")) << window;
  EXPECT_EQ(got.max, row.at(window + "_max")) << window;
  EXPECT_NEAR(got.stddev, row.at(window + "_std"), 1e-7) << window;
}

TEST(KeyWindowsTest, AgreesWithPandas) {
  const WindowLayout layout =
      Layout({Count(7), Time(kHour), Cumulative(), Alpha(0.2), Alpha(2.0 / 10),
              HalfLife(20 * kMinute)});
  const std::vector<Row> rows = PandasRows();
  ASSERT_EQ(rows.size(), 200u);
  KeyWindows windows;
  for (const Row& row : rows) {
    windows.Add(layout, {row.at("value"),
                         EventTime(static_cast<int64_t>(row.at("time_us")))});
    const std::vector<Average> got = AveragesOf(windows, layout);
    ExpectLikePandas(got[0], row, "count");
    ExpectLikePandas(got[1], row, "time");
    ExpectLikePandas(got[2], row, "all");
    EXPECT_NEAR(got[3].average, row.at("ewm_alpha"), 1e-11);
    EXPECT_NEAR(got[4].average, row.at("ewm_span"), 1e-11);
    EXPECT_NEAR(got[5].average, row.at("ewm_halflife"), 1e-11);
  }
}

// The definition, from all samples: those within (newest - length, newest].
Average FromAll(const std::vector<Sample>& samples, int64_t length_us) {
  int64_t newest = samples[0].time.value();
  for (const Sample& s : samples) newest = std::max(newest, s.time.value());
  long double sum = 0;
  Average result;
  for (const Sample& s : samples) {
    if (s.time.value() <= newest - length_us) continue;
    sum += s.value;
    ++result.count;
  }
  result.average = static_cast<double>(sum / result.count);
  return result;
}

TEST(KeyWindowsTest, TimeWindowsTakeRecordsOutOfOrder) {
  const WindowLayout layout =
      Layout({Time(kHour), Time(10 * kMinute), InPanes(kHour, kMinute)});
  std::mt19937_64 random(3);
  KeyWindows windows;
  std::vector<Sample> all;
  for (int i = 0; i < 3000; ++i) {
    // Forward half a minute a record, give or take an hour.
    const int64_t time =
        i * kMinute / 2 + static_cast<int64_t>(random() % (2 * kHour)) - kHour;
    all.push_back({static_cast<double>(random() % 1000), EventTime(time)});
    windows.Add(layout, all.back());
    const std::vector<Average> got = AveragesOf(windows, layout);
    for (int w = 0; w < 2; ++w) {
      const Average want = FromAll(all, layout.windows[w].length_us);
      ASSERT_EQ(got[w].count, want.count) << "record " << i;
      ASSERT_NEAR(got[w].average, want.average, 1e-9 * want.average);
    }
    // Panes: the same window, its edge on the next whole minute.
    std::vector<Sample> whole = all;
    for (Sample& s : whole) {
      const int64_t t = s.time.value();
      s.time = EventTime(
          (t >= 0 ? t / kMinute : -((-t + kMinute - 1) / kMinute)) * kMinute);
    }
    const Average want = FromAll(whole, kHour);
    ASSERT_EQ(got[2].count, want.count) << "record " << i;
    ASSERT_NEAR(got[2].average, want.average, 1e-9 * want.average);
  }
}

TEST(KeyWindowsTest, AHalfLifeDoesNotMindTheOrder) {
  const WindowLayout layout = Layout({HalfLife(kMinute)});
  std::vector<Sample> samples;
  for (int i = 0; i < 50; ++i) {
    samples.push_back({i * 1.5, EventTime(i * kMinute / 7)});
  }
  KeyWindows forward, shuffled;
  for (const Sample& s : samples) forward.Add(layout, s);
  std::shuffle(samples.begin(), samples.end(), std::mt19937_64(1));
  for (const Sample& s : samples) shuffled.Add(layout, s);
  EXPECT_NEAR(AveragesOf(forward, layout)[0].average,
              AveragesOf(shuffled, layout)[0].average, 1e-12);
}

TEST(KeyWindowsTest, TimesAtTheEndsOfTheirRange) {
  const WindowLayout layout =
      Layout({Time(kHour), InPanes(kHour, kMinute), HalfLife(kHour)});
  const EventTime far(int64_t{1} << 60);
  KeyWindows windows;
  windows.Add(layout, {1, EventTime(-far.value())});
  windows.Add(layout, {2, far});
  windows.Add(layout, {3, EventTime(-far.value())});
  for (const Average& average : AveragesOf(windows, layout)) {
    EXPECT_EQ(average.average, 2);
  }
  EXPECT_FALSE(IsAdmissible(Sample{1, EventTime(far.value() + 1)}));
  EXPECT_FALSE(IsAdmissible(Sample{1, EventTime(-far.value() - 1)}));
}

std::string Bytes(const KeyWindows& windows, const WindowLayout& layout) {
  results::Snapshot snapshot;
  windows.ToProto(layout, &snapshot);
  return EncodeResult(snapshot);
}

TEST(KeyWindowsTest, GoesOnBitForBitAfterASnapshot) {
  const WindowLayout layout =
      Layout({Count(5), Count(13), Time(kHour), InPanes(kHour, kMinute),
              Alpha(0.3), HalfLife(kMinute), Cumulative()});
  std::mt19937_64 random(11);
  KeyWindows straight, interrupted;
  for (int i = 0; i < 500; ++i) {
    const Sample sample{
        static_cast<double>(random()) / 7,
        EventTime(i * kMinute + static_cast<int64_t>(random() % kHour))};
    straight.Add(layout, sample);
    interrupted.Add(layout, sample);
    results::Snapshot snapshot;
    interrupted.ToProto(layout, &snapshot);
    ASSERT_THAT(interrupted.FromProto(layout, snapshot), IsOk());
    ASSERT_EQ(Bytes(straight, layout), Bytes(interrupted, layout)) << i;
    ASSERT_EQ(AveragesOf(straight, layout), AveragesOf(interrupted, layout));
  }
}

}  // namespace
}  // namespace exactmean
