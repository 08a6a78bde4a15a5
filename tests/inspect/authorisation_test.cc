// What a user who is allowed little gets to see.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/secure_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using On = TestAcl::On;

class InspectAuthorisationTest : public ::testing::Test {
 protected:
  // The state of one key, made by somebody who may do everything.
  void Open(const std::string& name) {
    SecureKafka();
    pipeline_ = std::make_unique<BrokerPipeline>(name, 1);
    ASSERT_THAT(pipeline_->ProduceOne(Partition(0), "IBM", "20.5"), IsOk());
    const auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline_->AwaitDrained(), IsOk());
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }

  absl::Status Allow(const std::vector<TestAcl>& acls) {
    return pipeline_->client().SetAcls(kPrincipal, acls);
  }

  // As that user.
  InspectResult Run(std::vector<std::string> words) {
    words.push_back("--config=" + pipeline_->config_path());
    words.push_back("--config_override=" + KafkaConfig(SaslProperties()));
    words.push_back("--bootstrap_servers=" +
                    SecureKafka().bootstrap_servers("SASL"));
    const InspectResult result = Inspect(words);
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(kPassword)));
    return result;
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
};

TEST_F(InspectAuthorisationTest, ReadOnTheResultsShowsTheState) {
  Open("inspect-little");
  ASSERT_THAT(Allow({{On::kTopic, pipeline_->results(), "READ"}}), IsOk());
  const InspectResult list = Run({"list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("IBM"));
  const InspectResult status = Run({"status"});
  EXPECT_EQ(status.code, 0) << status.out << status.err;
  EXPECT_THAT(status.out,
              AllOf(HasSubstr("well so far: 1 partition, 1 key, lag ?"),
                    HasSubstr("not seen: the group's members"),
                    HasSubstr("not seen: the group's offsets"),
                    HasSubstr("not seen: the input"), HasSubstr("verified")));
  const InspectResult json = Run({"status", "--output=json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_THAT(json.out,
              AllOf(HasSubstr("\"group\":\"?\""), HasSubstr("\"lag\":null")));
  EXPECT_THAT(json.err, HasSubstr("not seen: the input"));
  const InspectResult doctor = Run({"doctor"});
  EXPECT_EQ(doctor.code, 11);
  EXPECT_THAT(doctor.out, AllOf(HasSubstr("not authorised: Read on topic"),
                                HasSubstr("not authorised: Read on group"),
                                HasSubstr("WARN  state: proven; not seen: "),
                                HasSubstr("WARN  input: not seen"),
                                HasSubstr("kafka-acls --add")));
}

// What needs the input says so, and names it; the others do without.
TEST_F(InspectAuthorisationTest, WithoutTheInput) {
  Open("inspect-no-input");
  ASSERT_THAT(Allow({{On::kTopic, pipeline_->results(), "READ"}}), IsOk());
  for (const std::string command :
       {"get IBM", "history IBM", "export", "watch --limit=1"}) {
    SCOPED_TRACE(command);
    const InspectResult result = Run(absl::StrSplit(command, ' '));
    EXPECT_EQ(result.code, 0) << result.err;
  }
  for (const std::string command :
       {"explain IBM", "plot IBM", "verify", "replay",
        "diff --partition=0 --from_offset=0", "rewind --to_earliest"}) {
    SCOPED_TRACE(command);
    const InspectResult denied = Run(absl::StrSplit(command, ' '));
    EXPECT_EQ(denied.code, 2) << denied.out;
    EXPECT_THAT(denied.err, HasSubstr(pipeline_->input()));
  }
}

TEST_F(InspectAuthorisationTest, NothingAllowedIsNamed) {
  Open("inspect-nothing");
  ASSERT_THAT(Allow({}), IsOk());
  for (const std::string command :
       {"list", "status", "get IBM", "explain IBM", "history IBM", "plot IBM",
        "watch --limit=1", "verify", "audit", "export",
        "diff --partition=0 --from_offset=0", "rewind --to_earliest"}) {
    SCOPED_TRACE(command);
    const InspectResult denied = Run(absl::StrSplit(command, ' '));
    EXPECT_EQ(denied.code, 2);
    EXPECT_THAT(denied.err, HasSubstr(pipeline_->results()));
  }
  // Names all that is missing, not the first of it alone.
  const InspectResult doctor = Run({"doctor"});
  EXPECT_EQ(doctor.code, 11);
  EXPECT_THAT(
      doctor.out,
      AllOf(HasSubstr("FAIL  check: not authorised: "),
            HasSubstr(pipeline_->results()), HasSubstr(pipeline_->input()),
            HasSubstr("kafka-acls"), HasSubstr("WARN  state: not seen"),
            Not(HasSubstr("OK    state")), Not(HasSubstr("OK    input"))));
}

}  // namespace
}  // namespace exactmean
