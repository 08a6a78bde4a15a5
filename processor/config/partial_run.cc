// LoadPartialRun.

#include "processor/config/partial_run.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "processor/delivery.h"
#include "processor/input_position.h"
#include "processor/record_retry.h"

namespace exactmean {
namespace {

absl::Status Wrong(absl::string_view flag, const std::string& value,
                   absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": ", why));
}

absl::Status ReadRange(const PartialRunArgs& run, Settings* settings) {
  const auto from =
      ParseInputPosition(run.from.empty() ? "earliest" : run.from);
  if (!from.ok()) return Wrong("from", run.from, from.status().message());
  if (from->kind == InputPosition::Kind::kCommitted) {
    return Wrong("from", run.from, "the run has a group of its own");
  }
  const auto to = ParseInputPosition(run.to.empty() ? "latest" : run.to);
  if (!to.ok()) return Wrong("to", run.to, to.status().message());
  if (to->kind == InputPosition::Kind::kCommitted ||
      to->kind == InputPosition::Kind::kEarliest) {
    return Wrong("to", run.to, "must be latest, a time or offsets");
  }
  settings->start = *from;
  settings->end = *to;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> LoadPartialRun(const ConfigArgs& args,
                                        const PartialRunArgs& run) {
  const absl::StatusOr<Settings> whole = LoadSettings(args);
  if (!whole.ok()) return whole;
  const bool own_group = !run.application_id.empty() &&
                         run.application_id != whole->application_id;
  const bool own_topic =
      !run.results_topic.empty() && run.results_topic != whole->results_topic;
  if (!own_group || !own_topic) {
    return absl::InvalidArgumentError(
        "a run --from --to has a group and a results topic of its own: give "
        "an --application_id and a --results_topic that the configuration "
        "does not name (or have \"exactmean-inspect replay\" print the "
        "averages, which needs neither)");
  }
  ConfigArgs own = args;
  own.overrides.push_back(absl::StrCat(
      "application_id: \"", absl::CHexEscape(run.application_id),
      "\" results { topic: \"", absl::CHexEscape(run.results_topic), "\" }"));
  absl::StatusOr<Settings> settings = LoadSettings(own);
  if (!settings.ok()) return settings;
  const absl::Status range = ReadRange(run, &*settings);
  if (!range.ok()) return range;
  settings->updates_topic.clear();
  settings->dead_letter_topic.clear();
  if (settings->on_bad_record == BadRecordPolicy::kDeadLetter) {
    settings->on_bad_record = BadRecordPolicy::kSkip;
  }
  settings->retry.topics.clear();
  settings->retry.give_up = RetryPolicy::GiveUp::kStop;
  settings->delivery = Delivery();
  settings->workers = 1;
  return settings;
}

}  // namespace exactmean
