// ExplanationText.

#include "tools/inspect/explain/render_explanation.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/json.h"
#include "state/counts.h"
#include "state/spec.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

using Fate = InputRecord::Fate;

std::string Weight(double weight) {
  return absl::StrFormat("%.3g%%", 100 * weight);
}

std::string Full(double value) { return JsonNumber(value); }

// "mean of these 20 records"
std::string Formula(const WindowExplanation& w) {
  const uint64_t n = w.members.size();
  const std::string records = Plural(n, "record");
  if (w.window.kind == WindowSpec::Kind::kCumulative) {
    return absl::StrCat("sum ",
                        NumberText(w.recomputed.average *
                                   static_cast<double>(w.recomputed.count)),
                        " / ", n, " (all records)");
  }
  if (!IsEwma(w.window)) return absl::StrCat("mean of these ", records);
  std::string text = absl::StrCat("weighted mean of these ", records);
  if (n > 0) {
    absl::StrAppend(&text, ", the newest weighing ", Weight(w.weights.back()));
  }
  if (w.weight_of_rest > 0) {
    absl::StrAppend(&text, ", those before them ", Weight(w.weight_of_rest));
  }
  return text;
}

// "6 of 20 records were found"
std::string Missing(const WindowExplanation& w, const Explanation& e) {
  std::string text =
      absl::StrCat(WithCommas(w.members.size()), " of ",
                   Plural(w.wanted, "record", "was", "were"), " found");
  if (IsEwma(w.window)) {
    absl::StrAppend(&text, ", the others weigh ", Weight(w.weight_of_rest));
  }
  if (e.read_from <= e.retained_from && e.retained_from > Offset(0)) {
    return absl::StrCat(text, ": input before offset ", e.retained_from.value(),
                        " is no longer retained");
  }
  return absl::StrCat(text, ": input before offset ", e.read_from.value(),
                      " was not read (--max_records)");
}

std::string WhyUndecided(const Explanation& e) {
  if (e.lost > 0) {
    return absl::StrCat("undecided: AT_MOST_ONCE has lost up to ",
                        Plural(e.lost, "record"), " of this partition");
  }
  if (e.retried == 0) {
    return "undecided: a record may have been late; --max_records=0 tells";
  }
  const uint64_t of_key = e.snapshot.has_value() ? e.snapshot->retried() : 0;
  return absl::StrCat(
      "undecided: ", Plural(e.retried, "record"),
      " of this partition went to retry topics",
      of_key > 0 ? absl::StrCat(", and ", of_key,
                                " of this key came back from there out of "
                                "their place")
                 : "",
      "; or a record was late");
}

std::string Sentence(const WindowExplanation& w, const Explanation& e) {
  const std::string name = absl::StrCat(w.window.name, ": ");
  const std::string stored = NumberText(w.stored.average);
  switch (w.verdict) {
    case Verdict::kAgrees:
      return absl::StrCat(name, stored, " = ", Formula(w), "  agrees\n");
    case Verdict::kNotRetained:
      return absl::StrCat(name, stored, "  cannot be told: ", Missing(w, e),
                          "\n");
    case Verdict::kUndecided:
    case Verdict::kDiffers:
      break;
  }
  const std::string verdict =
      w.verdict == Verdict::kUndecided ? WhyUndecided(e) : "DIFFERS";
  if (w.members.size() < w.wanted) {
    return absl::StrCat(name, stored, " of ", Plural(w.wanted, "record"),
                        ", but the input has ", WithCommas(w.members.size()),
                        " of them, or is compacted  ", verdict, "\n");
  }
  if (w.stored.average == w.recomputed.average) {
    return absl::StrFormat(
        "%s%s over %d records, minimum %s, maximum %s, deviation %s; but the "
        "input gives %s over %d, %s, %s, %s  %s\n",
        name, stored, w.stored.count, Full(w.stored.min), Full(w.stored.max),
        Full(w.stored.stddev), Full(w.recomputed.average), w.recomputed.count,
        Full(w.recomputed.min), Full(w.recomputed.max),
        Full(w.recomputed.stddev), verdict);
  }
  return absl::StrCat(name, Full(w.stored.average), ", but the ", Formula(w),
                      " is ", Full(w.recomputed.average), "  ", verdict, "\n");
}

std::string FateText(const InputRecord& record) {
  switch (record.fate) {
    case Fate::kFolded:
      return record.may_be_late ? "may be late" : "";
    case Fate::kLate:
      return "late: not folded in";
    case Fate::kSkipped:
      return "skipped: " + record.problem;
    case Fate::kFiltered:
      return "filtered by the step";
    case Fate::kDeletes:
      return "deletes the key";
  }
  return "";
}

std::string MissedText(const Explanation& e) {
  return e.missed.size() > e.lost ? "MISSED: not in the snapshot"
                                  : "lost: not in the snapshot";
}

// A record with what each window makes of it.
struct Line {
  const InputRecord* record;
  bool missed = false;
  std::vector<std::string> windows;
};

