// What is read from a snapshot is refused when no samples can have led to it.

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/key_windows.h"
#include "state/spec.h"
#include "state/types.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMinute = 60'000'000;
constexpr int64_t kHour = 60 * kMinute;

WindowSpec Window(WindowSpec::Kind kind) {
  WindowSpec window;
  window.kind = kind;
  window.size = 2;
  window.length_us = kHour;
  window.resolution_us = kMinute;
  window.alpha = 0.5;
  window.half_life_us = kMinute;
  return window;
}

WindowLayout Layout(const std::vector<WindowSpec::Kind>& kinds) {
  StateSpec spec;
  for (const WindowSpec::Kind kind : kinds) {
    spec.windows.push_back(Window(kind));
  }
  return WindowLayout(spec);
}

TEST(KeyWindowsProtoTest, RefusesWhatItCannotHaveWritten) {
  const WindowLayout layout =
      Layout({WindowSpec::Kind::kCount, WindowSpec::Kind::kTimeExact,
              WindowSpec::Kind::kEwmaRecords});
  KeyWindows windows;
  windows.Add(layout, {1, EventTime(5)});
  results::Snapshot good;
  windows.ToProto(layout, &good);
  const auto expect_corrupt = [&](const results::Snapshot& bad,
                                  const std::string& why) {
    EXPECT_THAT(KeyWindows().FromProto(layout, bad),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(why)));
  };
  results::Snapshot bad = good;
  bad.mutable_samples()->add_values(1);
  bad.mutable_samples()->add_values(1);
  expect_corrupt(bad, "more samples");
  bad = good;
  bad.mutable_samples()->set_values(0, std::nan(""));
  expect_corrupt(bad, "out of range");
  bad = good;
  bad.set_segments(10);
  expect_corrupt(bad, "segments");
  bad = good;
  bad.mutable_timed()->add_values(1);
  expect_corrupt(bad, "differ in number");
  bad = good;
  bad.mutable_timed()->add_values(1);
  bad.mutable_timed()->add_time_deltas(-1);
  expect_corrupt(bad, "backwards");
  bad = good;
  bad.mutable_decayed(0)->set_weight(0);
  expect_corrupt(bad, "ewma");
  bad = good;
  bad.add_panes();
  expect_corrupt(bad, "not those of the configuration");
}

TEST(KeyWindowsProtoTest, RefusesWhatNoSamplesCanLeaveBehind) {
  const WindowLayout layout =
      Layout({WindowSpec::Kind::kTimeExact, WindowSpec::Kind::kTimePanes,
              WindowSpec::Kind::kEwmaHalfLife, WindowSpec::Kind::kCumulative});
  KeyWindows windows;
  windows.Add(layout, {1, EventTime(kHour)});
  windows.Add(layout, {2, EventTime(kHour + kMinute)});
  results::Snapshot good;
  windows.ToProto(layout, &good);
  const auto refuse = [&](auto change, const std::string& why) {
    results::Snapshot bad = good;
    change(&bad);
    EXPECT_THAT(KeyWindows().FromProto(layout, bad),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(why)));
  };
  const uint64_t many = uint64_t{1} << 63;
  refuse([](auto* s) { s->mutable_samples(); }, "not those");
  refuse([](auto* s) { s->mutable_timed()->Clear(); }, "without a sample");
  refuse([](auto* s) { s->mutable_timed()->set_time_deltas(1, kHour); },
         "older than its time window");
  refuse([](auto* s) { s->mutable_panes(0)->Clear(); }, "without a pane");
  refuse([](auto* s) { s->mutable_panes(0)->set_index_deltas(1, 60); },
         "older than its time window");
  refuse(
      [&](auto* s) {
        for (int i : {0, 1}) {
          s->mutable_panes(0)->mutable_moments(i)->set_count(many / 2);
        }
      },
      "pane out of range");
  refuse([](auto* s) { s->mutable_decayed(0)->set_weight(1e-300); }, "ewma");
  refuse([](auto* s) { s->mutable_decayed(0)->set_weighted_sum(1e300); },
         "ewma");
  refuse(
      [](auto* s) {
        s->mutable_decayed(0)->set_time(std::numeric_limits<int64_t>::min());
      },
      "ewma");
  refuse([&](auto* s) { s->mutable_decayed(0)->set_count(many); }, "ewma");
  refuse([&](auto* s) { s->mutable_cumulative()->set_count(many); },
         "cumulative");
  refuse([](auto* s) { s->mutable_cumulative()->set_sum(1e200); },
         "cumulative");
  refuse([](auto* s) { s->mutable_cumulative()->set_compensation(1e200); },
         "cumulative");
  refuse([](auto* s) { s->mutable_cumulative()->set_min(3); }, "cumulative");
  refuse(
      [](auto* s) { s->mutable_cumulative()->set_squared_deviations(1e300); },
      "cumulative");
}

}  // namespace
}  // namespace exactmean
