// Main: reads the configuration, checks the cluster, runs the workers, and
// turns what ends them into an exit code.

#include "processor/main.h"

#include <malloc.h>
#include <signal.h>

#include <atomic>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "glog/logging.h"
#include "processor/command_line.h"
#include "processor/config/load_config.h"
#include "processor/config/partial_run.h"
#include "processor/program/application.h"
#include "processor/program/topics.h"
#include "processor/stop.h"
#include "processor/stop_signal.h"

ABSL_FLAG(std::string, config, "",
          "The configuration file: proto/config.proto in text format. "
          "Required.");
ABSL_FLAG(std::string, config_override, "",
          "One text-format snippet merged over the file, as 'workers: 2 "
          "grace: \"1h\"'. Windows in it replace the file's. If the flag is "
          "given twice, the last holds.");
ABSL_FLAG(std::string, bootstrap_servers, "",
          "host:port of one or more brokers; replaces the file's.");
ABSL_FLAG(std::string, instance_id, "",
          "Names this process within the application. Two that run at once "
          "must not share one; a restart must keep it. Default: the host's "
          "name.");
ABSL_FLAG(bool, check, false,
          "Check configuration and cluster, print what is wrong, and exit.");
ABSL_FLAG(bool, create_topics, false,
          "Create the topics of results, updates, dead letters and retries, as "
          "far as they are configured, with the settings they need, and exit.");
ABSL_FLAG(std::string, from, "",
          "With --to: run over a part of the input and exit. Where it begins: "
          "as input.start in the configuration. Default: earliest.");
ABSL_FLAG(std::string, to, "",
          "Of a run --from --to: where it ends: latest (as of its beginning; "
          "the default), a time, or the offsets before which it ends, as "
          "0:1200,1:1187.");
ABSL_FLAG(std::string, application_id, "",
          "Of a run --from --to: its group; not the configuration's.");
ABSL_FLAG(std::string, results_topic, "",
          "Of a run --from --to: where it writes; not the configuration's. "
          "Such a run writes neither updates nor dead letters.");
ABSL_FLAG(absl::Duration, status_every, absl::Seconds(5),
          "How often each worker logs a status line, and metrics are renewed.");
ABSL_FLAG(std::string, metrics_address, "",
          "HOST:PORT at which metrics are served for Prometheus, at /metrics; "
          "docs/metrics.md lists them. Whoever reaches it may read them: "
          "127.0.0.1:9464 is this machine alone. Default: none.");

namespace exactmean {
namespace {

constexpr char kUsage[] =
    R"(Per-key moving averages of a Kafka topic, exactly once.

  exactmean --config=FILE [flags]

Examples:
  exactmean --config=prices.textproto --check
  exactmean --config=prices.textproto --create_topics
  exactmean --config=prices.textproto --instance_id=prices-0

A part of the input, once, into a topic of its own (make that first: the same
with --create_topics):
  exactmean --config=prices.textproto --from=2026-11-01 --to=2026-11-08 \
      --application_id=prices-replay --results_topic=averages.replay

Ends with SIGTERM or SIGINT: commits, exits 0; at a second signal at once.
Exit codes: 0 asked to stop, or a run --from --to is done, 1 internal error,
2 command line, configuration, topics or authorisation, 3 bad record under
policy STOP, 4 the state cannot be proven, 5 another process has this instance
id, 6 the cluster is out of reach, 7 a run --from --to was stopped before its
end, 8 the pipeline's step failed on a record, 9 that step is not linked into
this program, 75 stood still (start it again).)";

int Exit(const absl::Status& status) {
  if (status.ok()) return 0;
  LOG(ERROR) << status.message();
  return static_cast<int>(ReasonOf(status));
}

absl::StatusOr<Settings> SettingsFromFlags() {
  ConfigArgs args;
  args.path = absl::GetFlag(FLAGS_config);
  const std::string snippet = absl::GetFlag(FLAGS_config_override);
  if (!snippet.empty()) args.overrides.push_back(snippet);
  args.bootstrap_servers = absl::GetFlag(FLAGS_bootstrap_servers);
  args.instance_id = absl::GetFlag(FLAGS_instance_id);
  if (args.path.empty()) {
    return absl::InvalidArgumentError(
        "no configuration: give --config=FILE (--help has examples; every "
        "field is described in proto/config.proto)");
  }
  PartialRunArgs run;
  run.from = absl::GetFlag(FLAGS_from);
  run.to = absl::GetFlag(FLAGS_to);
  run.application_id = absl::GetFlag(FLAGS_application_id);
  run.results_topic = absl::GetFlag(FLAGS_results_topic);
  if (run.given()) return LoadPartialRun(args, run);
  if (!run.application_id.empty() || !run.results_topic.empty()) {
    return absl::InvalidArgumentError(
        "--application_id and --results_topic are for a run --from or --to; "
        "otherwise the configuration names both");
  }
  return LoadSettings(args);
}

// glibc would make eight for each core, and every one keeps room for the most
// that a restore ever had in it. A thread of the Kafka client and its worker
// share one anyway: what the one receives the other lets go of.
void LimitArenas(int workers) { mallopt(M_ARENA_MAX, 1 + workers); }

int Run(const StepFactories& steps) {
  const absl::StatusOr<Settings> settings = SettingsFromFlags();
  if (!settings.ok()) {
    return Exit(Stop(StopReason::kConfig, settings.status().message()));
  }
  if (absl::GetFlag(FLAGS_check) && absl::GetFlag(FLAGS_create_topics)) {
    return Exit(Stop(StopReason::kConfig,
                     "--check or --create_topics: one after the other"));
  }
  if (absl::GetFlag(FLAGS_status_every) <= absl::ZeroDuration()) {
    return Exit(
        Stop(StopReason::kConfig, "--status_every must be more than 0"));
  }
  const absl::Status step = MakeStep(settings->step, steps).status();
  if (!step.ok()) return Exit(step);
  if (absl::GetFlag(FLAGS_check)) return Exit(CheckCluster(*settings));
  if (absl::GetFlag(FLAGS_create_topics)) return Exit(CreateTopics(*settings));

  std::atomic<bool>* const stop = StopOnSignal();
  signal(SIGPIPE, SIG_IGN);
  LimitArenas(settings->workers);
  return Exit(RunApplication(
      *settings,
      {absl::GetFlag(FLAGS_status_every), absl::GetFlag(FLAGS_metrics_address)},
      &MakeKafkaLogs, steps, stop));
}

}  // namespace

int Main(int argc, char** argv, const StepFactories& steps) {
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  ParseFlags(argc, argv, kUsage, __FILE__);
  return Run(steps);
}

}  // namespace exactmean
