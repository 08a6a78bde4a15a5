// OpenReplay.

#include "tools/inspect/commands/replay_of.h"

#include <map>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/flags.h"

namespace exactmean {
namespace {

std::vector<std::string> NamesOf(const StateSpec& spec) {
  std::vector<std::string> names;
  for (const WindowSpec& window : spec.windows) names.push_back(window.name);
  return names;
}

absl::StatusOr<bool> IsCompacted(Session& session, const std::string& topic) {
  const auto admin = session.Admin();
  if (!admin.ok()) return admin.status();
  const auto configs =
      (*admin)->TopicConfigs(topic, absl::GetFlag(FLAGS_patience));
  if (absl::IsPermissionDenied(configs.status())) {
    session.err() << "it may not be asked whether topic \"" << topic
                  << "\" is compacted; it is taken not to be\n";
    return false;
  }
  if (!configs.ok()) return configs.status();
  const auto policy = configs->find("cleanup.policy");
  return policy != configs->end() &&
         absl::StrContains(policy->second, "compact");
}

}  // namespace

ReplayOf::ReplayOf(const Settings& settings, Reading reading,
                   int32_t input_partitions)
    : pipeline(settings.state, {settings.application_id, settings.input_topic,
                                input_partitions}),
      source{&pipeline, std::move(reading), settings.on_bad_record},
      windows(NamesOf(settings.state)) {}

void RemarkOnStep(Session& session, absl::string_view what) {
  const Settings* const settings = session.settings();
  if (settings == nullptr || settings->step.name.empty()) return;
  session.err() << "the pipeline has the step " << settings->state.step << ": "
                << what << "\n";
}

absl::StatusOr<std::unique_ptr<ReplayOf>> OpenReplay(Session& session) {
  const auto settings = session.RequireSettings();
  if (!settings.ok()) return settings.status();
  auto results = session.OpenResults();
  if (!results.ok()) return results.status();
  auto input = session.OpenInput();
  if (!input.ok()) return input.status();
  const auto count = (*input)->PartitionCount();
  if (!count.ok()) return count.status();
  const auto results_count = (*results)->PartitionCount();
  if (!results_count.ok()) return results_count.status();
  if (*count != *results_count) {
    return Stop(StopReason::kConfig,
                absl::StrCat("input topic \"", (*settings)->input_topic,
                             "\" has ", *count, " partitions, results topic \"",
                             (*settings)->results_topic, "\" ", *results_count,
                             ": they do not belong together"));
  }
  auto of = std::make_unique<ReplayOf>(**settings,
                                       session.ReadingOf(**settings), *count);
  const auto compacted = IsCompacted(session, (*settings)->input_topic);
  if (!compacted.ok()) return compacted.status();
  of->input_compacted = *compacted;
  auto partitions = session.Partitions(results->get());
  if (!partitions.ok()) return partitions.status();
  of->partitions = *std::move(partitions);
  of->results = *std::move(results);
  of->input = *std::move(input);
  return of;
}

}  // namespace exactmean
