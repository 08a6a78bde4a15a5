// The simulation can fail: each deliberate fault is caught within a stated
// number of seeds.

#include "tests/simulation/mutation.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "tests/simulation/configuration.h"
#include "tests/simulation/runner.h"

namespace exactmean {
namespace {

constexpr uint64_t kWithin = 1000;

TEST(MutationTest, EachIsCaught) {
  std::string table;
  for (int i = 1; i < kMutations; ++i) {
    const auto mutation = static_cast<Mutation>(i);
    const uint64_t before = IsPlain(mutation) ? kPlainSeeds : 0;
    uint64_t seed = before + 1;
    absl::Status status;
    for (; seed <= before + kWithin && status.ok(); ++seed) {
      status = RunSeed(seed, mutation, nullptr);
    }
    EXPECT_FALSE(status.ok()) << MutationName(mutation) << " is not caught";
    absl::StrAppendFormat(&table, "%-40s %5s  %s\n", MutationName(mutation),
                          status.ok() ? "never" : absl::StrCat(seed - 1),
                          std::string(status.message()).substr(0, 90));
  }
  std::cout << "deliberate fault, caught at seed, as\n" << table;
}

}  // namespace
}  // namespace exactmean
