// A failure is made small, and told so that it can be replayed.

#include "tests/simulation/runner.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

int64_t CountOf(const Schedule& schedule, int64_t a) {
  int64_t count = 0;
  for (const Event& event : schedule) count += event.a == a ? 1 : 0;
  return count;
}

TEST(ShrinkTest, WhatIsLeftIsNeeded) {
  Schedule schedule;
  for (int64_t i = 0; i < 100; ++i) {
    schedule.push_back({EventKind::kAdvance, 0, i});
  }
  const Schedule smallest = Shrink(schedule, [](const Schedule& s) {
    return CountOf(s, 3) + CountOf(s, 50) + CountOf(s, 99) == 3;
  });
  ASSERT_EQ(smallest.size(), 3u);
  EXPECT_EQ(smallest[0].a, 3);
  EXPECT_EQ(smallest[1].a, 50);
  EXPECT_EQ(smallest[2].a, 99);
}

TEST(ShrinkTest, NothingMayBeEnough) {
  const Schedule schedule(10);
  EXPECT_TRUE(Shrink(schedule, [](const Schedule&) { return true; }).empty());
}

TEST(RunnerTest, AFailureNamesItsReplayAndItsPath) {
  const std::string text = Explain(1, Mutation::kOffsetOneShort);
  EXPECT_THAT(
      text, AllOf(HasSubstr("simulate -- --seed=1 --mutation=offset-one-short"),
                  HasSubstr("events, which are enough to fail"),
                  HasSubstr("Transaction::AddOffsets -> OK"),
                  HasSubstr("** INTERNAL: partition")));
  EXPECT_EQ(text, Explain(1, Mutation::kOffsetOneShort));
}

TEST(RunnerTest, ASeedMakesTheSameRunEachTime) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const std::string text = Explain(seed, Mutation::kNone);
    EXPECT_THAT(text, Not(HasSubstr("**")));
    EXPECT_EQ(text, Explain(seed, Mutation::kNone));
  }
}

TEST(RunnerTest, EveryMutationHasAName) {
  for (int i = 0; i < kMutations; ++i) {
    const auto mutation = static_cast<Mutation>(i);
    EXPECT_EQ(MutationOf(MutationName(mutation)), mutation);
  }
  EXPECT_EQ(MutationOf("nothing-of-the-kind"), absl::nullopt);
}

}  // namespace
}  // namespace exactmean
