// The promise under schedules made from seeds; a failure prints the seed, its
// replay in one command, and the smallest schedule that fails so. Fails, too,
// when an event is never met in a phase in which it can be.

#include <cstdint>
#include <iostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/runner.h"

namespace exactmean {
namespace {

// A third of them of modes without transactions.
constexpr uint64_t kSeeds = 18000;

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

}  // namespace
}  // namespace exactmean
