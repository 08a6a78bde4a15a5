// Every kind of window, odd keys and values, and every disposition.

#include "tests/golden/cases.h"

#include <utility>

namespace exactmean {
namespace {

using Kind = WindowSpec::Kind;
using Steps = std::vector<GoldenStep>;

constexpr int64_t kMinute = 60'000'000;
constexpr int64_t kNoon = 1'700'000'000'000'000;  // some time of 2023

GoldenStep Apply(int64_t offset, std::string key, double value,
                 int64_t time = kNoon) {
  return {GoldenStep::Kind::kApply,
          offset,
          std::move(key),
          {value, EventTime(time)}};
}
GoldenStep Delete(int64_t offset, std::string key) {
  return {GoldenStep::Kind::kDelete, offset, std::move(key), {}};
}
GoldenStep Skip(int64_t offset) {
  return {GoldenStep::Kind::kSkip, offset, "", {}};
}
GoldenStep Absent(int64_t next) {
  return {GoldenStep::Kind::kAbsent, next, "", {}};
}

WindowSpec Count(const std::string& name, uint32_t size) {
  return {name, Kind::kCount, size, 0, 0, 0, 0};
}
WindowSpec Time(const std::string& name, int64_t length) {
  return {name, Kind::kTimeExact, 0, length, 0, 0, 0};
}
WindowSpec InPanes(const std::string& name, int64_t length,
                   int64_t resolution) {
  return {name, Kind::kTimePanes, 0, length, resolution, 0, 0};
}
WindowSpec Alpha(const std::string& name, double alpha) {
  return {name, Kind::kEwmaRecords, 0, 0, 0, alpha, 0};
}
WindowSpec HalfLife(const std::string& name, int64_t half_life) {
  return {name, Kind::kEwmaHalfLife, 0, 0, 0, 0, half_life};
}
WindowSpec Cumulative(const std::string& name) {
  return {name, Kind::kCumulative, 0, 0, 0, 0, 0};
}

StateSpec Spec(std::vector<WindowSpec> windows) {
  StateSpec spec;
  spec.windows = std::move(windows);
  spec.source = "JSON; value: \"/price\"; time: record timestamp";
  return spec;
}

// Plain numbers, whose averages anybody can tell.
Steps Plain(int64_t offset, int from, int to) {
  Steps steps;
  for (int i = from; i <= to; ++i) {
    steps.push_back(Apply(offset++, "AAPL", i, kNoon + i * kMinute));
  }
  return steps;
}

// Out of order, at one time, and before 1970.
Steps Jumbled(int64_t offset, int64_t time) {
  Steps steps;
  const double values[] = {0.1, -2.5, 1e-3, 7, 1.0 / 3, 1e6};
  const int64_t minutes[] = {0, 9, 9, -3, 61, 40};
  for (int i = 0; i < 6; ++i) {
    steps.push_back(
        Apply(offset++, "late", values[i], time + minutes[i] * kMinute));
    steps.push_back(Apply(offset++, "before 1970", values[5 - i],
                          -minutes[i] * kMinute - 1));
  }
  return steps;
}

GoldenCase OddKeys() {
  const std::string zero("a\0b", 3);
  return {"odd_keys",
          Spec({Count("last2", 2)}),
          0,
          {{Apply(0, "", 1), Apply(1, zero, 2), Apply(2, "\xff\xfe\n\"\\", 3),
            Apply(3, "__exactmean", 4), Apply(4, "__Exactmean/checkpoint", 5),
            Apply(5, "\xc3\xa9", 6), Apply(6, std::string(300, 'k'), 7)},
           {Apply(7, "", 8), Delete(8, zero), Apply(9, "\xff\xfe\n\"\\", 9)}}};
}

GoldenCase OddValues() {
  return {"odd_values",
          Spec({Count("last4", 4), Cumulative("all")}),
          0,
          {{Apply(0, "zeros", -0.0), Apply(1, "zeros", 0.0),
            Apply(2, "tiny", 5e-324), Apply(3, "huge", 1e140),
            Apply(4, "huge", -1e140), Apply(5, "tenth", 0.1)},
           {Apply(6, "zeros", -0.0), Apply(7, "tiny", -2.2e-308),
            Apply(8, "huge", 1e140), Apply(9, "tenth", 0.2)}}};
}

// Late, skipped and absent records, a deleted and an idle key, a start in the
// middle.
GoldenCase Everything() {
  StateSpec spec = Spec(
      {Count("last3", 3), Time("ten_minutes", 10 * kMinute),
       InPanes("hour", 60 * kMinute, kMinute), Alpha("alpha", 0.25),
       HalfLife("half_life", 5 * kMinute), Cumulative("all"), Count("last5", 5),
       Time("hour_exact", 60 * kMinute), HalfLife("long", 600 * kMinute)});
  spec.grace_us = 30 * kMinute;
  spec.idle_key_ttl_us = 120 * kMinute;
  Steps first = Jumbled(100, kNoon);
  first.erase(first.begin() + 11);  // before 1970 is late by now
  first.push_back(Apply(111, "idle", 5, kNoon + 50 * kMinute));
  first.push_back(Apply(112, "deleted", 6, kNoon + 50 * kMinute));
  first.push_back(Skip(113));
  first.push_back(Absent(120));
  Steps second = {Delete(120, "deleted"), Skip(122),
                  Apply(123, "late", 8, kNoon + 200 * kMinute),
                  Apply(124, "idle too", 9, kNoon + 169 * kMinute)};
  return {"everything", spec, 99, {first, second}};
}

}  // namespace

std::vector<GoldenCase> GoldenCases() {
  const Steps jumbled = Jumbled(20, kNoon);
  const Steps more = Jumbled(32, kNoon + 30 * kMinute);
  std::vector<GoldenCase> cases = {
      {"nothing_read_yet", Spec({Count("last3", 3)}), 41, {{}}},
      {"count",
       Spec({Count("last3", 3), Count("last5", 5)}),
       0,
       {Plain(0, 1, 4), Plain(4, 5, 9)}},
      {"time",
       Spec({Time("ten", 10 * kMinute), Time("hour", 60 * kMinute)}),
       0,
       {jumbled, more}},
      {"panes",
       Spec({InPanes("hour", 60 * kMinute, 10 * kMinute)}),
       0,
       {jumbled, more}},
      {"ewma_records",
       Spec({Alpha("quarter", 0.25), Alpha("all", 1)}),
       0,
       {jumbled, more}},
      {"ewma_half_life",
       Spec({HalfLife("five", 5 * kMinute), HalfLife("day", 1440 * kMinute)}),
       0,
       {jumbled, more}},
      {"cumulative", Spec({Cumulative("all")}), 0, {jumbled, more}},
      // Segments: written, some passed by the windows, all of a deleted key.
      {"long_windows",
       Spec({Count("last70", 70), Time("hour", 60 * kMinute)}),
       0,
       {Plain(0, 1, 75),
        Plain(75, 76, 140),
        {Apply(140, "AAPL", 1, kNoon + 500 * kMinute)},
        {Delete(141, "AAPL")}}},
      OddKeys(),
      OddValues(),
      Everything()};
  return cases;
}

StateIdentity GoldenIdentity() { return {"golden-app", "golden.input", 12}; }

ChangeSet FoldCommit(const GoldenCase& golden, size_t i,
                     PartitionState* state) {
  for (const GoldenStep& step : golden.commits[i]) {
    const Offset offset(step.offset);
    switch (step.kind) {
      case GoldenStep::Kind::kApply:
        state->Apply(offset, step.key, step.sample);
        break;
      case GoldenStep::Kind::kDelete:
        state->Delete(offset, step.key);
        break;
      case GoldenStep::Kind::kSkip:
        state->Skip(offset);
        break;
      case GoldenStep::Kind::kAbsent:
        state->PassAbsent(offset);
        continue;
    }
    state->SetAnchor({offset, step.offset * 1000, 0x0123456789ABCDEF});
  }
  ChangeSet changes = state->Changes("golden-app-instance-0");
  state->MarkCommitted();
  return changes;
}

}  // namespace exactmean
