// Whose state, on which cluster: what the tools are told by the same flags.

#ifndef EXACTMEAN_TOOLS_INSPECT_NAMED_STATE_H_
#define EXACTMEAN_TOOLS_INSPECT_NAMED_STATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"
#include "processor/kafka/options.h"

namespace exactmean {

// The flags of these names; empty: not given.
struct StateFlags {
  std::string config;
  std::string config_override;
  std::string bootstrap_servers;
  std::string results_topic;
};

struct NamedState {
  ConfigArgs args;                    // where the settings are from
  absl::optional<Settings> settings;  // of --config
  // Without --config, brokers and topic may be missing yet.
  KafkaOptions options;
};

// For the clients of `tool`: "inspect". `with_kafka` as in ConfigArgs. Errors
// are a Stop(kConfig).
absl::StatusOr<NamedState> ReadStateFlags(const StateFlags& flags,
                                          bool with_kafka,
                                          absl::string_view tool);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_NAMED_STATE_H_
