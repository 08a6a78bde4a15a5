// HistoryText and HistoryJson.

#include "tools/inspect/explain/render_history.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/inspect/chart/terminal_chart.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"

namespace exactmean {
namespace {

size_t First(const KeyHistory& history, size_t limit) {
  const size_t size = history.versions.size();
  return limit == 0 || limit > size ? 0 : size - limit;
}

// Records folded in by version `i` that no version before it shows: all but
// the last went out in one commit with it, or their versions were compacted
// away.
uint64_t NewRecords(const KeyHistory& history, size_t i) {
  const auto& snapshot = history.versions[i].snapshot;
  if (!snapshot.has_value()) return 0;
  const KeyVersion* const before = i == 0 ? nullptr : &history.versions[i - 1];
  const bool follows = before != nullptr && before->snapshot.has_value() &&
                       before->snapshot->records() < snapshot->records();
  return snapshot->records() - (follows ? before->snapshot->records() : 0);
}

std::string TableText(const KeyHistory& history, const Terminal& terminal,
                      size_t first) {
  const std::vector<NamedWindow> windows = WindowsOf(history);
  Table table{std::set<size_t>()};
  std::vector<std::string> header = {"OFFSET",  "COMMITTED", "INPUT OFFSET",
                                     "RECORDS", "NEW",       "EVENT TIME"};
  for (const NamedWindow& window : windows) header.push_back(window.name);
  table.Add(std::move(header));
  for (size_t i = first; i < history.versions.size(); ++i) {
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

// What the table does not show.
std::string GapsText(const KeyHistory& history) {
  uint64_t hidden = 0;
  for (size_t i = 0; i < history.versions.size(); ++i) {
    hidden += std::max<uint64_t>(1, NewRecords(history, i)) - 1;
  }
  if (hidden == 0) return "";
  return absl::StrCat(hidden, hidden == 1 ? " record has" : " records have",
                      " no version of ", hidden == 1 ? "its" : "their",
                      " own (NEW is more than +1): committed together with\n"
                      "later ones, or their versions were compacted away\n");
}

}  // namespace

std::vector<NamedWindow> WindowsOf(const KeyHistory& history) {
  int averages = 0;
  for (const KeyVersion& version : history.versions) {
    if (!version.snapshot.has_value()) continue;
    averages = std::max(averages, version.snapshot->averages_size());
  }
  return WindowsOf(
      history.checkpoint.has_value() ? &*history.checkpoint : nullptr,
      averages);
}

Series SeriesOf(const KeyHistory& history, int window, std::string name) {
  Series series{std::move(name), {}};
  for (const KeyVersion& version : history.versions) {
    if (!version.snapshot.has_value() ||
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
  std::string text = absl::StrCat(
      "key \"", PrintableKey(history.key), "\", partition ",
      history.partition.value(), ": ", history.versions.size(),
      history.versions.size() == 1 ? " version" : " versions",
      " in the results topic",
      first > 0 ? absl::StrCat(", the newest ", limit, " shown") : "", "\n\n",
      TableText(history, terminal, first), GapsText(history));
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
  const std::vector<NamedWindow> windows = WindowsOf(history);
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
      JsonObject averages;
      for (int w = 0; w < snapshot.averages_size(); ++w) {
        averages.Add(windows[static_cast<size_t>(w)].name,
                     snapshot.averages(w).average());
      }
      json.Add("last_offset", snapshot.last_offset())
          .Add("records", snapshot.records())
          .Add("new_records", NewRecords(history, i))
          .Add("event_time", TimeText(snapshot.event_time()))
          .AddRaw("averages", averages.ToString());
    }
    absl::StrAppend(&lines, json.ToString(), "\n");
  }
  return lines;
}

}  // namespace exactmean
