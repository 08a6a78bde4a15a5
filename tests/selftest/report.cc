// Report.

#include "tests/selftest/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace exactmean {
namespace {

std::string Line(const char* name, const std::string& text) {
  return absl::StrFormat("  %-14s%s\n", name, text);
}

}  // namespace

std::string Report(const Verdict& verdict, const Story& story,
                   const Trial& trial, absl::Duration taken) {
  std::string page;
  page += Line("input",
               absl::StrFormat("%d records written, %d of them in transactions "
                               "that were aborted",
                               trial.written(), trial.aborted()));
  page += Line("killed", absl::StrFormat(
                             "%d times at a step of a transaction, %d times at "
                             "a step of a restore",
                             story.killed_committing, story.killed_restoring));
  page += Line(
      "zombie",
      absl::StrFormat("stopped within a transaction; another was at work "
                      "after %.1f s; woken, %s",
                      absl::ToDoubleSeconds(story.takeover), story.zombie));
  page += Line("conservation",
               absl::StrFormat("%d read = %d applied + %d skipped as bad; %d "
                               "offsets held no record",
                               verdict.read, verdict.applied, verdict.skipped,
                               verdict.absent));
  page += Line(
      "readers",
      absl::StrFormat(
          "%d transactions, each checked for a state that the input gives: "
          "%d are not",
          verdict.transactions, verdict.torn));
  page += Line("replay",
               absl::StrFormat("%d snapshots compared byte for byte, %d differ",
                               verdict.snapshots, verdict.replay_differs));
  page += Line("digest",
               absl::StrFormat("%d of %d partitions verified",
                               verdict.partitions - verdict.digests_differ,
                               verdict.partitions));
  for (const std::string& problem : verdict.problems) {
    page += Line("problem", problem);
  }
  absl::StrAppendFormat(
      &page, "\n%s: %d lost, %d duplicated, %d torn, in %s\n",
      verdict.Passed() ? "PROVEN" : "DISPROVED", verdict.lost,
      verdict.duplicated, verdict.torn,
      absl::FormatDuration(absl::Trunc(taken, absl::Seconds(1))));
  return page;
}

}  // namespace exactmean
