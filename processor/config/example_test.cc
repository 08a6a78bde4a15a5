// The example configuration loads, and decodes the demo's records.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"
#include "processor/decoder/decoder.h"
#include "processor/log.h"
#include "state/spec.h"
#include "state/types.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ExampleTest, LoadsAndDecodes) {
  ConfigArgs args;
  args.path = "tools/demo/stocks.textproto";
  args.bootstrap_servers = "localhost:9092";
  args.instance_id = "demo";
  const absl::StatusOr<Settings> settings = LoadSettings(args);
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->input_topic, "stocks");
  EXPECT_EQ(settings->results_topic, "stocks-averages");
  std::vector<std::string> names;
  for (const WindowSpec& window : settings->state.windows) {
    names.push_back(window.name);
  }
  EXPECT_THAT(names, ElementsAre("sma20", "sma50", "ewma20", "all", "month"));
  LogRecord record;
  record.value = R"({"ticker":"AAPL","date":"2000-03-01","close":130.31,)"
                 R"("adj_close":4.18,"volume":9616100})";
  const absl::StatusOr<Sample> sample =
      MakeDecoder(settings->source)->Decode(record);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->value, 4.18);
  EXPECT_EQ(sample->time, EventTime(951868800000000));
}

TEST(ExampleTest, WithoutKafkaItNeedsNoBrokers) {
  ConfigArgs args;
  args.path = "tools/demo/stocks.textproto";
  args.instance_id = "demo";
  EXPECT_THAT(LoadSettings(args),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("kafka.bootstrap_servers: required")));
  args.with_kafka = false;
  args.overrides = {"kafka { property { key: \"x\" value: \"${env:NONE}\" } }"};
  const absl::StatusOr<Settings> settings = LoadSettings(args);
  ASSERT_THAT(settings, IsOk());
  EXPECT_TRUE(settings->properties.empty());
}

}  // namespace
}  // namespace exactmean
