// The shipped binary under a user who is allowed little: what it needs, what it
// says when something is missing, and that what it says mends it.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/bad_record_policy.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/secure_broker.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using On = TestAcl::On;

// The beginning of the command that allows it.
std::string AllowIt() {
  return absl::StrCat("Mend: kafka-acls.sh --bootstrap-server ",
                      SecureKafka().bootstrap_servers("SASL"),
                      " --add --allow-principal User:NAME ");
}

// What is allowed, and what is said when it alone is missing.
struct Need {
  TestAcl acl;
  std::string denial;
  std::string mend;
};

class AuthorisationTest : public ::testing::Test {
 protected:
  // One application with its topics for all tests: `name` is for new ones.
  // With all that there can be, but for dead letters if so wanted.
  void Open(const std::string& name, bool dead_letters = true) {
    SecureKafka();
    pipeline_ = std::make_unique<BrokerPipeline>(name, 2);
    updates_ = name + "-updates";
    ASSERT_THAT(pipeline_->client().CreateTopic(updates_, 2), IsOk());
    pipeline_->extra_config = absl::StrCat(
        KafkaConfig(SaslProperties()), "updates { topic: \"", updates_, "\" }");
    dead_ = name + "-dead";
    if (!dead_letters) return;
    ASSERT_THAT(pipeline_->client().CreateTopic(dead_, 2), IsOk());
    pipeline_->on_bad_record = BadRecordPolicy::kDeadLetter;
    absl::StrAppend(&pipeline_->extra_config,
                    " on_bad_record: DEAD_LETTER dead_letters { topic: \"",
                    dead_, "\" }");
  }

  // The whole of what a run needs; docs/in-production.md has the same.
  std::vector<Need> Needs() const {
    const std::string& app = pipeline_->application();
    const std::string in = pipeline_->input(), out = pipeline_->results();
    const auto topic = [](const std::string& name, const std::string& acl,
                          const std::string& operation) {
      return Need{{On::kTopic, name, acl},
                  absl::StrCat("not authorised: ", operation, " on topic \"",
                               name, "\""),
                  absl::StrCat("--operation ", operation, " --topic ", name)};
    };
    return {
        topic(in, "READ", "Read"),
        topic(out, "READ", "Read"),
        topic(out, "WRITE", "Write"),
        topic(out, "DESCRIBE_CONFIGS", "DescribeConfigs"),
        topic(updates_, "WRITE", "Write"),
        // Without it, nothing is told of the topic.
        {{On::kTopic, dead_, "WRITE"},
         absl::StrCat("not authorised: Write, DescribeConfigs on topic \"",
                      dead_, "\""),
         absl::StrCat("--operation Write --operation DescribeConfigs --topic ",
                      dead_)},
        topic(dead_, "DESCRIBE_CONFIGS", "DescribeConfigs"),
        {{On::kGroup, app, "READ"},
         absl::StrCat("not authorised: Read on group \"", app, "\""),
         absl::StrCat("--operation Read --group ", app)},
        {{On::kTransactionalIdPrefix, app + "/", "WRITE"},
         absl::StrCat("not authorised: Write on transactional ids that begin "
                      "with \"",
                      app, "/\""),
         absl::StrCat("--operation Write --transactional-id ", app,
                      "/ --resource-pattern-type prefixed")}};
  }

  // All of Needs() but the one at `left_out` (-1: none).
  absl::Status AllowAllBut(int left_out) {
    std::vector<TestAcl> acls;
    const std::vector<Need> needs = Needs();
    for (size_t i = 0; i < needs.size(); ++i) {
      if (static_cast<int>(i) != left_out) acls.push_back(needs[i].acl);
    }
    return pipeline_->client().SetAcls(kPrincipal, acls);
  }

  std::unique_ptr<RunningInstance> Start(
      const std::vector<std::string>& flags = {}) {
    std::vector<std::string> all = {"--bootstrap_servers=" +
                                    SecureKafka().bootstrap_servers("SASL")};
    all.insert(all.end(), flags.begin(), flags.end());
    auto instance = pipeline_->Start("a", all);
    EXPECT_THAT(instance, IsOk());
    return *std::move(instance);
  }

