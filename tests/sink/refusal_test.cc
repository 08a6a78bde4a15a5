// What the shipped exactmean-sink refuses, waits for and says, with its exit
// codes.

#include <signal.h>

#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/shared_broker.h"
#include "tests/sink/sink_run.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr DatabaseKind kBoth[] = {DatabaseKind::kSqlite,
                                  DatabaseKind::kPostgres};

// Results of a few hundred records, all there.
void MakeResults(BrokerPipeline* pipeline) {
  ASSERT_THAT(pipeline->Produce(300), IsOk());
  const auto processor = pipeline->Start("a");
  ASSERT_THAT(processor, IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk());
  ASSERT_THAT((*processor)->Terminate(), IsOk());
}

void ExpectRefused(const SinkResult& result, int code,
                   const std::string& says) {
  EXPECT_EQ(result.code, code) << result.log;
  EXPECT_THAT(result.log, HasSubstr(says));
}

TEST(SinkRefusalTest, TheCommandLine) {
  const std::string kafka = "--bootstrap_servers=127.0.0.1:1";
  const std::string topic = "--results_topic=t";
  const std::string sqlite = "--database=sqlite:/nowhere/at/all.db";
  struct {
    std::vector<std::string> words;
    std::string says;
  } const kWrong[] = {
      {{"surplus"}, "what is \"surplus\""},
      {{"--no_such_flag"}, "no_such_flag"},
      {{sqlite}, "which topic?"},
      {{kafka, topic}, "which database?"},
      {{"--config=/no/such.file", sqlite}, "/no/such.file"},
      {{kafka, topic, "--database=sqlite:"}, "needs a path"},
      {{kafka, topic, "--database=mysql://secret@host/db"},
       "libpq takes it for no address"},
      {{kafka, topic, "--database=postgresql://u:${env:NO_SUCH}@h/db"},
       "--database, password: environment variable NO_SUCH is not set"},
      {{kafka, topic, sqlite, "--table=a b"}, "--table must be"},
      {{kafka, topic, sqlite, "--on_rejected_row=skip"}, "stop or dead_letter"},
      {{kafka, topic, sqlite, "--batch_keys=0"}, "--batch_keys must be"},
      {{kafka, topic, sqlite, "--batch_time=-1s"}, "--batch_time must"},
      {{kafka, topic, sqlite, "--status_every=0"}, "--status_every must"},
      {{kafka, topic, sqlite, "--unreachable_deadline=0s"},
       "--unreachable_deadline must"},
  };
  for (const auto& wrong : kWrong) {
    const SinkResult result = RunSink(wrong.words);
    ExpectRefused(result, 2, wrong.says);
    EXPECT_THAT(result.log, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(RunSink({"--help"}).code, 0);
}

TEST(SinkRefusalTest, APasswordIsNeverSaid) {
  const SinkResult result =
      RunSink({"--bootstrap_servers=" + SharedBroker(), "--results_topic=none",
               "--database=postgresql://u:${env:DB_PASSWORD}@127.0.0.1:1/db"},
              {{"DB_PASSWORD", "hunter@2%"}});
  ExpectRefused(result, 2, "postgresql://127.0.0.1:1/db");
  EXPECT_THAT(result.log, Not(HasSubstr("hunter")));
}

TEST(SinkRefusalTest, NoSuchTopicOrDatabase) {
  const auto database = MakeTestDatabase(DatabaseKind::kPostgres);
  const std::string kafka = "--bootstrap_servers=" + SharedBroker();
  ExpectRefused(RunSink({kafka, "--results_topic=mistyped",
                         "--database=" + database->address}),
                2, "mistyped");
  BrokerPipeline pipeline("no-database", 1);
  const std::string topic = "--results_topic=" + pipeline.results();
  ExpectRefused(
      RunSink({kafka, topic,
               "--database=" + absl::StrReplaceAll(database->address,
                                                   {{"/postgres", "/none"}})}),
      2, "database \"none\" does not exist");
  ExpectRefused(RunSink({kafka, topic, "--database=sqlite:/nowhere/at/all.db",
                         "--create_table"}),
                2, "unable to open database file");
}

TEST(SinkRefusalTest, ASchemaThatIsAnother) {
  BrokerPipeline pipeline("schema", 1);
  MakeResults(&pipeline);
  for (const DatabaseKind kind : kBoth) {
    const auto database = MakeTestDatabase(kind);
    database->Query("CREATE TABLE " + database->table +
                    " (key TEXT PRIMARY KEY, average INTEGER)");
    const SinkResult result = RunSink(pipeline, *database, {"--once"});
    ExpectRefused(result, 2, "is not as the sink needs it");
    EXPECT_THAT(result.log,
                AllOf(HasSubstr("column window_name is missing: ALTER TABLE"),
                      HasSubstr("column average is"),
                      HasSubstr("primary key must be (key, window_name, "
                                "partition)")));
  }
}

TEST(SinkRefusalTest, ARowThatIsRefused) {
  BrokerPipeline pipeline("rejected", 1);
  MakeResults(&pipeline);
  // Longer than an entry of an index may be, and not to be compressed.
  std::mt19937_64 random(1);
  std::string key;
  for (int i = 0; i < 20000; ++i) {
    key.push_back(static_cast<char>('a' + random() % 26));
  }
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), key, "1"), IsOk());
  const auto processor = pipeline.Start("a");
  ASSERT_THAT(processor, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  ASSERT_THAT((*processor)->Terminate(), IsOk());
  for (const DatabaseKind kind : kBoth) {
    const auto database = MakeTestDatabase(kind);
    ASSERT_EQ(RunSink(pipeline, *database, {"--once"}).code,
              kind == DatabaseKind::kPostgres ? 3 : 0);
    if (kind == DatabaseKind::kSqlite) continue;
    EXPECT_EQ(database->Rows().size(), 0u);
    const SinkResult aside = RunSink(
        pipeline, *database, {"--once", "--on_rejected_row=dead_letter"});
    EXPECT_EQ(aside.code, 0) << aside.log;
    EXPECT_EQ(database->Positions(), ResultsEnds(pipeline));
    EXPECT_EQ(database->Rows().size(), ExpectedRows(pipeline).size() - 2);
    const auto rejected =
        database->Query(absl::StrCat("SELECT length(key), windows, error FROM ",
                                     database->table, "_rejected"));
    ASSERT_EQ(rejected.size(), 1u);
    EXPECT_EQ(rejected[0][0], "20000");
    EXPECT_THAT(rejected[0][1], HasSubstr("\"average\":1"));
    EXPECT_THAT(rejected[0][2], HasSubstr("index row"));
  }
}

