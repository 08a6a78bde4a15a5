// The short mix: every fault once, some two at a time, on three brokers.

#include <signal.h>
#include <stdlib.h>

#include <atomic>
#include <iostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/chaos_run.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

std::atomic<bool> the_stop{false};

// Another order of faults on another day, the same when a failure is repeated:
// the report prints it, and EXACTMEAN_CHAOS_SEED sets it.
uint64_t Seed() {
  const char* given = getenv("EXACTMEAN_CHAOS_SEED");
  return given == nullptr ? 20150131 : strtoull(given, nullptr, 10);
}

ChaosOptions TestOptions() {
  ChaosOptions options;
  options.seed = Seed();
  options.binary = "processor/exactmean";
  const char* outputs = getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  options.dir = outputs != nullptr ? outputs : testing::TempDir();
  options.stop = &the_stop;
  return options;
}

TEST(ChaosTest, EveryFaultOnce) {
  const auto run = ChaosRun::Create(TestOptions());
  ASSERT_THAT(run, IsOk());
  const auto report = (*run)->Run();
  ASSERT_THAT(report, IsOk());
  std::cout << report->ToString();
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->faults.size(), AllFaults().size());
}

TEST(ChaosTest, UnknownFaultsAreNamed) {
  ChaosOptions options = TestOptions();
  options.faults = {"scale", "earthquake", "flood"};
  EXPECT_THAT(ChaosRun::Create(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("earthquake, flood")));
}

}  // namespace
}  // namespace exactmean
