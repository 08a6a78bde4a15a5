// Reads `step`.

#include "processor/config/step_settings.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/config/checks.h"
#include "processor/config/duration.h"
#include "processor/config/environment.h"

namespace exactmean {
namespace {

constexpr absl::string_view kRetry = "step.retry";
constexpr uint32_t kMaxTries = 1000000;
constexpr int kMaxRetryTopics = 8;
constexpr absl::Duration kLongest = absl::Hours(24 * 7);

void ReadOptions(const config::Step& step, Settings* settings,
                 Problems* problems) {
  // In an order of its own, for the problems' sake.
  const std::map<std::string, std::string> options(step.option().begin(),
                                                   step.option().end());
  for (const auto& [name, value] : options) {
    std::string& to = settings->step.options[name] = value;
    if (!MentionsEnvironment(value)) continue;
    settings->hidden_step_options.insert(name);
    to = Expanded(value,
                  absl::StrCat("step.option \"", absl::CHexEscape(name), "\""),
                  problems);
  }
}

RetryPolicy::GiveUp GiveUpOf(config::Retry::GiveUp give_up) {
  switch (give_up) {
    case config::Retry::DEAD_LETTER:
      return RetryPolicy::GiveUp::kDeadLetter;
    case config::Retry::RETRY_TOPIC:
      return RetryPolicy::GiveUp::kRetryTopic;
    default:
      return RetryPolicy::GiveUp::kStop;
  }
}

void ReadRetry(const config::Retry& retry, Settings* settings,
               Problems* problems) {
  RetryPolicy& to = settings->retry;
  const auto duration = [&](const std::string& text, const char* name,
                            absl::Duration fallback) {
    return ReadDuration(text, absl::StrCat(kRetry, ".", name),
                        absl::Milliseconds(1), kLongest, problems)
        .value_or(fallback);
  };
  to.first_wait = duration(retry.first_wait(), "first_wait", to.first_wait);
  to.longest_wait =
      duration(retry.longest_wait(), "longest_wait", to.longest_wait);
  to.max_time = duration(retry.max_time(), "max_time", to.max_time);
  if (to.longest_wait < to.first_wait) {
    problems->Add(absl::StrCat(kRetry, ".longest_wait"),
                  absl::StrCat("must not be less than first_wait, ",
                               DurationText(to.first_wait), ", is ",
                               DurationText(to.longest_wait)));
  }
  if (retry.max_tries() > kMaxTries) {
    problems->Add(absl::StrCat(kRetry, ".max_tries"),
                  absl::StrCat("must be at most ", kMaxTries, ", is ",
                               retry.max_tries()));
  } else {
    to.max_tries = static_cast<int>(retry.max_tries());
  }
  const bool limited =
      to.max_tries > 0 || to.max_time < absl::InfiniteDuration();
  const std::string give_up = absl::StrCat(kRetry, ".give_up");
  if (!config::Retry::GiveUp_IsValid(retry.give_up())) {
    problems->Add(give_up, "has an unknown value: write its name");
  } else if (limited && retry.give_up() == config::Retry::NEVER) {
    problems->Add(give_up,
                  "say what happens then, STOP, DEAD_LETTER or RETRY_TOPIC, "
                  "when max_tries or max_time is reached");
  } else if (!limited && retry.give_up() != config::Retry::NEVER) {
    problems->Add(give_up, "say when: give max_tries, max_time, or both");
  }
  to.give_up = GiveUpOf(retry.give_up());
}

void ReadRetryTopics(const config::Config& config, Settings* settings,
                     Problems* problems) {
  const config::Retry& retry = config.step().retry();
  const std::string field = absl::StrCat(kRetry, ".topic");
  const bool wanted = retry.give_up() == config::Retry::RETRY_TOPIC;
  if (wanted != (retry.topic_size() > 0)) {
    problems->Add(field, wanted ? "is required with give_up: RETRY_TOPIC"
                                : "has no effect without give_up: RETRY_TOPIC");
  }
  if (retry.topic_size() > kMaxRetryTopics) {
    problems->Add(field, absl::StrCat("may be given ", kMaxRetryTopics,
                                      " times, is ", retry.topic_size()));
  }
  if (wanted && config.delivery().mode() != config::Delivery::EXACTLY_ONCE) {
    problems->Add(absl::StrCat(kRetry, ".give_up"),
                  "RETRY_TOPIC is for delivery mode EXACTLY_ONCE: without "
                  "transactions a record might come back twice, and nothing "
                  "would keep it from being counted twice");
  }
  std::set<std::string> names;
  for (const config::RetryTopic& topic : retry.topic()) {
    CheckTopic(topic.name(), absl::StrCat(field, ".name"), problems);
    if (!names.insert(topic.name()).second) {
      problems->Add(absl::StrCat(field, ".name"),
                    absl::StrCat("\"", absl::CHexEscape(topic.name()),
                                 "\" is given twice"));
    }
    const auto delay =
        ReadDuration(topic.delay(), absl::StrCat(field, ".delay"),
                     absl::Milliseconds(1), absl::Hours(24 * 30), problems);
    if (topic.delay().empty()) {
      problems->Add(absl::StrCat(field, ".delay"), "is required");
    }
    settings->retry.topics.push_back(
        {topic.name(), delay.value_or(absl::ZeroDuration())});
  }
}

}  // namespace

void ReadStep(const config::Config& config, Settings* settings,
              Problems* problems) {
  if (!config.has_step()) return;
  const config::Step& step = config.step();
  settings->step.name = step.name();
  CheckWindowName(step.name(), "step.name", problems);
  for (const auto& [name, value] : step.property()) {
    if (MentionsEnvironment(value)) {
      problems->Add(
          absl::StrCat("step.property \"", absl::CHexEscape(name), "\""),
          "the environment is for options: what results depend on stands in "
          "every checkpoint");
    }
    settings->step.properties[name] = value;
  }
  ReadOptions(step, settings, problems);
  ReadRetry(step.retry(), settings, problems);
  ReadRetryTopics(config, settings, problems);
  settings->state.step = Describe(settings->step);
}

}  // namespace exactmean
