// A redrive of all dead letters that strikes itself at a chosen call of its
// transaction:
//   struck_redrive CONFIG OVERRIDE SERVERS "KILL before Transaction::Commit #1"

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "processor/clock.h"
#include "processor/config/kafka_options.h"
#include "processor/config/load_config.h"
#include "processor/kafka/topic_reader.h"
#include "processor/kafka/transaction.h"
#include "processor/program/application.h"
#include "tests/selftest/strike.h"
#include "tools/inspect/dlq/redrive.h"

namespace exactmean {
namespace {

absl::StatusOr<std::unique_ptr<Transaction>> StruckTransactionOf(
    const KafkaOptions& options, const Strike& strike) {
  auto made = KafkaTransaction::Create(options);
  if (!made.ok()) return made.status();
  auto struck = WithStrike(
      [&](const KafkaOptions&) -> absl::StatusOr<WorkerLogs> {
        WorkerLogs logs;
        logs.transaction = *std::move(made);
        return absl::StatusOr<WorkerLogs>(std::move(logs));
      },
      strike)(options);
  if (!struck.ok()) return struck.status();
  return std::move(struck->transaction);
}

absl::Status Run(char** argv) {
  ConfigArgs args;
  args.path = argv[1];
  args.overrides = {argv[2]};
  args.bootstrap_servers = argv[3];
  const auto settings = LoadSettings(args);
  if (!settings.ok()) return settings.status();
  const auto strike = ParseStrike(argv[4]);
  if (!strike.ok()) return strike.status();
  KafkaOptions options = KafkaOptionsOf(*settings, "redrive");
  options.transactional_id = RedriverOf(settings->application_id);
  options.results_topic = settings->input_topic;
  options.transaction_timeout = absl::Seconds(60);
  const auto letters =
      KafkaTopicReader::Create(options, settings->dead_letter_topic);
  if (!letters.ok()) return letters.status();
  const auto transaction = StruckTransactionOf(options, *strike);
  if (!transaction.ok()) return transaction.status();
  RedriveRequest request;
  request.application = settings->application_id;
  request.input_topic = settings->input_topic;
  const auto count = (*letters)->PartitionCount();
  if (!count.ok()) return count.status();
  request.input_partitions = *count;
  for (int32_t p = 0; p < *count; ++p) {
    request.partitions.push_back(Partition(p));
  }
  MonotonicClock clock;
  ScanOptions scan;
  scan.clock = &clock;
  Redrive redrive(request, letters->get(), scan);
  const absl::Status planned = redrive.Plan();
  return planned.ok() ? redrive.Execute(transaction->get()) : planned;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const absl::Status status = exactmean::Run(argv);
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
