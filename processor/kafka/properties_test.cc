// What users may not set, and that nothing they set replaces a guarantee.

#include "processor/kafka/properties.h"

#include <algorithm>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// The last one counts.
std::string ValueOf(const Properties& properties, const std::string& name) {
  std::string value;
  for (const auto& [n, v] : properties) {
    if (n == name) value = v;
  }
  return value;
}

KafkaOptions Options() {
  KafkaOptions options;
  options.bootstrap_servers = "127.0.0.1:1";
  options.application_id = "app";
  options.instance_id = "i0";
  options.transactional_id = "app-i0-0";
  return options;
}

TEST(PropertiesTest, RefusedByNameWithTheReason) {
  for (const std::string name :
       {"isolation.level", "enable.idempotence", "transactional.id", "group.id",
        "enable.auto.commit", "auto.offset.reset", "acks",
        "plugin.library.paths", "test.mock.num.brokers"}) {
    EXPECT_THAT(CheckUserProperties({{name, "x"}}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(name), HasSubstr("may not be set"))));
  }
}

TEST(PropertiesTest, AllProblemsAtOnce) {
  EXPECT_THAT(CheckUserProperties({{"acks", "1"}, {"no.such", "x"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"acks\""), HasSubstr("no.such"))));
}

TEST(PropertiesTest, OthersPassThroughAndReplaceTuningAlone) {
  KafkaOptions options = Options();
  options.properties = {{"linger.ms", "1"}, {"security.protocol", "plaintext"}};
  EXPECT_THAT(CheckUserProperties(options.properties), IsOk());
  EXPECT_EQ(ValueOf(ProducerProperties(options), "linger.ms"), "1");
  EXPECT_EQ(ValueOf(InputProperties(options), "security.protocol"),
            "plaintext");
  // Even if the check were forgotten.
  options.properties = {{"isolation.level", "read_uncommitted"}, {"acks", "0"}};
  EXPECT_EQ(ValueOf(InputProperties(options), "isolation.level"),
            "read_committed");
  EXPECT_EQ(ValueOf(ReaderProperties(options), "isolation.level"),
            "read_committed");
  EXPECT_EQ(ValueOf(ProducerProperties(options), "acks"), "all");
}

TEST(PropertiesTest, EachClientCanBeMade) {
  for (const Properties& properties :
       {InputProperties(Options()), ReaderProperties(Options()),
        EndsProperties(Options())}) {
    EXPECT_THAT(MakeClient(RD_KAFKA_CONSUMER, properties), IsOk());
  }
  EXPECT_THAT(MakeClient(RD_KAFKA_PRODUCER, ProducerProperties(Options())),
              IsOk());
}

TEST(PropertiesTest, ShortTransactionTimeoutsMakeAProducer) {
  KafkaOptions options = Options();
  options.transaction_timeout = absl::Seconds(2);
  EXPECT_THAT(MakeClient(RD_KAFKA_PRODUCER, ProducerProperties(options)),
              IsOk());
}

}  // namespace
}  // namespace exactmean