  // Runs to its end with this exit code; what it has said.
  std::string Ends(const std::vector<std::string>& flags, int exit_code) {
    const auto instance = Start(flags);
    const auto exit = instance->AwaitExit();
    EXPECT_THAT(exit, IsOk());
    const int ended_with = exit.ok() ? exit->ShellCode() : -1;
    EXPECT_EQ(ended_with, exit_code) << instance->Log();
    EXPECT_THAT(instance->Log(), Not(HasSubstr(kPassword)));
    return instance->Log();
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
  std::string updates_, dead_;
};

TEST_F(AuthorisationTest, TheLeastIsEnough) {
  Open("least");
  ASSERT_THAT(AllowAllBut(-1), IsOk());
  EXPECT_THAT(Ends({"--check"}, 0),
              AllOf(HasSubstr("ok: authorised for all"),
                    HasSubstr("sends the password in clear")));
  for (int run = 0; run < 2; ++run) {  // the second one restores
    ASSERT_THAT(pipeline_->Produce(200), IsOk());
    const auto instance = Start();
    ASSERT_THAT(pipeline_->AwaitDrained(), IsOk()) << instance->Log();
    const auto exit = instance->Terminate();
    ASSERT_THAT(exit, IsOk());
    EXPECT_TRUE(exit->ok()) << instance->Log();
    EXPECT_THAT(instance->Log(), Not(HasSubstr("AUTHORIZATION_FAILED")));
  }
  const auto updates = pipeline_->client().ReadTopic(updates_);
  ASSERT_THAT(updates, IsOk());
  EXPECT_FALSE(updates->empty());
}

TEST_F(AuthorisationTest, WhateverIsMissingIsNamed) {
  Open("missing");
  const std::vector<Need> needs = Needs();
  for (size_t i = 0; i < needs.size(); ++i) {
    ASSERT_THAT(AllowAllBut(static_cast<int>(i)), IsOk());
    for (const std::string flag : {"--check", "--check=no"}) {
      const std::string log = Ends({flag}, 2);
      EXPECT_THAT(log, AllOf(HasSubstr(needs[i].denial),
                             HasSubstr(AllowIt() + needs[i].mend)));
      for (size_t other = 0; other < needs.size(); ++other) {
        if (other == i) continue;
        EXPECT_THAT(log, Not(HasSubstr(needs[other].denial)));
      }
    }
  }
}

TEST_F(AuthorisationTest, WhatIsTakenAwayWhileRunningStops) {
  Open("taken");
  const std::vector<Need> needs = Needs();
  for (size_t i = 0; i < needs.size(); ++i) {
    // It is asked for at the start alone.
    if (needs[i].acl.operation == "DESCRIBE_CONFIGS") continue;
    SCOPED_TRACE(needs[i].denial);
    ASSERT_THAT(AllowAllBut(-1), IsOk());
    ASSERT_THAT(pipeline_->Produce(20), IsOk());
    const auto instance = Start();
    ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk()) << instance->Log();
    ASSERT_THAT(AllowAllBut(static_cast<int>(i)), IsOk());
    ASSERT_THAT(pipeline_->Produce(20), IsOk());
    ASSERT_THAT(pipeline_->ProduceOne(Partition(0), "key", "bad"), IsOk());
    const bool restores = needs[i].acl.name == pipeline_->results() &&
                          needs[i].acl.operation == "READ";
    if (restores) {  // read by the next one
      EXPECT_THAT(pipeline_->AwaitCaughtUp(), IsOk());
      ASSERT_THAT(instance->Terminate(), IsOk());
      continue;
    }
    const auto exit = instance->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 2) << instance->Log();
    EXPECT_THAT(instance->Log(), AllOf(HasSubstr(needs[i].denial),
                                       HasSubstr(AllowIt() + needs[i].mend)));
  }
  ASSERT_THAT(AllowAllBut(-1), IsOk());
  const auto instance = Start();
  EXPECT_THAT(pipeline_->AwaitDrained(), IsOk()) << instance->Log();
}

