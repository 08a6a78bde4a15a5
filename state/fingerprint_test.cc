// Every field of a StateSpec that changes the state changes the fingerprint.

#include "state/fingerprint.h"

#include <functional>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

StateSpec Base() {
  StateSpec spec;
  spec.source = "number, time of the record";
  spec.windows = {
      {"a", WindowSpec::Kind::kCount, 20, 0, 0, 0, 0},
      {"b", WindowSpec::Kind::kTimePanes, 0, 3600, 60, 0, 0},
      {"c", WindowSpec::Kind::kEwmaRecords, 0, 0, 0, 0.1, 0},
      {"d", WindowSpec::Kind::kEwmaHalfLife, 0, 0, 0, 0, 5},
  };
  return spec;
}

TEST(FingerprintTest, EachRuleCounts) {
  using Change = std::function<void(StateSpec*)>;
  const std::vector<Change> changes = {
      [](StateSpec*) {},
      [](StateSpec* s) { s->source = "json"; },
      [](StateSpec* s) { s->step = "usd"; },
      [](StateSpec* s) { s->grace_us = 0; },
      [](StateSpec* s) { s->idle_key_ttl_us = 0; },
      [](StateSpec* s) { s->windows[0].name = "e"; },
      [](StateSpec* s) { s->windows[0].size = 21; },
      [](StateSpec* s) { s->windows[1].length_us = 7200; },
      [](StateSpec* s) { s->windows[1].resolution_us = 30; },
      [](StateSpec* s) { s->windows[1].kind = WindowSpec::Kind::kTimeExact; },
      [](StateSpec* s) { s->windows[2].alpha = 0.1000000000000001; },
      [](StateSpec* s) { s->windows[3].half_life_us = 6; },
      [](StateSpec* s) { s->windows.pop_back(); },
      [](StateSpec* s) { std::swap(s->windows[0], s->windows[1]); },
  };
  std::set<uint64_t> hashes;
  for (const Change& change : changes) {
    StateSpec spec = Base();
    change(&spec);
    hashes.insert(FingerprintOf(spec).hash);
  }
  EXPECT_EQ(hashes.size(), changes.size());
  EXPECT_EQ(FingerprintOf(Base()).text, FingerprintOf(Base()).text);
}

TEST(FingerprintTest, TheDifferenceNamesTheLines) {
  StateSpec changed = Base();
  changed.windows[0].size = 50;
  EXPECT_EQ(DescribeDifference(FingerprintOf(Base()).text,
                               FingerprintOf(changed).text),
            "  - window a count size=20\n  + window a count size=50");
}

}  // namespace
}  // namespace exactmean
