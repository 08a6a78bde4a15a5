// The shipped exactmean-sink through TLS and passwords, with no right but to
// read the results.

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/secure_broker.h"
#include "tests/sink/sink_run.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using On = TestAcl::On;

class SinkSecurityTest : public ::testing::Test {
 protected:
  SinkSecurityTest() {
    SecureKafka();
    pipeline_ = std::make_unique<BrokerPipeline>("secured", 1);
    EXPECT_THAT(pipeline_->client().SetScramPassword(kUser, kPassword), IsOk());
    EXPECT_THAT(pipeline_->Produce(100), IsOk());
    const auto processor = pipeline_->Start("a");
    EXPECT_THAT(processor, IsOk());
    EXPECT_THAT(pipeline_->AwaitDrained(), IsOk());
    EXPECT_THAT((*processor)->Terminate(), IsOk());
  }

  SinkResult Run(const Environment& env) {
    return RunSink(
        {"--config=" + pipeline_->config_path(),
         "--config_override=" + KafkaConfig(TlsProperties()),
         "--bootstrap_servers=" + SecureKafka().bootstrap_servers("TLS"),
         "--database=" + database_->address, "--table=" + database_->table,
         "--create_table", "--once"},
        env);
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
  const std::unique_ptr<TestDatabase> database_ =
      MakeTestDatabase(DatabaseKind::kSqlite);
};

TEST_F(SinkSecurityTest, ReadsWithTheRightToReadAlone) {
  const SinkResult denied = Run({});
  EXPECT_EQ(denied.code, 2) << denied.log;
  EXPECT_THAT(denied.log, HasSubstr(pipeline_->results()));
  ASSERT_THAT(pipeline_->client().SetAcls(
                  kPrincipal, {{On::kTopic, pipeline_->results(), "READ"}}),
              IsOk());
  const SinkResult wrong = Run({{kPasswordVariable, kWrongPassword}});
  EXPECT_EQ(wrong.code, 2) << wrong.log;
  EXPECT_THAT(wrong.log, Not(HasSubstr(kWrongPassword)));
  const SinkResult result = Run({});
  EXPECT_EQ(result.code, 0) << result.log;
  EXPECT_THAT(result.log, HasSubstr("delete.retention.ms"));
  EXPECT_THAT(result.log, Not(HasSubstr(kPassword)));
  EXPECT_EQ(database_->Rows(), ExpectedRows(*pipeline_));
}

}  // namespace
}  // namespace exactmean
