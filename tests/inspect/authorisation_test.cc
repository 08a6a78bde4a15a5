// What a user who is allowed little gets to see.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/testing/test_admin.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/secure_broker.h"
#include "tests/dead_letter/dead_letters.h"
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
  void Open(const std::string& name, const std::string& extra_config = "") {
    SecureKafka();
    pipeline_ = std::make_unique<BrokerPipeline>(name, 1);
    pipeline_->extra_config = extra_config;
    ASSERT_NO_FATAL_FAILURE(Fill("20.5"));
  }

  // One record, folded in by a processor that has ended.
  void Fill(const std::string& value) {
    ASSERT_THAT(pipeline_->ProduceOne(Partition(0), "IBM", value), IsOk());
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
    words.push_back("--config_override=" + KafkaConfig(SaslProperties()) +
                    pipeline_->extra_config);
    words.push_back("--bootstrap_servers=" +
                    SecureKafka().bootstrap_servers("SASL"));
    const absl::Time start = absl::Now();
    const InspectResult result = Inspect(words);
    EXPECT_LT(absl::Now() - start, absl::Seconds(20));
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
  EXPECT_THAT(doctor.out,
              AllOf(HasSubstr("not authorised: Read on topic"),
                    HasSubstr("not authorised: Read on group"),
                    HasSubstr("WARN  state: proven; not seen: "),
                    HasSubstr("WARN  input: not seen"),
                    HasSubstr("\n      Mend: kafka-acls.sh --boot")));
}

