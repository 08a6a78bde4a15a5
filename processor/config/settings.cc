// Prints settings without their secrets.

#include "processor/config/settings.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/bad_record_policy.h"
#include "processor/config/duration.h"
#include "processor/delivery.h"
#include "processor/input_position.h"
#include "processor/kafka/options.h"
#include "processor/kafka/properties.h"
#include "processor/record_retry.h"
#include "processor/step.h"
#include "state/fingerprint.h"

namespace exactmean {
namespace {

bool IsSecret(const Settings& settings, const std::string& property) {
  return settings.from_environment.count(property) > 0 ||
         IsSecretProperty(property);
}

class Lines {
 public:
  template <typename Value>
  void Add(absl::string_view name, const Value& value) {
    absl::StrAppend(&text_, "\n  ", name, ": ",
                    absl::CHexEscape(absl::StrCat(value)));
  }
  void Add(absl::string_view name, absl::Duration value) {
    Add(name, DurationText(value));
  }
  std::string text() const { return text_; }

 private:
  std::string text_ = "settings:";
};

absl::string_view NameOf(BadRecordPolicy policy) {
  switch (policy) {
    case BadRecordPolicy::kStop:
      return "STOP";
    case BadRecordPolicy::kSkip:
      return "SKIP";
    case BadRecordPolicy::kDeadLetter:
      return "DEAD_LETTER";
  }
  return "";
}

absl::string_view NameOf(RetryPolicy::GiveUp give_up) {
  switch (give_up) {
    case RetryPolicy::GiveUp::kStop:
      return "STOP";
    case RetryPolicy::GiveUp::kDeadLetter:
      return "DEAD_LETTER";
    case RetryPolicy::GiveUp::kRetryTopic:
      return "RETRY_TOPIC";
  }
  return "";
}

void AddKafka(const Settings& settings, Lines* lines) {
  lines->Add("kafka.bootstrap_servers", settings.bootstrap_servers);
  for (const auto& property : settings.properties) {
    lines->Add(
        absl::StrCat("kafka.property ", absl::CHexEscape(property.first)),
        IsSecret(settings, property.first) ? "(hidden)" : property.second);
  }
  lines->Add("kafka.unreachable_deadline", settings.unreachable_deadline);
}

void AddStep(const Settings& settings, Lines* lines) {
  lines->Add("step",
             settings.step.name.empty() ? "(none)" : Describe(settings.step));
  if (settings.step.name.empty()) return;
  for (const auto& [name, value] : settings.step.options) {
    lines->Add(
        absl::StrCat("step.option ", absl::CHexEscape(name)),
        settings.hidden_step_options.count(name) > 0 || IsSecretProperty(name)
            ? "(hidden)"
            : value);
  }
  const RetryPolicy& retry = settings.retry;
  lines->Add("step.retry.first_wait", retry.first_wait);
  lines->Add("step.retry.longest_wait", retry.longest_wait);
  const bool by_time = retry.max_time < absl::InfiniteDuration();
  if (retry.max_tries > 0) lines->Add("step.retry.max_tries", retry.max_tries);
  if (by_time) lines->Add("step.retry.max_time", retry.max_time);
  const bool limited = retry.max_tries > 0 || by_time;
  lines->Add("step.retry.give_up", limited ? NameOf(retry.give_up) : "NEVER");
  for (const RetryPolicy::Topic& topic : retry.topics) {
    lines->Add("step.retry.topic",
               absl::StrCat(topic.name, " after ", DurationText(topic.delay)));
  }
}

}  // namespace

std::string DescribeSettings(const Settings& settings) {
  Lines lines;
  lines.Add("application_id", settings.application_id);
  lines.Add("instance_id", settings.instance_id);
  AddKafka(settings, &lines);
  lines.Add("input.topic", settings.input_topic);
  lines.Add("input.start", ToString(settings.start));
  if (settings.end.has_value()) lines.Add("--to", ToString(*settings.end));
  lines.Add("results.topic", settings.results_topic);
  lines.Add("updates.topic",
            settings.updates_topic.empty() ? "(none)" : settings.updates_topic);
  lines.Add("on_bad_record", NameOf(settings.on_bad_record));
  lines.Add("dead_letters.topic", settings.dead_letter_topic.empty()
                                      ? "(none)"
                                      : settings.dead_letter_topic);
  AddStep(settings, &lines);
  lines.Add("delivery.mode", ToString(settings.delivery.mode));
  if (!settings.delivery.transactional()) {
    lines.Add("delivery.commits", ToString(settings.delivery.commits));
  }
  lines.Add("commit.interval", settings.commit_interval);
  lines.Add("commit.max_records", settings.commit_max_records);
  lines.Add("commit.transaction_timeout", settings.transaction_timeout);
  lines.Add("workers", settings.workers);
  lines.Add("group.membership",
            settings.static_membership ? "STATIC" : "DYNAMIC");
  lines.Add("group.assignor", settings.assignor == Assignor::kRange
                                  ? "RANGE"
                                  : "COOPERATIVE_STICKY");
  lines.Add("group.session_timeout", settings.session_timeout);
  return absl::StrCat(lines.text(), "\n  state:\n    ",
                      absl::StrReplaceAll(FingerprintOf(settings.state).text,
                                          {{"\n", "\n    "}}));
}

}  // namespace exactmean
