// A rewind to the beginning of all partitions that strikes itself at a chosen
// call of its transaction:
//   struck_rewind CONFIG SERVERS "KILL before Transaction::Commit #1"

#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "processor/clock.h"
#include "processor/config/kafka_options.h"
#include "processor/config/load_config.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/topic_reader.h"
#include "processor/kafka/transaction.h"
#include "processor/program/application.h"
#include "tests/selftest/strike.h"
#include "tools/inspect/rewind/rewind.h"

namespace exactmean {
namespace {

absl::StatusOr<std::unique_ptr<Transaction>> MakeTransaction(
    const KafkaOptions& options, const Strike& strike, bool writes) {
  auto made = KafkaTransaction::Create(
      options, writes ? OffsetsFence::kEmptyGroup : OffsetsFence::kMembership);
  if (!made.ok()) return made.status();
  std::unique_ptr<Transaction> transaction = *std::move(made);
  if (!writes)
    return absl::StatusOr<std::unique_ptr<Transaction>>(std::move(transaction));
  auto struck = WithStrike(
      [&](const KafkaOptions&) -> absl::StatusOr<WorkerLogs> {
        WorkerLogs logs;
        logs.transaction = std::move(transaction);
        return absl::StatusOr<WorkerLogs>(std::move(logs));
      },
      strike)(options);
  if (!struck.ok()) return struck.status();
  return std::move(struck->transaction);
}

absl::Status Run(const std::string& config, const std::string& servers,
                 const std::string& where) {
  ConfigArgs args;
  args.path = config;
  args.bootstrap_servers = servers;
  const auto settings = LoadSettings(args);
  if (!settings.ok()) return settings.status();
  const auto strike = ParseStrike(where);
  if (!strike.ok()) return strike.status();
  const KafkaOptions options = KafkaOptionsOf(*settings, "rewind");
  const auto results =
      KafkaTopicReader::Create(options, settings->results_topic);
  if (!results.ok()) return results.status();
  const auto input = KafkaTopicReader::Create(options, settings->input_topic);
  if (!input.ok()) return input.status();
  const auto group = KafkaInputLog::Create(options);
  if (!group.ok()) return group.status();
  const auto count = (*input)->PartitionCount();
  if (!count.ok()) return count.status();
  const Pipeline pipeline(settings->state, {settings->application_id,
                                            settings->input_topic, *count});
  RewindClients clients;
  clients.results = results->get();
  clients.input = input->get();
  clients.group = group->get();
  clients.reading.source = settings->source;
  const auto admin = KafkaAdmin::Create(options);
  if (!admin.ok()) return admin.status();
  clients.members = [&]() -> absl::StatusOr<size_t> {
    const auto found =
        (*admin)->DescribeGroup(settings->application_id, absl::Seconds(10));
    if (!found.ok()) return found.status();
    return found->members.size();
  };
  clients.transaction = [&](const std::string& id, bool writes) {
    KafkaOptions its = options;
    its.transactional_id = id;
    if (writes) its.transaction_timeout = absl::Seconds(60);
    return MakeTransaction(its, *strike, writes);
  };
  MonotonicClock clock;
  ScanOptions scan;
  scan.clock = &clock;
  Rewind rewind(*settings, &pipeline, clients, scan);
  std::map<Partition, RewindGoal> goals;
  for (int32_t p = 0; p < *count; ++p) goals[Partition(p)] = RewindGoal();
  absl::Status status = rewind.Plan(goals);
  if (status.ok()) status = rewind.Execute();
  return status.ok() ? rewind.Prove() : status;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const absl::Status status = exactmean::Run(argv[1], argv[2], argv[3]);
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
