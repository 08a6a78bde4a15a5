// Where the shipped binary begins to read, and runs over a part of the input.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kOnly(0);

class BeginTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { SharedKafka(); }

  // With `count` numbers under one key; number i is record i.
  static std::unique_ptr<BrokerPipeline> WithNumbers(const std::string& name,
                                                     int count) {
    auto pipeline = std::make_unique<BrokerPipeline>(name, 1);
    for (int i = 0; i < count; ++i) {
      EXPECT_THAT(pipeline->ProduceOne(kOnly, "k", absl::StrCat(i)), IsOk());
    }
    return pipeline;
  }

  // Runs until all is folded in; what the log says of the beginning.
  static void ExpectStart(BrokerPipeline* pipeline, const std::string& start,
                          int64_t offset, const std::string& says,
                          int64_t first) {
    pipeline->extra_config = absl::StrCat("input { start: \"", start, "\" }");
    const auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    const std::string line =
        absl::StrCat("starts at offset ", offset, " (", says, ")");
    ASSERT_THAT((*instance)->AwaitLog(line), IsOk()) << (*instance)->Log();
    ASSERT_THAT(pipeline->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
    const auto checkpoint = pipeline->Checkpoint(kOnly);
    ASSERT_THAT(checkpoint, IsOk());
    EXPECT_EQ(checkpoint->start_offset(), first);
    EXPECT_THAT((*instance)->Terminate(), IsOk());
  }

  static std::string Refusal(BrokerPipeline* pipeline,
                             const std::vector<std::string>& flags, int code) {
    const auto instance = pipeline->Start("a", flags);
    EXPECT_THAT(instance, IsOk());
    if (!instance.ok()) return "";
    const auto exit = (*instance)->AwaitExit();
    EXPECT_THAT(exit, IsOk());
    if (exit.ok()) {
      EXPECT_EQ(exit->ShellCode(), code) << (*instance)->Log();
    }
    return (*instance)->Log();
  }
};

TEST_F(BeginTest, AtOffsets) {
  const auto pipeline = WithNumbers("at-offsets", 10);
  ExpectStart(pipeline.get(), "0:4", 4, "fresh start", 4);
  // Decided once: now there is a state.
  ExpectStart(pipeline.get(), "0:9", 10, "group and checkpoint agree", 4);
}

TEST_F(BeginTest, AtATime) {
  const auto pipeline = WithNumbers("at-a-time", 5);
  // Records have the time at which they were produced.
  absl::SleepFor(absl::Milliseconds(5));
  const absl::Time between = absl::Now();
  absl::SleepFor(absl::Milliseconds(5));
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(pipeline->ProduceOne(kOnly, "k", "1"), IsOk());
  }
  ExpectStart(
      pipeline.get(),
      absl::FormatTime(absl::RFC3339_full, between, absl::UTCTimeZone()), 5,
      "fresh start", 5);
}

TEST_F(BeginTest, WhereAnotherProgramHasStopped) {
  const auto pipeline = WithNumbers("taken-over", 10);
  ASSERT_THAT(pipeline->client().CommitOffset("taken-over", pipeline->input(),
                                              kOnly, Offset(6)),
              IsOk());
  EXPECT_THAT(Refusal(pipeline.get(), {}, 4),
              HasSubstr("set input.start: \"committed\""));
  ExpectStart(pipeline.get(), "committed", 6,
              "another program's committed offset, as configured", 6);
  // The results are lost: our own offsets are not another program's.
  ASSERT_THAT(pipeline->client().DeleteTopic(pipeline->results()), IsOk());
  ASSERT_THAT(Eventually([&] {
                return pipeline->client().CreateTopic(
                    pipeline->results(), 1, {{"cleanup.policy", "compact"}});
              }),
              IsOk());
  EXPECT_THAT(Refusal(pipeline.get(), {}, 4),
              HasSubstr("the results topic holds no state"));
}

TEST_F(BeginTest, AnOffsetThatIsNotThereIsRefused) {
  const auto pipeline = WithNumbers("not-there", 10);
  ASSERT_THAT(
      pipeline->client().DeleteRecords(pipeline->input(), kOnly, Offset(3)),
      IsOk());
  pipeline->extra_config = R"(input { start: "0:1" })";
  EXPECT_THAT(Refusal(pipeline.get(), {}, 2),
              HasSubstr("2 records are deleted from there on. To go on without "
                        "them, start at 3"));
  pipeline->extra_config = R"(input { start: "committed" })";
  EXPECT_THAT(Refusal(pipeline.get(), {}, 2), HasSubstr("committed nothing"));
}

