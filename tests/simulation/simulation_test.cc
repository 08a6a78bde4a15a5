// The promise under schedules made from seeds; a failure prints the seed, its
// replay in one command, and the smallest schedule that fails so. Fails, too,
// when an event is never met in a phase in which it can be.

#include <cstdint>
#include <iostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulation/configuration.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/runner.h"

namespace exactmean {
namespace {

constexpr uint64_t kSeeds = 14000;  // exactly once
constexpr uint64_t kOthers = 6000;  // at least once, at most once

TEST(SimulationTest, ThePromiseHoldsAndEveryPairOfEventAndPhaseIsMet) {
  Coverage coverage;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    ASSERT_TRUE(RunSeed(seed, Mutation::kNone, &coverage).ok())
        << Explain(seed, Mutation::kNone);
  }
  std::cout << coverage.Table() << "\n";
  EXPECT_THAT(coverage.Missing(), testing::IsEmpty());
  EXPECT_THAT(coverage.Unexpected(), testing::IsEmpty());
}

TEST(SimulationTest, SoDoThePromisesWithoutTransactions) {
  for (uint64_t seed = kPlainSeeds; seed < kPlainSeeds + kOthers; ++seed) {
    ASSERT_TRUE(RunSeed(seed, Mutation::kNone, nullptr).ok())
        << Explain(seed, Mutation::kNone);
  }
}

}  // namespace
}  // namespace exactmean
