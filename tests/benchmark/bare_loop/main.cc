// bare-loop: what librdkafka can do at best, for tools/benchmark.sh. Beside
// processor/kafka this folder is the one place that includes librdkafka: it
// measures what Exactmean adds to the library, so nothing of Exactmean but the
// reading of its flags may be in it.

#include <librdkafka/rdkafka.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "processor/command_line.h"
#include "tests/benchmark/bare_loop/bare_loop.h"
#include "tests/benchmark/bare_loop/clients.h"
#include "tests/benchmark/bare_loop/reading.h"

ABSL_FLAG(std::string, bootstrap_servers, "", "host:port of a broker.");
ABSL_FLAG(std::string, input, "events", "The topic that is read.");
ABSL_FLAG(std::string, output, "averages", "The topic of the snapshots.");
ABSL_FLAG(std::string, name, "bare-loop",
          "The consumer group and transactional id.");
ABSL_FLAG(int, commit_ms, 100, "How often a transaction is committed.");
ABSL_FLAG(bool, commit_aside, true,
          "Commit on a second thread, while the first goes on consuming.");
ABSL_FLAG(bool, restore, false, "Read the output first.");
ABSL_FLAG(int64_t, records, 0,
          "Of loop: how many the input will have; 0: those at the start.");

namespace exactmean {
namespace {

constexpr char kUsage[] = R"(The exactly-once loop of librdkafka, bare.

  bare-loop [flags] consume    reads the input, and that is all
  bare-loop [flags] loop       consumes, folds, and commits transactions
  bare-loop version            prints librdkafka's

To the end of the input as it was at the start, or to --records. The last line
says how many records, and when the first was there and the last was
committed.)";

int Main(const std::vector<std::string>& words) {
  LoopOptions options;
  options.servers = absl::GetFlag(FLAGS_bootstrap_servers);
  options.input = absl::GetFlag(FLAGS_input);
  options.output = absl::GetFlag(FLAGS_output);
  options.name = absl::GetFlag(FLAGS_name);
  options.commit_ms = absl::GetFlag(FLAGS_commit_ms);
  options.commit_aside = absl::GetFlag(FLAGS_commit_aside);
  options.restore = absl::GetFlag(FLAGS_restore);
  options.records = absl::GetFlag(FLAGS_records);
  if (words == std::vector<std::string>{"consume"}) {
    ConsumeOnly(options);
  } else if (words == std::vector<std::string>{"loop"}) {
    BareLoop(options).Run();
  } else if (words == std::vector<std::string>{"version"}) {
    std::cout << rd_kafka_version_str() << "\n";
  } else {
    std::cerr << kUsage << "\n";
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  return exactmean::Main(
      exactmean::ParseCommandLine(argc, argv, exactmean::kUsage, __FILE__));
}
