// exactmean-inspect: shows what a results topic holds.

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/clock.h"
#include "processor/command_line.h"
#include "processor/config/kafka_options.h"
#include "processor/config/load_config.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/results_log.h"
#include "tools/inspect/render.h"
#include "tools/inspect/results_view.h"

ABSL_FLAG(std::string, config, "",
          "The processor's configuration file, for topic, brokers and their "
          "properties. Or give --bootstrap_servers and --results_topic.");
ABSL_FLAG(std::string, bootstrap_servers, "",
          "host:port of one or more brokers; replaces the file's.");
ABSL_FLAG(std::string, results_topic, "", "The topic; replaces the file's.");
ABSL_FLAG(std::string, output, "text", "text, or json: one object a line.");
ABSL_FLAG(uint32_t, limit, 0, "list: that many keys at most; 0: all.");

namespace exactmean {
namespace {

constexpr char kUsage[] =
    R"(Shows the state that exactmean keeps in a results topic.

  exactmean-inspect list                 every key with its averages
  exactmean-inspect get KEY...           keys in full
  exactmean-inspect checkpoint           how far each partition is, where its
                                         records went, and the digest

Reads committed records; joins no group and writes nothing.

Examples:
  exactmean-inspect list --config=prices.textproto --limit=20
  exactmean-inspect get IBM --config=prices.textproto --output=json
  exactmean-inspect checkpoint --bootstrap_servers=localhost:9092 \
      --results_topic=prices-averages

Exit codes: 0 done, 1 failed, 2 usage, 4 a digest differs (checkpoint).)";

absl::StatusOr<KafkaOptions> OptionsFromFlags() {
  KafkaOptions options;
  const std::string servers = absl::GetFlag(FLAGS_bootstrap_servers);
  if (!absl::GetFlag(FLAGS_config).empty()) {
    ConfigArgs args;
    args.path = absl::GetFlag(FLAGS_config);
    args.bootstrap_servers = servers;
    const absl::StatusOr<Settings> settings = LoadSettings(args);
    if (!settings.ok()) return settings.status();
    options = KafkaOptionsOf(*settings, "inspect");
  } else {
    options.bootstrap_servers = servers;
    options.application_id = options.instance_id = "exactmean-inspect";
  }
  if (!absl::GetFlag(FLAGS_results_topic).empty()) {
    options.results_topic = absl::GetFlag(FLAGS_results_topic);
  }
  if (options.bootstrap_servers.empty() || options.results_topic.empty()) {
    return absl::InvalidArgumentError(
        "which topic? Give --config=FILE, or --bootstrap_servers and "
        "--results_topic");
  }
  return options;
}

absl::StatusOr<std::vector<PartitionView>> Read(const KafkaOptions& options) {
  // It tells best why a cluster cannot be reached.
  const auto admin = KafkaAdmin::Create(options);
  if (!admin.ok()) return admin.status();
  const auto reachable = (*admin)->CountBrokers(absl::Seconds(5));
  if (!reachable.ok()) return reachable.status();
  const auto log = KafkaResultsLog::Create(options);
  if (!log.ok()) return log.status();
  const absl::StatusOr<int32_t> count = (*log)->PartitionCount();
  if (!count.ok()) return count.status();
  std::vector<Partition> partitions;
  for (int32_t p = 0; p < *count; ++p) partitions.emplace_back(p);
  MonotonicClock clock;
  return ReadResults(log->get(), partitions, &clock, absl::Seconds(3));
}

int Usage(absl::string_view problem) {
  std::cerr << "exactmean-inspect: " << problem
            << "\n(exactmean-inspect --help has examples)\n";
  return 2;
}

int Fail(const absl::Status& status) {
  std::cerr << "exactmean-inspect: " << status.message() << "\n";
  return 1;
}

void WarnOfOpenTransactions(const std::vector<PartitionView>& views) {
  for (const PartitionView& view : views) {
    if (!view.transaction_open) continue;
    std::cerr << "partition " << view.partition
              << ": a transaction is open; what follows it is not shown\n";
  }
}

int Run(const std::vector<std::string>& words) {
  const std::string output = absl::GetFlag(FLAGS_output);
  if (output != "text" && output != "json") {
    return Usage("--output is text or json");
  }
  const OutputFormat format =
      output == "json" ? OutputFormat::kJson : OutputFormat::kText;
  if (words.empty()) return Usage("say what: list, get KEY or checkpoint");
  const std::string& command = words[0];
  if (command != "list" && command != "get" && command != "checkpoint") {
    return Usage(absl::StrCat("no command \"", command,
                              "\"; there are list, get and checkpoint"));
  }
  if (command == "get" && words.size() < 2) return Usage("get which key?");
  if (command != "get" && words.size() > 1) {
    return Usage(absl::StrCat(command, " takes no \"", words[1], "\""));
  }
  const absl::StatusOr<KafkaOptions> options = OptionsFromFlags();
  if (!options.ok()) return Usage(options.status().message());
  const auto views = Read(*options);
  if (!views.ok()) return Fail(views.status());
  WarnOfOpenTransactions(*views);
  if (command == "checkpoint") {
    std::cout << RenderCheckpoints(*views, format);
    for (const PartitionView& view : *views) {
      if (view.checkpoint.has_value() && !view.DigestVerified()) return 4;
    }
    return 0;
  }
  if (command == "list") {
    const auto text = RenderList(*views, format, absl::GetFlag(FLAGS_limit));
    if (!text.ok()) return Fail(text.status());
    std::cout << *text;
    return 0;
  }
  for (size_t i = 1; i < words.size(); ++i) {
    const auto text = RenderKey(*views, words[i], format);
    if (!text.ok()) return Fail(text.status());
    std::cout << *text;
  }
  return 0;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  const int code = exactmean::Run(
      exactmean::ParseCommandLine(argc, argv, exactmean::kUsage, __FILE__));
  std::cout.flush();
  if (std::cout.good()) return code;
  std::cerr << "exactmean-inspect: cannot write the output\n";
  return 1;
}
