// Each kind of window has a function that reads it.

#include "processor/config/window_settings.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/config/checks.h"
#include "processor/config/duration.h"
#include "processor/config/problems.h"
#include "proto/config.pb.h"
#include "state/spec.h"

namespace exactmean {
namespace {

constexpr absl::Duration kMinLength = absl::Microseconds(1);
static_assert(kMaxDuration == absl::Microseconds(kMaxLengthUs),
              "as long as a window may be");

// Of a required duration, in microseconds; 0 if it is wrong.
int64_t ReadMicros(absl::string_view text, absl::string_view field,
                   Problems* problems) {
  if (text.empty()) {
    problems->Add(field, "required: a duration, as \"20d\"");
    return 0;
  }
  const absl::optional<absl::Duration> duration =
      ReadDuration(text, field, kMinLength, kMaxDuration, problems);
  return duration.has_value() ? absl::ToInt64Microseconds(*duration) : 0;
}

void ReadCount(const config::Count& count, absl::string_view path,
               WindowSpec* spec, Problems* problems) {
  spec->kind = WindowSpec::Kind::kCount;
  spec->size = count.size();
  if (count.size() < 1 || count.size() > kMaxWindowCount) {
    problems->Add(path, absl::StrCat("count.size must be 1 to ",
                                     kMaxWindowCount, ", is ", count.size()));
  }
}

void ReadTime(const config::Time& time, absl::string_view path,
              WindowSpec* spec, Problems* problems) {
  spec->length_us =
      ReadMicros(time.length(), absl::StrCat(path, ": time.length"), problems);
  if (time.resolution().empty()) {
    spec->kind = WindowSpec::Kind::kTimeExact;
    return;
  }
  spec->kind = WindowSpec::Kind::kTimePanes;
  spec->resolution_us = ReadMicros(
      time.resolution(), absl::StrCat(path, ": time.resolution"), problems);
  if (spec->length_us == 0 || spec->resolution_us == 0) return;
  const int64_t panes = spec->length_us / spec->resolution_us;
  if (spec->length_us % spec->resolution_us != 0) {
    problems->Add(
        path, absl::StrCat("time.length must be a multiple of "
                           "time.resolution; ",
                           time.length(), " is none of ", time.resolution()));
  } else if (panes > kMaxPanes) {
    problems->Add(path,
                  absl::StrCat("time.length has ", panes,
                               " panes of time.resolution; at most ", kMaxPanes,
                               " are allowed: make them coarser"));
  }
}

void ReadEwma(const config::Ewma& ewma, absl::string_view path,
              WindowSpec* spec, Problems* problems) {
  spec->kind = WindowSpec::Kind::kEwmaRecords;
  switch (ewma.decay_case()) {
    case config::Ewma::kAlpha:
      spec->alpha = ewma.alpha();
      if (!(ewma.alpha() > 0 && ewma.alpha() <= 1)) {
        problems->Add(path, absl::StrCat("ewma.alpha must be above 0 and at "
                                         "most 1, is ",
                                         ewma.alpha()));
      }
      return;
    case config::Ewma::kSpan:
      spec->alpha = 2 / (ewma.span() + 1);
      if (!(ewma.span() >= 1 && std::isfinite(ewma.span()))) {
        problems->Add(path, absl::StrCat("ewma.span must be at least 1, is ",
                                         ewma.span()));
      }
      return;
    case config::Ewma::kHalfLife:
      spec->kind = WindowSpec::Kind::kEwmaHalfLife;
      spec->half_life_us = ReadMicros(
          ewma.half_life(), absl::StrCat(path, ": ewma.half_life"), problems);
      return;
    case config::Ewma::DECAY_NOT_SET:
      problems->Add(path, "ewma needs one of alpha, span and half_life");
  }
}

WindowSpec ReadWindow(const config::Window& window, absl::string_view path,
                      Problems* problems) {
  WindowSpec spec;
  spec.name = window.name();
  switch (window.kind_case()) {
    case config::Window::kCount:
      ReadCount(window.count(), path, &spec, problems);
      break;
    case config::Window::kTime:
      ReadTime(window.time(), path, &spec, problems);
      break;
    case config::Window::kEwma:
      ReadEwma(window.ewma(), path, &spec, problems);
      break;
    case config::Window::kCumulative:
      spec.kind = WindowSpec::Kind::kCumulative;
      break;
    case config::Window::KIND_NOT_SET:
      problems->Add(path, "needs one of count, time, ewma and cumulative");
      break;
  }
  return spec;
}

}  // namespace

std::vector<WindowSpec> ReadWindows(const config::Config& config,
                                    Problems* problems) {
  if (config.window().empty()) {
    problems->Add("window", "at least one is required");
  }
  if (config.window_size() > kMaxWindows) {
    problems->Add("window", absl::StrCat("at most ", kMaxWindows,
                                         " are allowed, there are ",
                                         config.window_size()));
    return {};
  }
  std::vector<WindowSpec> specs;
  std::set<std::string> names;
  for (int i = 0; i < config.window_size(); ++i) {
    const config::Window& window = config.window(i);
    std::string path = absl::StrCat("window[", i, "]");
    if (CheckWindowName(window.name(), absl::StrCat(path, ".name"), problems)) {
      absl::StrAppend(&path, " (\"", window.name(), "\")");
      if (!names.insert(window.name()).second) {
        problems->Add(path, "another window has this name");
      }
    }
    specs.push_back(ReadWindow(window, path, problems));
  }
  return specs;
}

}  // namespace exactmean
