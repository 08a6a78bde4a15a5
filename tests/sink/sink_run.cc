// StartSink and what it is held to.

#include "tests/sink/sink_run.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/broker/shared_broker.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

std::vector<std::string> Words(const BrokerPipeline& pipeline,
                               const TestDatabase& database,
                               const std::vector<std::string>& flags) {
  std::vector<std::string> words = {"--config=" + pipeline.config_path(),
                                    "--bootstrap_servers=" + SharedBroker(),
                                    "--database=" + database.address,
                                    "--table=" + database.table,
                                    "--create_table",
                                    "--status_every=500ms"};
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

SinkResult Await(absl::StatusOr<std::unique_ptr<RunningInstance>> started) {
  SinkResult result;
  EXPECT_THAT(started, IsOk());
  if (!started.ok()) return result;
  const auto exit = (*started)->AwaitExit();
  EXPECT_THAT(exit, IsOk());
  if (exit.ok()) result.code = exit->ShellCode();
  result.log = (*started)->Log();
  return result;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RunningInstance>> StartSink(
    const std::vector<std::string>& words, const Environment& env) {
  static int runs = 0;
  const std::string log =
      absl::StrCat(::testing::TempDir(), "/sink-", ++runs, ".log");
  ProcessOptions options;
  options.stdout_path = options.stderr_path = log;
  options.env = env;
  std::vector<std::string> argv = {"tools/sink/exactmean-sink"};
  argv.insert(argv.end(), words.begin(), words.end());
  auto process = Process::Start(argv, options);
  if (!process.ok()) return process.status();
  return std::make_unique<RunningInstance>(*std::move(process), log);
}

absl::StatusOr<std::unique_ptr<RunningInstance>> StartSink(
    const BrokerPipeline& pipeline, const TestDatabase& database,
    const std::vector<std::string>& flags) {
  return StartSink(Words(pipeline, database, flags));
}

SinkResult RunSink(const std::vector<std::string>& words,
                   const Environment& env) {
  return Await(StartSink(words, env));
}

SinkResult RunSink(const BrokerPipeline& pipeline, const TestDatabase& database,
                   const std::vector<std::string>& flags) {
  return Await(StartSink(pipeline, database, flags));
}

std::set<std::string> ExpectedRows(BrokerPipeline& pipeline) {
  const auto records = pipeline.client().ReadTopic(pipeline.results());
  EXPECT_THAT(records, IsOk());
  NewestRecords newest;
  if (!records.ok()) return {};
  for (const Record& record : *records) {
    if (absl::StartsWith(*record.key, "__exactmean/")) continue;
    const auto key = std::make_pair(record.partition, *record.key);
    if (record.value.has_value()) {
      newest[key] = {record.offset, *record.value};
    } else {
      newest.erase(key);
    }
  }
  return ExpectedRows(newest, {{"last", true}, {"all", true}});
}

std::map<int32_t, int64_t> ResultsEnds(BrokerPipeline& pipeline) {
  std::map<int32_t, int64_t> ends;
  for (int32_t p = 0; p < pipeline.partitions(); ++p) {
    const auto end = pipeline.client().EndOffset(
        pipeline.results(), Partition(p), Isolation::kCommitted);
    EXPECT_THAT(end, IsOk());
    if (end.ok()) ends[p] = end->value();
  }
  return ends;
}

}  // namespace exactmean