std::vector<Line> LinesOf(const Explanation& e) {
  std::vector<Line> lines;
  for (const InputRecord& record : e.folded) {
    lines.push_back(
        {&record, false, std::vector<std::string>(e.windows.size())});
  }
  for (size_t w = 0; w < e.windows.size(); ++w) {
    const WindowExplanation& window = e.windows[w];
    for (size_t i = 0; i < window.members.size(); ++i) {
      lines[window.members[i]].windows[w] =
          IsEwma(window.window) ? Weight(window.weights[i]) : "x";
    }
  }
  for (const auto* group : {&e.others, &e.missed}) {
    for (const InputRecord& record : *group) {
      lines.push_back({&record, group == &e.missed,
                       std::vector<std::string>(e.windows.size())});
    }
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.record->offset > b.record->offset;
  });
  return lines;
}

// How many of the newest records to show: those in count and time windows, and
// for the others some.
size_t Shown(const Explanation& e, size_t limit, size_t lines) {
  if (limit > 0) return std::min(limit, lines);
  size_t folded = 20;
  for (const WindowExplanation& w : e.windows) {
    if (IsEwma(w.window) || w.window.kind == WindowSpec::Kind::kCumulative)
      continue;
    if (w.members.empty()) continue;
    folded = std::max(folded, e.folded.size() - w.members.front());
  }
  return std::min(lines, folded + e.others.size() + e.missed.size());
}

std::string RecordTable(const Explanation& e, const Terminal& terminal,
                        size_t limit) {
  const std::vector<Line> lines = LinesOf(e);
  if (lines.empty()) return "";
  const size_t remarks = 4 + e.windows.size();
  Table table({remarks});
  std::vector<std::string> header = {"PARTITION", "OFFSET", "EVENT TIME",
                                     "VALUE"};
  for (const WindowExplanation& w : e.windows) header.push_back(w.window.name);
  header.push_back("REMARK");
  table.Add(std::move(header));
  const size_t shown = Shown(e, limit, lines.size());
  for (size_t i = 0; i < shown; ++i) {
    const InputRecord& record = *lines[i].record;
    const bool sample =
        record.fate == Fate::kFolded || record.fate == Fate::kLate;
    std::vector<std::string> row = {
        absl::StrCat(e.partition.value()), absl::StrCat(record.offset.value()),
        sample ? TimeText(record.sample.time.value()) : "-",
        sample ? NumberText(record.sample.value) : "-"};
    row.insert(row.end(), lines[i].windows.begin(), lines[i].windows.end());
    const std::string remark =
        lines[i].missed ? MissedText(e) : FateText(record);
    row.push_back(remark);
    table.Add(std::move(row));
  }
  std::string text = absl::StrCat("\n", table.ToString(terminal));
  if (shown < lines.size()) {
    absl::StrAppend(&text, "and ", lines.size() - shown,
                    " older records (--limit shows more)\n");
  }
  return text;
}

std::string DeletedText(const Explanation& e) {
  for (const InputRecord& record : e.others) {
    if (record.fate != Fate::kDeletes) continue;
    return absl::StrCat("deleted by the input record at offset ",
                        record.offset.value(), ", which has a null value\n");
  }
  if (!e.folded.empty()) {
    return "idle for longer than idle_key_ttl since the record below\n";
  }
  return absl::StrCat(
      "the record that deleted it is not among those from "
      "input offset ",
      e.read_from.value(), " on, which were read\n");
}

}  // namespace

std::string ExplanationText(const Explanation& e, const Terminal& terminal,
                            size_t limit) {
  const std::string key = absl::StrCat("key \"", PrintableKey(e.key),
                                       "\", partition ", e.partition.value());
  const std::string read = absl::StrCat(
      "read: input offsets ", e.read_from.value(), " to before ",
      e.read_to.value(), ", where the state is",
      e.read_to > e.checkpoint
          ? absl::StrCat(" (ahead of its checkpoint, ", e.checkpoint.value(),
                         ": a step is under way, or was not "
                         "finished)")
          : "",
      "; retained from ", e.retained_from.value(), "\n\n");
  std::string text;
  if (e.snapshot.has_value()) {
    text = absl::StrCat(
        key, ": ", Plural(e.snapshot->records(), "record"),
        ", the last at input offset ", e.snapshot->last_offset(),
        ", event time ", TimeText(e.snapshot->event_time()),
        "; snapshot at results offset ", e.results_offset.value(), "\n", read);
    for (const WindowExplanation& window : e.windows) {
      absl::StrAppend(&text, Sentence(window, e));
    }
  } else {
    text = absl::StrCat(key, ": deleted; tombstone at results offset ",
                        e.results_offset.value(), "\n", read, DeletedText(e));
  }
  if (!e.missed.empty() && e.missed.size() <= e.lost) {
    absl::StrAppend(&text, "lost: ", Plural(e.missed.size(), "record"),
                    ", not in the snapshot; AT_MOST_ONCE has lost up "
                    "to ",
                    e.lost, " of this partition\n");
  } else if (!e.missed.empty()) {
    absl::StrAppend(&text, "MISSED: ", Plural(e.missed.size(), "record"),
                    " that the state has passed and should hold\n");
  }
  return absl::StrCat(text, RecordTable(e, terminal, limit));
}

}  // namespace exactmean
