// The example's configuration is one that loads, and that the step accepts.

#include "examples/currency/currency_step.h"
#include "gtest/gtest.h"
#include "processor/config/load_config.h"
#include "processor/step.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

TEST(ExampleConfigTest, Loads) {
  ConfigArgs args;
  args.path = "examples/currency/prices.textproto";
  args.instance_id = "test";
  const auto settings = LoadSettings(args);
  ASSERT_THAT(settings, IsOk());
  const auto step = MakeStep(settings->step, {{"currency", CurrencySteps()}});
  ASSERT_THAT(step, IsOk());
  EXPECT_NE(*step, nullptr);
}

}  // namespace
}  // namespace exactmean
