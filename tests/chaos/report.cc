// The table and the verdict.

#include "tests/chaos/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/chaos/veteran/growth.h"

namespace exactmean {
namespace {

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

void AddVeteran(const VeteranTally& veteran, std::string* out) {
  const int64_t transactions =
      veteran.samples.empty() ? 0 : veteran.samples.back().transactions;
  Line("an instance left alive",
       absl::StrCat(transactions, " transactions, ", veteran.recoveries,
                    " recoveries, ", veteran.restores, " restores"),
       out);
  const auto growth = GrowthOf(veteran.samples);
  if (!growth.has_value()) {
    Line("  what it held", "too short a life to tell", out);
    return;
  }
  Line("  held at least, at first", growth->early.ToString(), out);
  Line("  held at least, at last",
       absl::StrCat(growth->late.ToString(), " (bound ",
                    growth->bound().ToString(), ")"),
       out);
  Line("  growth",
       absl::StrFormat("%.0f bytes a transaction, in %s and %d transactions",
                       growth->bytes_per_transaction(), Seconds(growth->time),
                       growth->transactions),
       out);
}

void JudgeVeteran(const VeteranTally& veteran,
                  std::vector<std::string>* failures) {
  if (!veteran.complaint.empty()) {
    failures->push_back(
        absl::StrCat("the instance left alive: ", veteran.complaint));
  }
  const auto growth = GrowthOf(veteran.samples);
  if (!growth.has_value()) return;
  if (growth->transactions == 0) {
    failures->push_back("the instance left alive has committed nothing");
  }
  if (!growth->IsFlat()) {
    failures->push_back(absl::StrCat(
        "the instance left alive has grown in ", Seconds(growth->time), " and ",
        growth->transactions, " transactions, when it holds little, from ",
        growth->early.ToString(), " to ", growth->late.ToString(),
        ", more than to ", growth->bound().ToString()));
  }
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
  AddVeteran(veteran, &out);
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
  JudgeVeteran(report->veteran, &failures);
}

}  // namespace exactmean
