// Reads `step`.

#include "processor/config/step_settings.h"

#include <cstdint>
#include <map>
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
    absl::StatusOr<std::string> expanded = ExpandEnvironment(value);
    if (expanded.ok()) {
      to = *std::move(expanded);
    } else {
      problems->Add(
          absl::StrCat("step.option \"", absl::CHexEscape(name), "\""),
          expanded.status().message());
    }
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
                  "say what happens then, STOP or DEAD_LETTER, when max_tries "
                  "or max_time is reached");
  } else if (!limited && retry.give_up() != config::Retry::NEVER) {
    problems->Add(give_up, "say when: give max_tries, max_time, or both");
  }
  to.give_up = retry.give_up() == config::Retry::DEAD_LETTER
                   ? RetryPolicy::GiveUp::kDeadLetter
                   : RetryPolicy::GiveUp::kStop;
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
  settings->state.step = Describe(settings->step);
}

}  // namespace exactmean
