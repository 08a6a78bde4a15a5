// ReadStateFlags.

#include "tools/inspect/named_state.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/config/kafka_options.h"
#include "processor/stop.h"

namespace exactmean {

absl::StatusOr<NamedState> ReadStateFlags(const StateFlags& flags,
                                          bool with_kafka,
                                          absl::string_view tool) {
  NamedState state;
  if (flags.config.empty()) {
    if (!flags.config_override.empty()) {
      return Stop(
          StopReason::kConfig,
          "--config_override changes what --config=FILE says: give it, too");
    }
    KafkaOptions& options = state.options;
    options.bootstrap_servers = flags.bootstrap_servers;
    options.application_id = options.instance_id =
        absl::StrCat("exactmean-", tool);
    options.results_topic = flags.results_topic;
    return state;
  }
  state.args.path = flags.config;
  state.args.bootstrap_servers = flags.bootstrap_servers;
  state.args.with_kafka = with_kafka;
  if (!flags.config_override.empty()) {
    state.args.overrides.push_back(flags.config_override);
  }
  absl::StatusOr<Settings> settings = LoadSettings(state.args);
  if (!settings.ok()) return Stop(StopReason::kConfig, settings.status());
  if (!flags.results_topic.empty()) {
    settings->results_topic = flags.results_topic;
  }
  state.options = KafkaOptionsOf(*settings, tool);
  state.settings = *std::move(settings);
  return state;
}

}  // namespace exactmean
