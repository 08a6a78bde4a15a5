// HistoryText and HistoryJson.

#include "tools/inspect/explain/render_history.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "state/counts.h"
#include "tools/inspect/chart/terminal_chart.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

size_t First(const KeyHistory& history, size_t limit) {
  const size_t size = history.versions.size();
  return limit == 0 || limit > size ? 0 : size - limit;
}

// Records folded in by version `i` that no version before it shows: all but
// the last went out in one commit with it, or their versions were compacted
// away. None in a version that a rewind wrote.
uint64_t NewRecords(const KeyHistory& history, size_t i) {
  const auto& snapshot = history.versions[i].snapshot;
  if (!snapshot.has_value()) return 0;
  const KeyVersion* const before = i == 0 ? nullptr : &history.versions[i - 1];
  const bool follows = before != nullptr && before->snapshot.has_value();
  // One that came by a retry topic leaves the offset as it was.
  if (follows && snapshot->last_offset() <= before->snapshot->last_offset() &&
      snapshot->retried() <= before->snapshot->retried()) {
    return 0;
  }
  // Deleted in between, it began anew; its tombstone was compacted away.
  const bool anew =
      follows && snapshot->records() <= before->snapshot->records();
  return snapshot->records() -
         (follows && !anew ? before->snapshot->records() : 0);
}

// The windows of versions that have a configuration in common.
std::vector<NamedWindow> WindowsOfRun(const KeyHistory& history, size_t first,
                                      size_t last) {
  int averages = 0;
  for (size_t i = first; i < last; ++i) {
    const auto& snapshot = history.versions[i].snapshot;
    if (!snapshot.has_value()) continue;
    averages = std::max(averages, snapshot->averages_size());
  }
  return WindowsOf(history.CheckpointOf(history.versions[first]), averages);
}

std::string TableText(const KeyHistory& history, const Terminal& terminal,
                      size_t first, size_t last) {
  const std::vector<NamedWindow> windows = WindowsOfRun(history, first, last);
  Table table{std::set<size_t>()};
  std::vector<std::string> header = {"OFFSET",  "COMMITTED", "INPUT OFFSET",
                                     "RECORDS", "NEW",       "EVENT TIME"};
  for (const NamedWindow& window : windows) header.push_back(window.name);
  table.Add(std::move(header));
  for (size_t i = first; i < last; ++i) {
    const KeyVersion& version = history.versions[i];
    std::vector<std::string> row = {absl::StrCat(version.offset.value()),
                                    TimeText(version.timestamp_ms * 1000)};
    if (!version.snapshot.has_value()) {
      row.push_back("deleted");
      table.Add(std::move(row));
      continue;
    }
    const results::Snapshot& snapshot = *version.snapshot;
    row.push_back(absl::StrCat(snapshot.last_offset()));
    row.push_back(absl::StrCat(snapshot.records()));
    row.push_back(absl::StrCat("+", NewRecords(history, i)));
    row.push_back(TimeText(snapshot.event_time()));
    for (const results::Average& average : snapshot.averages()) {
      row.push_back(NumberText(average.average()));
    }
    table.Add(std::move(row));
  }
  return table.ToString(terminal);
}

// A table a configuration: windows that have a place in common, or even a name,
// need not be the same.
std::string TablesText(const KeyHistory& history, const Terminal& terminal,
                       size_t first) {
  const std::vector<KeyVersion>& versions = history.versions;
  const auto of = [&](size_t i) { return history.CheckpointOf(versions[i]); };
  std::string text;
  while (first < versions.size()) {
    size_t last = first + 1;
    while (last < versions.size() && of(last) == of(first)) ++last;
    if (!history.IsCurrent(versions[first])) {
      absl::StrAppend(&text, "Of another configuration, before a rewind:\n\n");
    }
    absl::StrAppend(&text, TableText(history, terminal, first, last),
                    last < versions.size() ? "\n" : "");
    first = last;
  }
  return text;
}

// Nor this.
std::string LateText(const KeyHistory& history) {
  std::string text;
  if (history.damaged > 0) {
    text = absl::StrCat(Plural(history.damaged, "record"),
                        " left out: no snapshots, written by somebody else\n");
  }
  if (history.late == 0) return text;
  return absl::StrCat(text, Plural(history.late, "record"),
                      " left out: older than what was there, written late by a "
                      "process\nthat had lost the partition\n");
}