// The averages of records 4 to 29, though it is killed on the way.
TEST_F(BeginTest, APartIsFoldedIntoATopicOfItsOwn) {
  const auto pipeline = WithNumbers("part", 20);
  const auto writer = Writer::Create(SharedBroker(), "part-writer");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  for (int i = 20; i < 40; ++i) {
    ASSERT_THAT((*writer)->Write(pipeline->input(),
                                 {{kOnly, "k", absl::StrCat(i), 0, {}}}),
                IsOk());
  }
  const std::string results = "part-replay";
  ASSERT_THAT(pipeline->client().CreateTopic(results, 1,
                                             {{"cleanup.policy", "compact"}}),
              IsOk());
  const std::vector<std::string> flags = {
      "--from=0:4", "--to=0:30", "--application_id=part-replay",
      absl::StrCat("--results_topic=", results)};
  {
    // It does not get further than the open transaction.
    const auto instance = pipeline->Start("a", flags);
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT((*instance)->AwaitLog("starts at offset 4"), IsOk());
    ASSERT_THAT(Eventually([&] {
                  const auto written = pipeline->client().ReadTopic(results);
                  if (!written.ok()) return written.status();
                  return written->empty() ? absl::NotFoundError("nothing yet")
                                          : absl::OkStatus();
                }),
                IsOk());
    ASSERT_THAT((*instance)->Kill(), IsOk());
  }
  ASSERT_THAT((*writer)->Commit(), IsOk());
  // To another place it is another run.
  EXPECT_THAT(Refusal(pipeline.get(),
                      {"--from=0:5", "--to=0:30", flags[2], flags[3]}, 2),
              HasSubstr("holds one that began at 4"));
  const auto instance = pipeline->Start("a", flags);
  ASSERT_THAT(instance, IsOk());
  const auto exit = (*instance)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0) << (*instance)->Log();
  const auto records = pipeline->client().ReadTopic(results);
  ASSERT_THAT(records, IsOk());
  results::Snapshot last;
  for (const Record& record : *records) {
    if (record.key != "k") continue;
    ASSERT_TRUE(last.ParseFromString(*record.value));
  }
  EXPECT_EQ(last.last_offset(), 29);
  ASSERT_EQ(last.averages_size(), 2);
  EXPECT_EQ(last.averages(0).average(), 28);    // of the last 3
  EXPECT_EQ(last.averages(1).average(), 16.5);  // of all 26
  EXPECT_EQ(last.averages(1).count(), 26u);
  // The application itself has not been touched.
  const auto own = pipeline->client().ReadTopic(pipeline->results());
  ASSERT_THAT(own, IsOk());
  EXPECT_TRUE(own->empty());
  EXPECT_THAT(Refusal(pipeline.get(), {"--from=0:4", "--to=0:30"}, 2),
              HasSubstr("of its own"));
}

// A transaction that is open before the end is waited for; who cannot wait gets
// no code that a whole run would have.
TEST_F(BeginTest, APartThatIsStoppedIsNotDone) {
  const auto pipeline = WithNumbers("stopped-part", 5);
  ASSERT_THAT(pipeline->client().CreateTopic("stopped-part-replay", 1,
                                             {{"cleanup.policy", "compact"}}),
              IsOk());
  const auto writer = Writer::Create(SharedBroker(), "stopped-part-writer");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  ASSERT_THAT((*writer)->Write(pipeline->input(), {{kOnly, "k", "5", 0, {}}}),
              IsOk());
  const std::vector<std::string> flags = {
      "--to=0:6", "--application_id=stopped-part-replay",
      "--results_topic=stopped-part-replay"};
  auto instance = pipeline->Start("a", flags);
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("starts at offset 0"), IsOk());
  const auto stopped = (*instance)->Terminate();
  ASSERT_THAT(stopped, IsOk());
  EXPECT_EQ(stopped->ShellCode(), 7) << (*instance)->Log();
  ASSERT_THAT((*writer)->Commit(), IsOk());
  instance = pipeline->Start("a", flags);
  ASSERT_THAT(instance, IsOk());
  const auto done = (*instance)->AwaitExit();
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->ShellCode(), 0) << (*instance)->Log();
}

}  // namespace
}  // namespace exactmean
