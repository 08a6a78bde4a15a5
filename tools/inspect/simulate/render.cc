// Rendering of simulations.

#include "tools/inspect/simulate/render.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "processor/updates.h"
#include "state/counts.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr size_t kKeyWidth = 12;

// One long key must not push all else off the screen.
std::string KeyCell(const ChangeSet& changes, size_t i) {
  constexpr size_t kLongest = 40;
  return Shortened(PrintableKey(changes.key(i)), kLongest);
}

int WidthOf(const WindowSpec& window) {
  constexpr size_t kNumber = 12;  // -1.23457e+100
  return static_cast<int>(std::max(window.name.size(), kNumber));
}

absl::string_view FateText(LineOutcome::Fate fate) {
  switch (fate) {
    case LineOutcome::Fate::kApplied:
      return "applied";
    case LineOutcome::Fate::kLate:
      return "late";
    case LineOutcome::Fate::kFiltered:
      return "filtered";
    case LineOutcome::Fate::kSkipped:
      return "skipped";
    case LineOutcome::Fate::kStopped:
      break;
  }
  return "stopped";
}

// "-" for a window that holds nothing.
std::vector<std::string> Cells(const ChangeSet& changes, size_t i) {
  std::vector<std::string> cells;
  for (const Average& average : changes.averages(i)) {
    cells.push_back(average.count == 0 ? "-" : NumberText(average.average));
  }
  return cells;
}

std::vector<size_t> ByKey(const ChangeSet& changes) {
  std::vector<size_t> order(changes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return changes.key(a) < changes.key(b);
  });
  return order;
}

}  // namespace

std::string ChangesHeader(const std::vector<WindowSpec>& windows) {
  std::string text = absl::StrFormat("%6s  %-12s", "LINE", "KEY");
  for (const WindowSpec& window : windows) {
    absl::StrAppendFormat(&text, "  %*s", WidthOf(window), window.name);
  }
  return absl::StrCat(text, "\n");
}

std::string ChangesText(const LineOutcome& outcome, const ChangeSet& changes,
                        const std::vector<WindowSpec>& windows) {
  std::string text;
  for (const size_t i : ByKey(changes)) {
    const std::string key = KeyCell(changes, i);
    const size_t width = TextWidth(key);
    absl::StrAppendFormat(
        &text, "%6d  %s%s", outcome.line, key,
        std::string(width < kKeyWidth ? kKeyWidth - width : 0, ' '));
    if (changes.value(i).has_value()) {
      const std::vector<std::string> cells = Cells(changes, i);
      for (size_t w = 0; w < cells.size(); ++w) {
        absl::StrAppendFormat(&text, "  %*s", WidthOf(windows[w]), cells[w]);
      }
    } else {
      absl::StrAppend(&text, "  deleted");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string RemarkText(const LineOutcome& outcome) {
  if (outcome.fate == LineOutcome::Fate::kApplied) return "";
  if (outcome.fate == LineOutcome::Fate::kFiltered) {
    return absl::StrCat("line ", outcome.line, " is filtered by the step\n");
  }
  const bool late = outcome.fate == LineOutcome::Fate::kLate;
  return absl::StrCat("line ", outcome.line, " is ",
                      late ? "late: " : "a bad record: ", outcome.why, "\n");
}

std::string OutcomeJson(const LineOutcome& outcome, const ChangeSet& changes,
                        const std::vector<WindowSpec>& windows) {
  JsonObject object;
  object.Add("line", outcome.line).Add("fate", FateText(outcome.fate));
  if (!outcome.why.empty()) object.Add("why", outcome.why);
  std::vector<std::string> results;
  for (const size_t i : ByKey(changes)) {
    results.push_back(UpdateJson(changes, i, windows));
  }
  object.AddRaw("results", JsonArray(results));
  return absl::StrCat(object.ToString(), "\n");
}

std::string FinalText(const ChangeSet& changes,
                      const std::vector<WindowSpec>& windows,
                      const Terminal& terminal) {
  if (changes.size() == 0) return "";
  Table table;
  std::vector<std::string> header = {"KEY"};
  for (const WindowSpec& window : windows) header.push_back(window.name);
  table.Add(header);
  for (const size_t i : ByKey(changes)) {
    std::vector<std::string> row = Cells(changes, i);
    row.insert(row.begin(), KeyCell(changes, i));
    table.Add(row);
  }
  return table.ToString(terminal);
}

std::string FinalJson(const ChangeSet& changes,
                      const std::vector<WindowSpec>& windows) {
  std::string text;
  for (const size_t i : ByKey(changes)) {
    absl::StrAppend(&text, UpdateJson(changes, i, windows), "\n");
  }
  return text;
}

std::string SummaryText(const Simulation& simulation) {
  const results::Dispositions& d = simulation.state().dispositions();
  return absl::StrCat(
      Plural(simulation.lines(), "line"), ": ", d.applied(), " applied, ",
      d.late(), " late, ", d.skipped(), " bad and skipped",
      d.filtered() == 0 ? "" : absl::StrCat(", ", d.filtered(), " filtered"),
      "; ", Plural(simulation.state().live_keys(), "key"), "\n");
}

}  // namespace exactmean
