// Every fault comes, only what goes together comes together, and a seed
// repeats.

#include "tests/chaos/schedule.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

FaultGroup All() {
  FaultGroup all;
  for (const FaultKind& kind : AllFaults()) all.push_back(&kind);
  return all;
}

void ExpectGoesTogether(const FaultGroup& group) {
  ASSERT_GE(group.size(), 1u);
  ASSERT_LE(group.size(), 2u);
  if (group.size() == 1) return;
  EXPECT_NE(group[0]->scope, group[1]->scope) << NameOf(group);
  for (const FaultKind* kind : group) {
    EXPECT_NE(kind->scope, FaultScope::kAlone) << NameOf(group);
  }
}

TEST(ScheduleTest, ATourHasEveryFaultOnceAndSomePairs) {
  size_t pairs = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random(seed);
    std::multiset<std::string> names;
    for (const FaultGroup& group : Tour(All(), &random)) {
      ExpectGoesTogether(group);
      pairs += group.size() - 1;
      for (const FaultKind* kind : group) names.insert(kind->name);
      if (group.size() == 2) {
        EXPECT_NE(group[1]->scope, FaultScope::kInstance);
      }
    }
    EXPECT_EQ(names.size(), AllFaults().size());
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
              AllFaults().size());
  }
  EXPECT_GT(pairs, 50u);
}

TEST(ScheduleTest, RandomGroupsGoTogetherAndRepeat) {
  std::mt19937_64 random(7);
  std::mt19937_64 again(7);
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const FaultGroup group = RandomGroup(All(), &random);
    ExpectGoesTogether(group);
    EXPECT_EQ(NameOf(group), NameOf(RandomGroup(All(), &again)));
    EXPECT_FALSE(group[0]->scope == FaultScope::kNetwork &&
                 group.back()->scope == FaultScope::kInstance)
        << NameOf(group);
    for (const FaultKind* kind : group) seen.insert(kind->name);
  }
  EXPECT_EQ(seen.size(), AllFaults().size());
}

}  // namespace
}  // namespace exactmean
