// WindowSpecsOf.

#include "tools/inspect/records/window_specs.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace exactmean {
namespace {

template <typename Number, typename Parse>
bool Take(absl::string_view word, absl::string_view name, Parse parse,
          Number* to) {
  return absl::ConsumePrefix(&word, name) && parse(word, to);
}

bool TakeLength(absl::string_view word, absl::string_view name, int64_t* to) {
  return Take(word, name, absl::SimpleAtoi<int64_t>, to) && *to > 0 &&
         *to <= kMaxLengthUs;
}

// "NAME KIND PARAMETER..."
bool ParseWindow(absl::string_view line, WindowSpec* to) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() < 2) return false;
  to->name = std::string(words[0]);
  const absl::string_view kind = words[1];
  if (kind == "cumulative") {
    to->kind = WindowSpec::Kind::kCumulative;
    return words.size() == 2;
  }
  if (words.size() < 3) return false;
  if (kind == "count") {
    to->kind = WindowSpec::Kind::kCount;
    return Take(words[2], "size=", absl::SimpleAtoi<uint32_t>, &to->size) &&
           to->size > 0 && to->size <= kMaxWindowCount;
  }
  if (kind == "ewma") {
    to->kind = WindowSpec::Kind::kEwmaRecords;
    if (Take(words[2], "alpha=", absl::SimpleAtod, &to->alpha)) {
      return to->alpha > 0 && to->alpha <= 1;
    }
    to->kind = WindowSpec::Kind::kEwmaHalfLife;
    return TakeLength(words[2], "half_life_us=", &to->half_life_us);
  }
  if (kind != "time" || !TakeLength(words[2], "length_us=", &to->length_us)) {
    return false;
  }
  to->kind = words.size() == 3 ? WindowSpec::Kind::kTimeExact
                               : WindowSpec::Kind::kTimePanes;
  return words.size() == 3 ||
         (TakeLength(words[3], "resolution_us=", &to->resolution_us) &&
          to->length_us % to->resolution_us == 0 &&
          to->length_us / to->resolution_us <= kMaxPanes);
}

}  // namespace

absl::optional<std::vector<WindowSpec>> WindowSpecsOf(
    const results::Checkpoint& checkpoint) {
  std::vector<WindowSpec> windows;
  for (absl::string_view line :
       absl::StrSplit(checkpoint.fingerprint_text(), '\n')) {
    if (!absl::ConsumePrefix(&line, "window ")) continue;
    if (!ParseWindow(line, &windows.emplace_back())) return absl::nullopt;
  }
  if (windows.size() != static_cast<size_t>(checkpoint.windows_size())) {
    return absl::nullopt;
  }
  return windows;
}

absl::optional<WindowLayout> SegmentedLayoutOf(
    const results::Checkpoint& checkpoint) {
  auto windows = WindowSpecsOf(checkpoint);
  if (!windows.has_value()) return absl::nullopt;
  StateSpec spec;
  spec.windows = *std::move(windows);
  return WindowLayout(spec, /*in_segments=*/true);
}

}  // namespace exactmean