// What the table does not show.
std::string GapsText(const KeyHistory& history) {
  uint64_t hidden = 0;
  for (size_t i = 0; i < history.versions.size(); ++i) {
    hidden += std::max<uint64_t>(1, NewRecords(history, i)) - 1;
  }
  if (hidden == 0) return "";
  return absl::StrCat(Plural(hidden, "record", "has", "have"),
                      " no version of ", hidden == 1 ? "its" : "their",
                      " own (NEW is more than +1): committed together with\n"
                      "later ones, or their versions were compacted away\n");
}

}  // namespace

std::vector<NamedWindow> WindowsOf(const KeyHistory& history) {
  int averages = 0;
  for (const KeyVersion& version : history.versions) {
    if (!version.snapshot.has_value() || !history.IsCurrent(version)) continue;
    averages = std::max(averages, version.snapshot->averages_size());
  }
  return WindowsOf(
      history.checkpoint.has_value() ? &*history.checkpoint : nullptr,
      averages);
}

Series SeriesOf(const KeyHistory& history, int window, std::string name) {
  Series series{std::move(name), {}};
  for (const KeyVersion& version : history.versions) {
    if (!version.snapshot.has_value() || !history.IsCurrent(version) ||
        window >= version.snapshot->averages_size()) {
      continue;
    }
    series.points.push_back({version.snapshot->event_time(),
                             version.snapshot->averages(window).average()});
  }
  return series;
}

std::string HistoryText(const KeyHistory& history, const Terminal& terminal,
                        bool utf8, size_t limit) {
  const size_t first = First(history, limit);
  const std::string headline = absl::StrCat(
      "key \"", PrintableKey(history.key), "\", partition ",
      history.partition.value(), ": ",
      Plural(history.versions.size(), "version"), " in the results topic",
      first > 0 ? absl::StrCat(", the newest ", limit, " shown") : "");
  std::string text = absl::StrCat(
      Wrapped(headline, terminal.width, 2), "\n\n",
      TablesText(history, terminal, first),
      Wrapped(GapsText(history) + LateText(history), terminal.width, 0));
  const std::vector<NamedWindow> windows = WindowsOf(history);
  TerminalChartSize size;
  if (terminal.width > 0) size.width = terminal.width;
  size.utf8 = utf8;
  size.height = windows.size() > 1 ? 5 : 10;
  for (size_t w = 0; w < windows.size(); ++w) {
    const Series series =
        SeriesOf(history, static_cast<int>(w), windows[w].name);
    if (series.points.size() < 2) continue;
    absl::StrAppend(&text, "\n", TerminalChart(series, size));
  }
  return text;
}

std::string HistoryJson(const KeyHistory& history, size_t limit) {
  std::string lines;
  for (size_t i = First(history, limit); i < history.versions.size(); ++i) {
    const KeyVersion& version = history.versions[i];
    JsonObject json;
    json.AddKey(history.key);
    json.Add("partition", history.partition.value())
        .Add("offset", version.offset.value())
        .Add("committed", TimeText(version.timestamp_ms * 1000))
        .Add("deleted", !version.snapshot.has_value());
    if (version.snapshot.has_value()) {
      const results::Snapshot& snapshot = *version.snapshot;
      const std::vector<NamedWindow> windows =
          WindowsOf(history.CheckpointOf(version), snapshot.averages_size());
      JsonObject averages;
      for (int w = 0; w < snapshot.averages_size(); ++w) {
        averages.Add(windows[static_cast<size_t>(w)].name,
                     snapshot.averages(w).average());
      }
      json.Add("last_offset", snapshot.last_offset())
          .Add("records", snapshot.records())
          .Add("new_records", NewRecords(history, i))
          .Add("event_time", TimeText(snapshot.event_time()))
          .Add("current", history.IsCurrent(version))
          .AddRaw("averages", averages.ToString());
    }
    absl::StrAppend(&lines, json.ToString(), "\n");
  }
  return lines;
}

}  // namespace exactmean
