// Audits as text and JSON.

#include "tools/inspect/audit/audit_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "state/counts.h"
#include "state/delivery_mode.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

std::vector<std::string> Row(const PartitionAudit& audit) {
  const std::string partition = absl::StrCat(audit.partition.value());
  if (audit.checkpoints == 0) return {partition, "no checkpoint"};
  const results::Checkpoint& last = audit.last;
  const results::Dispositions& d = last.dispositions();
  return {partition,
          audit.violations.empty() ? "holds" : "VIOLATED",
          absl::StrCat(last.next_offset() - last.start_offset()),
          absl::StrCat(d.applied()),
          absl::StrCat(d.late()),
          absl::StrCat(d.skipped()),
          absl::StrCat(d.dead_lettered()),
          absl::StrCat(d.retried()),
          absl::StrCat(d.filtered()),
          absl::StrCat(d.absent()),
          absl::StrCat(last.sequence()),
          absl::StrCat(audit.checkpoints),
          absl::StrCat(audit.first.sequence() - 1),
          audit.counted_from.has_value() ? absl::StrCat(audit.counted) : "-",
          audit.group.has_value() ? absl::StrCat(audit.group->value()) : "-"};
}

std::string Notes(const PartitionAudit& audit) {
  std::string text;
  const std::string of =
      absl::StrCat("partition ", audit.partition.value(), ": ");
  if (audit.writers.size() > 1) {
    for (const WriterSpan& span : audit.writers) {
      absl::StrAppend(&text, of, "commits ", span.first_sequence, " to ",
                      span.last_sequence, " by \"", span.writer,
                      "\", to input offset ", span.next_offset, "\n");
    }
  }
  if (audit.checkpoints > 0 && audit.last.dispositions().lost() > 0) {
    absl::StrAppend(&text, of, "up to ",
                    Plural(audit.last.dispositions().lost(), "record"),
                    " lost, under AT_MOST_ONCE\n");
  }
  for (const Violation& violation : audit.violations) {
    absl::StrAppend(&text, of,
                    violation.results_offset < Offset(0)
                        ? ""
                        : absl::StrCat("checkpoint at results offset ",
                                       violation.results_offset.value(), ": "),
                    violation.what, "\n");
  }
  return text;
}

}  // namespace

std::string AuditsText(absl::Span<const PartitionAudit> audits,
                       const Terminal& terminal) {
  Table table({0, 1});
  table.Add({"PARTITION", "OUTCOME", "PASSED", "APPLIED", "LATE", "SKIPPED",
             "DEAD", "RETRIED", "FILTERED", "ABSENT", "COMMITS", "IN LOG",
             "COMPACTED", "COUNTED", "GROUP"});
  std::string notes;
  uint64_t passed = 0, checkpoints = 0, violations = 0;
  for (const PartitionAudit& audit : audits) {
    table.Add(Row(audit));
    notes += Notes(audit);
    passed += static_cast<uint64_t>(audit.last.next_offset() -
                                    audit.last.start_offset());
    checkpoints += audit.checkpoints;
    violations += audit.violations.size();
  }
  std::string text = table.ToString(terminal);
  if (!notes.empty())
    absl::StrAppend(&text, "\n", Wrapped(notes, terminal.width, 2));
  absl::StrAppend(&text, "\n", Plural(passed, "offset"), " passed, ",
                  Plural(checkpoints, "checkpoint"), " in the log: ",
                  violations == 0 ? "every offset accounted for"
                                  : Plural(violations, "violation"),
                  "\n");
  return text;
}

std::string AuditsJson(absl::Span<const PartitionAudit> audits) {
  std::string text;
  for (const PartitionAudit& audit : audits) {
    std::vector<std::string> writers, violations;
    for (const WriterSpan& span : audit.writers) {
      writers.push_back(JsonObject()
                            .Add("writer", span.writer)
                            .Add("first_sequence", span.first_sequence)
                            .Add("last_sequence", span.last_sequence)
                            .Add("next_offset", span.next_offset)
                            .ToString());
    }
    for (const Violation& violation : audit.violations) {
      JsonObject json;
      if (violation.results_offset < Offset(0)) {
        json.AddNull("results_offset");
      } else {
        json.Add("results_offset", violation.results_offset.value());
      }
      violations.push_back(json.Add("what", violation.what).ToString());
    }
    const results::Checkpoint& last = audit.last;
    const results::Dispositions& d = last.dispositions();
    JsonObject json;
    json.Add("partition", audit.partition.value())
        .Add("checkpoints", audit.checkpoints)
        .Add("first_sequence", audit.first.sequence())
        .Add("last_sequence", last.sequence())
        .Add("start_offset", last.start_offset())
        .Add("next_offset", last.next_offset())
        .Add("applied", d.applied())
        .Add("late", d.late())
        .Add("skipped", d.skipped())
        .Add("dead_lettered", d.dead_lettered())
        .Add("retried", d.retried())
        .Add("filtered", d.filtered())
        .Add("absent", d.absent())
        .Add("lost", d.lost())
        .Add("delivery", ToString(ModeOf(last)));
    if (audit.counted_from.has_value()) {
      json.Add("counted_from", audit.counted_from->value())
          .Add("counted", audit.counted)
          .Add("expected", audit.expected);
    } else {
      json.AddNull("counted_from").AddNull("counted").AddNull("expected");
    }
    json.Add("group_offset", audit.group)
        .AddRaw("writers", JsonArray(writers))
        .AddRaw("violations", JsonArray(violations));
    absl::StrAppend(&text, json.ToString(), "\n");
  }
  return text;
}

}  // namespace exactmean