// docs/in-production.md lists the same: status needs no more than to read,
// doctor what a run needs, and to describe.
TEST_F(InspectAuthorisationTest, WhatStatusAndDoctorLookAt) {
  Open("inspect-doctor", "group { membership: DYNAMIC } ");
  const std::string in = pipeline_->input(), out = pipeline_->results();
  std::vector<TestAcl> run = {{On::kTopic, in, "READ"},
                              {On::kTopic, out, "READ"},
                              {On::kGroup, pipeline_->application(), "READ"}};
  ASSERT_THAT(Allow(run), IsOk());
  const InspectResult status = Run({"status"});
  EXPECT_EQ(status.code, 0) << status.out << status.err;
  EXPECT_THAT(status.out, Not(HasSubstr("not seen")));

  run.push_back({On::kTopic, out, "WRITE"});
  run.push_back({On::kTopic, out, "DESCRIBE_CONFIGS"});
  run.push_back({On::kTransactionalIdPrefix, "inspect-doctor/", "WRITE"});
  const std::vector<TestAcl> more = {
      {On::kTopic, in, "DESCRIBE_CONFIGS"},
      {On::kTopic, "__consumer_offsets", "DESCRIBE"},
      {On::kTopic, "__consumer_offsets", "DESCRIBE_CONFIGS"},
      {On::kTopic, "__transaction_state", "DESCRIBE"},
      {On::kTopic, "__transaction_state", "DESCRIBE_CONFIGS"},
      {On::kCluster, kClusterName, "DESCRIBE_CONFIGS"}};
  for (size_t without = 0; without <= more.size(); ++without) {
    std::vector<TestAcl> acls = run;
    for (size_t i = 0; i < more.size(); ++i) {
      if (i != without) acls.push_back(more[i]);
    }
    ASSERT_THAT(Allow(acls), IsOk());
    const InspectResult doctor = Run({"doctor"});
    EXPECT_EQ(doctor.code, 0) << doctor.out << doctor.err;
    const bool all = without == more.size();
    SCOPED_TRACE(all ? "all"
                     : more[without].operation + " on " + more[without].name);
    EXPECT_EQ(doctor.out.find("unseen: ") == std::string::npos, all)
        << doctor.out;
  }
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
       {"explain IBM", "plot IBM", "verify", "replay", "audit",
        "audit --nocount_input", "get IBM --partition=0 --at_offset=0",
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
  const InspectResult replay = Run({"replay"});
  EXPECT_EQ(replay.code, 2);
  EXPECT_THAT(replay.err, HasSubstr(pipeline_->input()));
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

// Each right that is missing is named when it is needed, and nothing is
// written.
TEST_F(InspectAuthorisationTest, RewindWithoutTheRightToWrite) {
  Open("inspect-rewind", "group { membership: DYNAMIC } ");
  std::vector<TestAcl> acls = {{On::kTopic, pipeline_->results(), "READ"},
                               {On::kTopic, pipeline_->input(), "READ"},
                               {On::kGroup, pipeline_->application(), "READ"}};
  const std::vector<std::string> words = {"rewind", "--to_earliest",
                                          "--execute", "--yes"};
  const auto refused = [&](const std::string& what) {
    ASSERT_THAT(Allow(acls), IsOk());
    const InspectResult denied = Run(words);
    EXPECT_EQ(denied.code, 2) << denied.out;
    EXPECT_THAT(denied.err, HasSubstr(what));
  };
  ASSERT_NO_FATAL_FAILURE(refused(absl::StrCat(
      "not authorised: Write on topic \"", pipeline_->results(), "\"")));
  acls.push_back({On::kTopic, pipeline_->results(), "WRITE"});
  ASSERT_NO_FATAL_FAILURE(refused("transactional id inspect-rewind/"));
  const auto snapshots = pipeline_->Snapshots();
  ASSERT_THAT(snapshots, IsOk());
  EXPECT_EQ(snapshots->size(), 1U);
  acls.push_back({On::kTransactionalIdPrefix, "inspect-rewind/", "WRITE"});
  ASSERT_THAT(Allow(acls), IsOk());
  const InspectResult done = Run(words);
  EXPECT_EQ(done.code, 0) << done.err;
}

TEST_F(InspectAuthorisationTest, DeadLetters) {
  SecureKafka();
  pipeline_ = std::make_unique<BrokerPipeline>("inspect-dead", 1);
  ASSERT_THAT(KeepBadRecords(pipeline_.get()), IsOk());
  ASSERT_NO_FATAL_FAILURE(Fill("no number"));
  const std::string letters = DeadLetterTopic(*pipeline_);
  std::vector<TestAcl> acls;
  const auto refused = [&](const std::vector<std::string>& words,
                           const std::string& what) {
    ASSERT_THAT(Allow(acls), IsOk());
    const InspectResult denied = Run(words);
    EXPECT_EQ(denied.code, 2) << denied.out;
    EXPECT_THAT(denied.err, HasSubstr(what));
  };
  const std::vector<std::string> list = {"dlq", "list"};
  const std::vector<std::string> dry = {"dlq", "redrive"};
  const std::vector<std::string> wet = {"dlq", "redrive", "--execute", "--yes"};
  ASSERT_NO_FATAL_FAILURE(refused(list, letters));
  ASSERT_NO_FATAL_FAILURE(refused(dry, letters));
  acls.push_back({On::kTopic, letters, "READ"});
  ASSERT_NO_FATAL_FAILURE(refused(dry, pipeline_->input()));
  EXPECT_THAT(Run(list).out, HasSubstr("undecodable"));
  acls.push_back({On::kTopic, pipeline_->input(), "READ"});
  ASSERT_NO_FATAL_FAILURE(
      refused(wet, absl::StrCat("not authorised: Write on topic \"",
                                pipeline_->input(), "\"")));
  EXPECT_EQ(Run(dry).code, 0);
  acls.push_back({On::kTopic, pipeline_->input(), "WRITE"});
  ASSERT_NO_FATAL_FAILURE(refused(
      wet, absl::StrCat("not authorised: Write on topic \"", letters, "\"")));
  acls.push_back({On::kTopic, letters, "WRITE"});
  ASSERT_NO_FATAL_FAILURE(refused(wet, "inspect-dead/redrive"));
  const auto input = pipeline_->client().ReadTopic(pipeline_->input());
  ASSERT_THAT(input, IsOk());
  EXPECT_EQ(input->size(), 1U);
  acls.push_back({On::kTransactionalIdPrefix, "inspect-dead/", "WRITE"});
  ASSERT_THAT(Allow(acls), IsOk());
  const InspectResult done = Run(wet);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("1 dead letter was redriven"));
}

}  // namespace
}  // namespace exactmean
