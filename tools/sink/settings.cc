// Flags, and what they mean.

#include "tools/sink/settings.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "processor/command_line.h"
#include "processor/config/environment.h"
#include "processor/stop.h"
#include "tools/inspect/named_state.h"
#include "tools/sink/postgres.h"
#include "tools/sink/sqlite.h"

ABSL_FLAG(std::string, config, "",
          "The processor's configuration file, for the results topic, brokers "
          "and their properties (TLS, SASL). Or give --bootstrap_servers and "
          "--results_topic.");
ABSL_FLAG(std::string, config_override, "",
          "Configuration in text format, merged over the file's.");
ABSL_FLAG(std::string, bootstrap_servers, "",
          "host:port of one or more brokers; replaces the file's.");
ABSL_FLAG(std::string, results_topic, "", "The topic; replaces the file's.");
ABSL_FLAG(
    std::string, database, "",
    "Where to: postgresql://USER:${env:PASSWORD}@HOST:5432/DATABASE (or "
    "whatever else libpq takes), or sqlite:PATH. ${env:NAME} is filled in "
    "from the environment. Required.");
ABSL_FLAG(std::string, table, "averages",
          "The table, in PostgreSQL with its schema if need be. NAME_positions "
          "and NAME_rejected are its companions.");
ABSL_FLAG(bool, create_table, false,
          "Make those of the three tables that are missing.");
ABSL_FLAG(std::string, on_rejected_row, "stop",
          "What becomes of a row that the database refuses: stop, or "
          "dead_letter: it is put into NAME_rejected and passed.");
ABSL_FLAG(bool, once, false,
          "End when all is in the table that was in the topic at the start.");
ABSL_FLAG(
    bool, resync, false,
    "First hold the table to the whole topic: all is read again, and rows "
    "that the topic does not have are deleted.");
ABSL_FLAG(uint32_t, batch_keys, 10000,
          "Keys in a database transaction, about.");
ABSL_FLAG(absl::Duration, batch_time, absl::Milliseconds(500),
          "How long a change waits for others to make a transaction with.");
ABSL_FLAG(absl::Duration, unreachable_deadline, absl::InfiniteDuration(),
          "How long Kafka or the database may be out of reach before the sink "
          "gives up.");
ABSL_FLAG(absl::Duration, status_every, absl::Seconds(5),
          "How often a status line is logged.");

namespace exactmean {
namespace {

constexpr char kUsage[] =
    R"(Brings the results of exactmean into a table of PostgreSQL or SQLite: a row
a key and window, each result once in effect.