TEST(SinkRefusalTest, ADatabaseThatIsDownAtTheStart) {
  BrokerPipeline pipeline("down", 2);
  MakeResults(&pipeline);
  const auto database = MakeTestDatabase(DatabaseKind::kPostgres);
  ASSERT_THAT(SharedPostgres().Kill(), IsOk());
  const auto sink = StartSink(pipeline, *database);
  ASSERT_THAT(sink, IsOk());
  EXPECT_THAT((*sink)->AwaitLog("tried again in"), IsOk());
  EXPECT_THAT((*sink)->Log(), HasSubstr("postgresql://127.0.0.1"));
  const SinkResult impatient =
      RunSink(pipeline, *database, {"--unreachable_deadline=1s"});
  ExpectRefused(impatient, 6, "given up");
  ASSERT_THAT(SharedPostgres().Restart(), IsOk());
  ASSERT_THAT((*sink)->AwaitLog("goes on after"), IsOk());
  EXPECT_THAT(Eventually([&]() -> absl::Status {
                if (database->Rows() == ExpectedRows(pipeline)) {
                  return absl::OkStatus();
                }
                return absl::DeadlineExceededError("not yet");
              }),
              IsOk());
  const auto exit = (*sink)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*sink)->Log();
  EXPECT_EQ(database->Positions(), ResultsEnds(pipeline));
}

