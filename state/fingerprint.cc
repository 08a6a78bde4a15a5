// Fingerprint: canonical text of a StateSpec, and the difference of two.

#include "state/fingerprint.h"

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "xxhash.h"

namespace exactmean {
namespace {

std::string DescribeWindow(const WindowSpec& window) {
  switch (window.kind) {
    case WindowSpec::Kind::kCount:
      return absl::StrCat("count size=", window.size);
    case WindowSpec::Kind::kTimeExact:
      return absl::StrCat("time length_us=", window.length_us);
    case WindowSpec::Kind::kTimePanes:
      return absl::StrCat("time length_us=", window.length_us,
                          " resolution_us=", window.resolution_us);
    case WindowSpec::Kind::kEwmaRecords:
      return absl::StrFormat("ewma alpha=%.17g", window.alpha);
    case WindowSpec::Kind::kEwmaHalfLife:
      return absl::StrCat("ewma half_life_us=", window.half_life_us);
    case WindowSpec::Kind::kCumulative:
      return "cumulative";
  }
  return "";
}

// As it is; escaped when a stranger put more into it than text.
std::string Shown(absl::string_view line) {
  return absl::c_all_of(line, absl::ascii_isprint) ? std::string(line)
                                                   : absl::CHexEscape(line);
}

std::string OrNone(absl::optional<int64_t> us) {
  return us.has_value() ? absl::StrCat(*us) : "none";
}

}  // namespace

Fingerprint FingerprintOf(const StateSpec& spec) {
  std::vector<std::string> lines;
  lines.push_back(absl::StrCat("source ", spec.source));
  if (!spec.step.empty()) lines.push_back(absl::StrCat("step ", spec.step));
  lines.push_back(absl::StrCat("grace_us ", OrNone(spec.grace_us)));
  lines.push_back(
      absl::StrCat("idle_key_ttl_us ", OrNone(spec.idle_key_ttl_us)));
  for (const WindowSpec& window : spec.windows) {
    lines.push_back(
        absl::StrCat("window ", window.name, " ", DescribeWindow(window)));
  }
  Fingerprint result;
  result.text = absl::StrJoin(lines, "\n");
  result.hash = XXH3_64bits(result.text.data(), result.text.size());
  return result;
}

std::string DescribeDifference(absl::string_view was, absl::string_view is) {
  const std::vector<absl::string_view> before = absl::StrSplit(was, '\n');
  const std::vector<absl::string_view> after = absl::StrSplit(is, '\n');
  std::vector<std::string> lines;
  for (absl::string_view line : before) {
    if (std::find(after.begin(), after.end(), line) == after.end()) {
      lines.push_back(absl::StrCat("  - ", Shown(line)));
    }
  }
  for (absl::string_view line : after) {
    if (std::find(before.begin(), before.end(), line) == before.end()) {
      lines.push_back(absl::StrCat("  + ", line));
    }
  }
  if (lines.empty()) lines.push_back("  (the same lines in another order)");
  return absl::StrJoin(lines, "\n");
}

}  // namespace exactmean
