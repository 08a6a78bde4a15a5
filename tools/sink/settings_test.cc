// Command lines that are refused, and why.

#include "tools/sink/settings.h"

#include <atomic>
#include <string>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"

ABSL_DECLARE_FLAG(std::string, bootstrap_servers);
ABSL_DECLARE_FLAG(std::string, config_override);
ABSL_DECLARE_FLAG(std::string, database);
ABSL_DECLARE_FLAG(std::string, results_topic);

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() {
    absl::SetFlag(&FLAGS_bootstrap_servers, "kafka1:9092");
    absl::SetFlag(&FLAGS_results_topic, "out");
    absl::SetFlag(&FLAGS_database, "sqlite:never.db");
  }
  void ExpectRefused(const std::string& says) {
    const auto settings = SinkSettingsFromFlags(&stop_);
    ASSERT_FALSE(settings.ok());
    EXPECT_EQ(ReasonOf(settings.status()), StopReason::kConfig);
    EXPECT_THAT(std::string(settings.status().message()), HasSubstr(says));
  }

  const absl::FlagSaver saver_;
  std::atomic<bool> stop_{false};
};

TEST_F(SettingsTest, BrokersAndTopicAreEnough) {
  const auto settings = SinkSettingsFromFlags(&stop_);
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->kafka.bootstrap_servers, "kafka1:9092");
  EXPECT_EQ(settings->kafka.application_id, "exactmean-sink");
  EXPECT_EQ(settings->sink.topic, "out");
}

TEST_F(SettingsTest, WhichTopic) {
  absl::SetFlag(&FLAGS_results_topic, "");
  ExpectRefused("which topic? Give --config=FILE");
}

TEST_F(SettingsTest, AnOverrideOfNoFile) {
  absl::SetFlag(&FLAGS_config_override, "results { topic: \"other\" }");
  ExpectRefused("--config_override changes what --config=FILE says");
}

}  // namespace
}  // namespace exactmean