TEST(SinkRefusalTest, ABrokerThatIsDown) {
  BrokerPipeline pipeline("broker-down", 2);
  MakeResults(&pipeline);
  const auto database = MakeTestDatabase(DatabaseKind::kSqlite);
  const auto running = StartSink(pipeline, *database);
  ASSERT_THAT(running, IsOk());
  ASSERT_THAT((*running)->AwaitLog("lag 0"), IsOk());
  ASSERT_THAT(SharedKafka().Kill(0), IsOk());
  EXPECT_THAT((*running)->AwaitLog("tried again in"), IsOk());
  ExpectRefused(RunSink(pipeline, *database, {"--unreachable_deadline=1s"}), 6,
                "given up");
  ASSERT_THAT(SharedKafka().Restart(0), IsOk());
  EXPECT_THAT((*running)->AwaitLog("goes on after"), IsOk());
  MakeResults(&pipeline);
  EXPECT_THAT(Eventually([&]() -> absl::Status {
                if (database->Rows() == ExpectedRows(pipeline)) {
                  return absl::OkStatus();
                }
                return absl::DeadlineExceededError("not yet");
              }),
              IsOk());
  const auto exit = (*running)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*running)->Log();
}

TEST(SinkRefusalTest, TwoSinksOfOneTable) {
  BrokerPipeline pipeline("twins", 2);
  MakeResults(&pipeline);
  for (const DatabaseKind kind : kBoth) {
    const auto database = MakeTestDatabase(kind);
    const auto first = StartSink(pipeline, *database);
    ASSERT_THAT(first, IsOk());
    ASSERT_THAT((*first)->AwaitLog("lag 0"), IsOk());
    const auto second = StartSink(pipeline, *database);
    ASSERT_THAT(second, IsOk());
    ASSERT_THAT((*second)->AwaitLog("lag 0"), IsOk());
    const auto processor = pipeline.Start("a");
    ASSERT_THAT(processor, IsOk());
    ASSERT_THAT(pipeline.Produce(100), IsOk());
    const auto exit = (*first)->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->exit_code, 5) << (*first)->Log();
    EXPECT_THAT((*first)->Log(),
                HasSubstr(absl::StrCat("another sink has taken the table over: "
                                       "process ",
                                       (*second)->process().pid())));
    ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
    ASSERT_THAT((*processor)->Terminate(), IsOk());
    ASSERT_THAT((*second)->Terminate(), IsOk());
    EXPECT_EQ(RunSink(pipeline, *database, {"--once"}).code, 0);
    EXPECT_EQ(database->Rows(), ExpectedRows(pipeline));
  }
}

TEST(SinkRefusalTest, ATopicMadeAgain) {
  BrokerPipeline pipeline("again", 2);
  MakeResults(&pipeline);
  const auto database = MakeTestDatabase(DatabaseKind::kPostgres);
  ASSERT_EQ(RunSink(pipeline, *database, {"--once"}).code, 0);
  const auto sink = StartSink(pipeline, *database);
  ASSERT_THAT(sink, IsOk());
  ASSERT_THAT((*sink)->AwaitLog("lag 0"), IsOk());
  ASSERT_THAT(pipeline.client().DeleteTopic(pipeline.results()), IsOk());
  ASSERT_THAT(Eventually([&] {
                return pipeline.client().CreateTopic(
                    pipeline.results(), 2, {{"cleanup.policy", "compact"}});
              }),
              IsOk());
  const auto exit = (*sink)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->exit_code, 4) << (*sink)->Log();
  ExpectRefused(RunSink(pipeline, *database, {"--once"}), 4,
                "was deleted and made again");
  const SinkResult resync =
      RunSink(pipeline, *database, {"--once", "--resync"});
  EXPECT_EQ(resync.code, 0) << resync.log;
  EXPECT_EQ(database->Rows(), ExpectedRows(pipeline));
}

}  // namespace
}  // namespace exactmean
