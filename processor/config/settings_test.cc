// Tests of what the log says of the settings.

#include "processor/config/settings.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DescribeSettingsTest, NamesWhatMatters) {
  Settings settings;
  settings.application_id = "averages";
  settings.instance_id = "host-1";
  settings.bootstrap_servers = "broker:9092";
  settings.input_topic = "prices";
  settings.results_topic = "averages";
  settings.state.source = "number; time: record timestamp";
  settings.state.windows.emplace_back();
  settings.state.windows.back().name = "sma20";
  settings.state.windows.back().size = 20;
  settings.properties["security.protocol"] = "SSL";
  const std::string text = DescribeSettings(settings);
  for (const char* line :
       {"\n  application_id: averages\n", "\n  instance_id: host-1\n",
        "\n  kafka.bootstrap_servers: broker:9092\n",
        "\n  kafka.property security.protocol: SSL\n",
        "\n  kafka.unreachable_deadline: 1m\n", "\n  input.topic: prices\n",
        "\n  input.start: earliest\n", "\n  results.topic: averages\n",
        "\n  updates.topic: (none)\n", "\n  on_bad_record: STOP\n",
        "\n  commit.interval: 100ms\n", "\n  commit.max_records: 200000\n",
        "\n  commit.transaction_timeout: 15s\n", "\n  workers: 1\n",
        "\n  group.membership: STATIC\n", "\n  group.assignor: RANGE\n",
        "\n  group.session_timeout: 10s\n",
        "\n    source number; time: record timestamp\n",
        "\n    window sma20 count size=20"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(DescribeSettingsTest, HidesSecrets) {
  Settings settings;
  for (const char* name :
       {"sasl.password", "SSL.Key.Password", "ssl.key.pem", "sasl.username",
        "sasl.jaas.config", "my.client.secret", "some.access_token",
        "a.credentials", "sasl.oauthbearer.config"}) {
    settings.properties[name] = "hunter2";
  }
  settings.properties["client.rack"] = "hunter2";
  settings.from_environment.insert("client.rack");
  const std::string text = DescribeSettings(settings);
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, HasSubstr("kafka.property client.rack: (hidden)\n"));
  EXPECT_THAT(text, HasSubstr("kafka.property sasl.password: (hidden)\n"));
}

TEST(DescribeSettingsTest, ForgesNoLines) {
  Settings settings;
  settings.properties["a\nb"] = "c\nworkers: 9";
  EXPECT_THAT(DescribeSettings(settings),
              HasSubstr("\n  kafka.property a\\nb: c\\nworkers: 9\n"));
}

}  // namespace
}  // namespace exactmean