  exactmean-sink --config=FILE --database=ADDRESS [flags]

Examples:
  exactmean-sink --config=prices.textproto --create_table \
      --database='postgresql://app:${env:PGPASSWORD}@db/prices'
  exactmean-sink --bootstrap_servers=kafka1:9092 \
      --results_topic=prices-averages --database=sqlite:prices.db \
      --create_table --once

Ends with SIGTERM or SIGINT: stores what is whole, exits 0; at a second signal
at once. While Kafka or the database is out of reach it waits and says so. Exit
codes: 0 asked to stop, or done (--once), 1 internal error, 2 command line,
configuration, tables or authorisation, 3 a row was refused, 4 the topic is not
what the table was made of, 5 another sink has taken the table over, 6 out of
reach for --unreachable_deadline.)";

absl::Status WrongFlag(absl::string_view message) {
  return Stop(StopReason::kConfig, message);
}

absl::StatusOr<KafkaOptions> Kafka() {
  auto state = ReadStateFlags(
      {absl::GetFlag(FLAGS_config), absl::GetFlag(FLAGS_config_override),
       absl::GetFlag(FLAGS_bootstrap_servers),
       absl::GetFlag(FLAGS_results_topic)},
      /*with_kafka=*/true, "sink");
  if (!state.ok()) return state.status();
  KafkaOptions& options = state->options;
  if (!options.bootstrap_servers.empty() && !options.results_topic.empty()) {
    return std::move(options);
  }
  return WrongFlag(
      "which topic? Give --config=FILE, or --bootstrap_servers and "
      "--results_topic (--help has examples)");
}

absl::StatusOr<std::unique_ptr<Database>> DatabaseOfFlags(
    const std::atomic<bool>* stop) {
  const std::string address = absl::GetFlag(FLAGS_database);
  const std::string table = absl::GetFlag(FLAGS_table);
  if (address.empty()) {
    return WrongFlag(
        "which database? Give --database=postgresql://... or sqlite:PATH "
        "(--help has examples)");
  }
  absl::string_view path = address;
  if (!absl::ConsumePrefix(&path, "sqlite:")) {
    PostgresPatience patience;
    patience.stopping = stop;
    auto database = MakePostgres(address, table, patience);
    if (!database.ok()) return WrongFlag(database.status().message());
    return database;
  }
  const auto expanded = ExpandEnvironment(path);
  if (!expanded.ok()) {
    return WrongFlag(absl::StrCat("--database: ", expanded.status().message()));
  }
  if (expanded->empty()) return WrongFlag("--database=sqlite: needs a path");
  auto database = MakeSqlite(*expanded, table);
  if (!database.ok()) return WrongFlag(database.status().message());
  return database;
}

// Tells this process from any other, and people which one it is.
std::string Owner() {
  char host[256] = "";
  if (gethostname(host, sizeof(host) - 1) != 0) host[0] = '\0';
  return absl::StrCat("process ", getpid(), " on ", host, ", since ",
                      absl::FormatTime(absl::Now(), absl::UTCTimeZone()));
}

absl::Status ReadNumbers(SinkSettings* settings) {
  settings->sink.batch_keys = absl::GetFlag(FLAGS_batch_keys);
  settings->sink.batch_time = absl::GetFlag(FLAGS_batch_time);
  settings->sink.status_every = absl::GetFlag(FLAGS_status_every);
  settings->sink.unreachable_deadline =
      absl::GetFlag(FLAGS_unreachable_deadline);
  constexpr size_t kMostKeys = 1000000;
  if (settings->sink.batch_keys < 1 || settings->sink.batch_keys > kMostKeys) {
    return WrongFlag(absl::StrCat("--batch_keys must be 1 to ", kMostKeys));
  }
  if (settings->sink.batch_time < absl::ZeroDuration()) {
    return WrongFlag("--batch_time must not be negative");
  }
  if (settings->sink.status_every <= absl::ZeroDuration()) {
    return WrongFlag("--status_every must be more than 0");
  }
  if (settings->sink.unreachable_deadline <= absl::ZeroDuration()) {
    return WrongFlag("--unreachable_deadline must be more than 0, or inf");
  }
  return absl::OkStatus();
}

}  // namespace

void ParseSinkFlags(int argc, char** argv) {
  ParseFlags(argc, argv, kUsage, __FILE__);
}

absl::StatusOr<SinkSettings> SinkSettingsFromFlags(
    const std::atomic<bool>* stop) {
  SinkSettings settings;
  auto kafka = Kafka();
  if (!kafka.ok()) return kafka.status();
  settings.kafka = *std::move(kafka);
  auto database = DatabaseOfFlags(stop);
  if (!database.ok()) return database.status();
  settings.database = *std::move(database);
  const std::string policy = absl::GetFlag(FLAGS_on_rejected_row);
  if (policy != "stop" && policy != "dead_letter") {
    return WrongFlag("--on_rejected_row is stop or dead_letter");
  }
  settings.table.on_rejected_row = policy == "stop"
                                       ? RejectedRowPolicy::kStop
                                       : RejectedRowPolicy::kDeadLetter;
  settings.table.owner = Owner();
  settings.table.resync = absl::GetFlag(FLAGS_resync);
  settings.table.create_table = absl::GetFlag(FLAGS_create_table);
  settings.table.now = &absl::Now;
  settings.sink.topic = settings.kafka.results_topic;
  settings.sink.once = absl::GetFlag(FLAGS_once);
  settings.sink.now = &absl::Now;
  const absl::Status status = ReadNumbers(&settings);
  if (!status.ok()) return status;
  return settings;
}

}  // namespace exactmean
