// The table and the verdict.

#include "tests/chaos/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace exactmean {
namespace {

// A look soon after the start and one soon after it say nothing.
constexpr absl::Duration kLongSpan = absl::Seconds(20);

std::string Seconds(absl::Duration time) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(time));
}

void Line(const char* name, const std::string& value, std::string* out) {
  absl::StrAppendFormat(out, "  %-26s %s\n", name, value);
}

absl::Duration LongestTakeover(const std::vector<Takeover>& takeovers,
                               bool alone) {
  absl::Duration longest;
  for (const Takeover& takeover : takeovers) {
    if (takeover.alone || !alone) longest = std::max(longest, takeover.time);
  }
  return longest;
}

const ResourceSpan* LongestSpan(const FleetTally& fleet) {
  const auto longest =
      std::max_element(fleet.spans.begin(), fleet.spans.end(),
                       [](const ResourceSpan& a, const ResourceSpan& b) {
                         return a.length() < b.length();
                       });
  return longest == fleet.spans.end() ? nullptr : &*longest;
}

std::string Counted(const std::map<std::string, int>& faults) {
  return absl::StrJoin(faults, ", ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, entry.first);
    if (entry.second > 1) absl::StrAppend(out, " x", entry.second);
  });
}

std::string Exits(const FleetTally& fleet) {
  const std::string codes =
      absl::StrJoin(fleet.exits, ", ", [](std::string* out, const auto& entry) {
        absl::StrAppend(out, "code ", entry.first, " x", entry.second);
      });
  return absl::StrCat(fleet.starts, " starts, ", fleet.kills, " kills; ",
                      codes.empty() ? "no other end" : codes);
}

std::string Takeovers(const ChaosReport& report) {
  return absl::StrCat(
      report.takeovers.size(), ", longest ",
      Seconds(LongestTakeover(report.takeovers, /*alone=*/true)), " (bound ",
      Seconds(report.takeover_bound), "), with another fault ",
      Seconds(LongestTakeover(report.takeovers, /*alone=*/false)));
}

}  // namespace

std::string ChaosReport::ToString() const {
  int total = 0;
  for (const auto& entry : faults) total += entry.second;
  std::string out = absl::StrCat("chaos: seed ", seed, ", ", Seconds(time),
                                 ", history in ", history_path, "\n");
  Line("faults injected and seen",
       absl::StrCat(total, ", ", faults.size(), " of ", kinds, " kinds"), &out);
  Line("", Counted(faults), &out);
  Line("input records folded in", absl::StrCat(check.records), &out);
  Line("results read", absl::StrCat(check.results), &out);
  Line("steps of the processor",
       absl::StrCat(check.steps, " committed and checked, ", aborted_steps,
                    " aborted"),
       &out);
  Line("transactions of the writer",
       absl::StrCat(traffic.committed, " committed, ", traffic.aborted,
                    " aborted, ", traffic.failed, " batches of unknown fate"),
       &out);
  Line("instances", Exits(fleet), &out);
  Line("takeovers after SIGKILL", Takeovers(*this), &out);
  Line("longest stall",
       absl::StrCat(Seconds(check.longest_stall), ", during ", stall_during),
       &out);
  if (const ResourceSpan* span = LongestSpan(fleet)) {
    Line("longest life", absl::StrCat(span->who, ", ", Seconds(span->length())),
         &out);
    Line("  first look", span->first.ToString(), &out);
    Line("  last look", span->last.ToString(), &out);
  }
  Line("lost", absl::StrCat(check.lost), &out);
  Line("duplicated", absl::StrCat(check.duplicated), &out);
  Line("torn", absl::StrCat(check.torn), &out);
  for (const std::string& failure : failures) {
    absl::StrAppend(&out, "FAILED: ", failure, "\n");
  }
  absl::StrAppend(&out, ok() ? "chaos: all promises kept\n"
                             : "chaos: see the failures above\n");
  return out;
}

void Judge(ChaosReport* report) {
  std::vector<std::string>& failures = report->failures;
  if (report->check.wrong() > 0) {
    failures.push_back(absl::StrCat(report->check.lost, " lost, ",
                                    report->check.duplicated, " duplicated, ",
                                    report->check.torn, " torn"));
  }
  for (const std::string& complaint : report->fleet.complaints) {
    failures.push_back(complaint);
  }
  if (report->check.records == 0) failures.push_back("nothing was folded in");
  const absl::Duration takeover =
      LongestTakeover(report->takeovers, /*alone=*/true);
  if (takeover > report->takeover_bound) {
    failures.push_back(absl::StrCat("a takeover took ", Seconds(takeover),
                                    ", more than ",
                                    Seconds(report->takeover_bound)));
  }
  for (const ResourceSpan& span : report->fleet.spans) {
    if (span.length() < kLongSpan || span.IsFlat()) continue;
    failures.push_back(absl::StrCat(
        span.who, " has grown in ", Seconds(span.length()), " from ",
        span.first.ToString(), " to ", span.last.ToString()));
  }
}

}  // namespace exactmean