// The words of the mend are run by Kafka's own tool.
TEST_F(AuthorisationTest, TheMendMends) {
  Open("mend");
  ASSERT_THAT(pipeline_->client().SetAcls(kPrincipal, {}), IsOk());
  const std::string said = Ends({"--check"}, 2);
  int commands = 0;
  const std::vector<std::string> lines = absl::StrSplit(said, '\n');
  for (const std::string& line : lines) {
    const std::vector<std::string> parts =
        absl::StrSplit(line, ": kafka-acls.sh ");
    if (parts.size() != 2) continue;
    // Its address is one that asks who it is.
    const std::string command = absl::StrReplaceAll(
        parts[1], {{SecureKafka().bootstrap_servers("SASL"), SharedBroker()},
                   {"User:NAME", kPrincipal}});
    EXPECT_THAT(RunAclTool(command), IsOk()) << line;
    ++commands;
  }
  EXPECT_EQ(commands, 6) << said;  // one for each resource
  EXPECT_THAT(Ends({"--check"}, 0), HasSubstr("ok: authorised"));
}

TEST_F(AuthorisationTest, ACheckDisturbsNobody) {
  Open("calm");
  ASSERT_THAT(AllowAllBut(-1), IsOk());
  ASSERT_THAT(pipeline_->Produce(50), IsOk());
  const auto instance = Start();
  ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk()) << instance->Log();
  Ends({"--check"}, 0);  // with the same instance id
  ASSERT_THAT(pipeline_->Produce(50), IsOk());
  EXPECT_THAT(pipeline_->AwaitDrained(), IsOk()) << instance->Log();
  EXPECT_THAT(instance->Log(), AllOf(Not(HasSubstr("restoring all")),
                                     Not(HasSubstr("revoked: "))));
  const auto exit = instance->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << instance->Log();
  // Nor has it left anything behind.
  const auto ids = pipeline_->client().ReadTopic("__transaction_state");
  ASSERT_THAT(ids, IsOk());
  int of_worker = 0;
  for (const Record& record : *ids) {
    EXPECT_THAT(*record.key, Not(HasSubstr("calm/a-check")));
    of_worker += absl::StrContains(*record.key, "calm/a-0") ? 1 : 0;
  }
  EXPECT_GT(of_worker, 0);
}

TEST_F(AuthorisationTest, ATransactionTimeoutThatIsNotGranted) {
  Open("patient");
  ASSERT_THAT(AllowAllBut(-1), IsOk());
  absl::StrAppend(&pipeline_->extra_config,
                  " commit { transaction_timeout: \"2m\" }");
  EXPECT_THAT(Ends({}, 2), AllOf(HasSubstr("INVALID_TRANSACTION_TIMEOUT"),
                                 HasSubstr("Lower commit.transaction_timeout"),
                                 HasSubstr("transaction.max.timeout.ms")));
}

TEST_F(AuthorisationTest, CreatingTopics) {
  Open("make", /*dead_letters=*/false);
  absl::StrAppend(&pipeline_->extra_config, " results { topic: \"made\" }");
  const TestAcl input = {On::kTopic, pipeline_->input(), "DESCRIBE"};
  const TestAcl updates = {On::kTopic, updates_, "DESCRIBE"};
  ASSERT_THAT(pipeline_->client().SetAcls(kPrincipal, {input, updates}),
              IsOk());
  EXPECT_THAT(Ends({"--create_topics"}, 2),
              AllOf(HasSubstr("not authorised: Create on topic \"made\". "),
                    HasSubstr("--operation Create --topic made")));
  // It is made, but cannot be looked at.
  ASSERT_THAT(pipeline_->client().SetAcls(
                  kPrincipal, {input, updates, {On::kTopic, "made", "CREATE"}}),
              IsOk());
  EXPECT_THAT(
      Ends({"--create_topics"}, 2),
      AllOf(HasSubstr("created topic \"made\""),
            HasSubstr("not authorised: Describe, DescribeConfigs on topic")));
  ASSERT_THAT(pipeline_->client().SetAcls(
                  kPrincipal, {input,
                               updates,
                               {On::kTopic, "made", "DESCRIBE_CONFIGS"},
                               {On::kTopic, "made", "DESCRIBE"}}),
              IsOk());
  EXPECT_THAT(Ends({"--create_topics"}, 0),
              HasSubstr("topic \"made\" exists already"));
}

}  // namespace
}  // namespace exactmean
