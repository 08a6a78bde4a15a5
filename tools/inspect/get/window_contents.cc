// ContentsOf, and how it is shown.

#include "tools/inspect/get/window_contents.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/json.h"
#include "state/key_windows.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

using Kind = WindowSpec::Kind;

void TakeValues(const results::Samples& samples, WindowContents* to) {
  const int all = samples.values_size();
  const int first = std::max(0, all - static_cast<int>(to->window.size));
  for (int i = first; i < all; ++i) to->values.push_back(samples.values(i));
}

// (newest - length, newest]
void TakeSamples(const results::TimedSamples& timed, WindowContents* to) {
  int64_t time = 0;
  std::vector<WindowContents::Sample> all;
  for (int i = 0; i < timed.values_size() && i < timed.time_deltas_size();
       ++i) {
    time += timed.time_deltas(i);
    all.push_back({time, timed.values(i)});
  }
  for (const WindowContents::Sample& sample : all) {
    if (sample.time > time - to->window.length_us)
      to->samples.push_back(sample);
  }
}

void TakePanes(const results::Panes& panes, WindowContents* to) {
  int64_t index = 0;
  for (int i = 0; i < panes.moments_size() && i < panes.index_deltas_size();
       ++i) {
    index += panes.index_deltas(i);
    const int64_t from = index * to->window.resolution_us;
    to->panes.push_back(
        {from, from + to->window.resolution_us, panes.moments(i)});
  }
}

double MeanOf(const results::Moments& m) {
  return (m.sum() + m.compensation()) / static_cast<double>(m.count());
}

double DeviationOf(const results::Moments& m) {
  return std::sqrt(m.squared_deviations() / static_cast<double>(m.count()));
}

std::string DurationText(int64_t us) {
  return absl::FormatDuration(absl::Microseconds(us));
}

std::string Title(const WindowSpec& window) {
  switch (window.kind) {
    case Kind::kCount:
      return absl::StrCat(window.name, ": the last ", window.size,
                          " values, oldest first");
    case Kind::kTimeExact:
      return absl::StrCat(window.name, ": the last ",
                          DurationText(window.length_us));
    case Kind::kTimePanes:
      return absl::StrCat(window.name, ": the last ",
                          DurationText(window.length_us), " in panes of ",
                          DurationText(window.resolution_us));
    case Kind::kEwmaRecords:
      return absl::StrCat(window.name, ": every value, alpha ", window.alpha);
    case Kind::kEwmaHalfLife:
      return absl::StrCat(window.name, ": every value, half-life ",
                          DurationText(window.half_life_us));
    case Kind::kCumulative:
      return absl::StrCat(window.name, ": every value");
  }
  return "";
}

std::string ValuesText(const std::vector<double>& values) {
  constexpr size_t kPerLine = 8;
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) {
    absl::StrAppend(&text, i % kPerLine == 0 ? (i == 0 ? "  " : "\n  ") : " ",
                    NumberText(values[i]));
  }
  return text + "\n";
}

std::string SamplesText(const std::vector<WindowContents::Sample>& samples,
                        const Terminal& terminal) {
  Table table;
  table.Add({"  TIME", "VALUE"});
  for (const WindowContents::Sample& sample : samples) {
    table.Add({"  " + TimeText(sample.time), NumberText(sample.value)});
  }
  return table.ToString(terminal);
}

std::string PanesText(const std::vector<WindowContents::Pane>& panes,
                      const Terminal& terminal) {
  Table table({0, 1});
  table.Add(
      {"  FROM", "TO BEFORE", "AVERAGE", "COUNT", "MIN", "MAX", "STDDEV"});
  for (const WindowContents::Pane& pane : panes) {
    const results::Moments& m = pane.moments;
    table.Add({"  " + TimeText(pane.from), TimeText(pane.to),
               NumberText(MeanOf(m)), absl::StrCat(m.count()),
               NumberText(m.min()), NumberText(m.max()),
               NumberText(DeviationOf(m))});
  }
  return table.ToString(terminal);
}

std::string BodyText(const WindowContents& contents, const Terminal& terminal) {
  if (!contents.values.empty()) return ValuesText(contents.values);
  if (!contents.samples.empty()) return SamplesText(contents.samples, terminal);
  if (!contents.panes.empty()) return PanesText(contents.panes, terminal);
  if (contents.decayed != nullptr) {
    return absl::StrCat("  weighted sum ",
                        NumberText(contents.decayed->weighted_sum()),
                        ", weight ", NumberText(contents.decayed->weight()),
                        ", as of ", TimeText(contents.decayed->time()), "\n");
  }
  if (contents.cumulative != nullptr) {
    return absl::StrCat("  sum ",
                        NumberText(contents.cumulative->sum() +
                                   contents.cumulative->compensation()),
                        "\n");
  }
  return "";
}

absl::string_view KindText(Kind kind) {
  switch (kind) {
    case Kind::kCount:
      return "count";
    case Kind::kTimeExact:
      return "time";
    case Kind::kTimePanes:
      return "panes";
    case Kind::kEwmaRecords:
    case Kind::kEwmaHalfLife:
      return "ewma";
    case Kind::kCumulative:
      return "cumulative";
  }
  return "";
}

void AddMoments(const results::Moments& m, JsonObject* to) {
  to->Add("count", m.count())
      .Add("sum", m.sum() + m.compensation())
      .Add("min", m.min())
      .Add("max", m.max())
      .Add("stddev", DeviationOf(m));
}

void AddLists(const WindowContents& contents, JsonObject* to) {
  std::vector<std::string> values, samples, panes;
  for (double value : contents.values) values.push_back(JsonNumber(value));
  for (const WindowContents::Sample& sample : contents.samples) {
    samples.push_back(JsonObject()
                          .Add("time", TimeText(sample.time))
                          .Add("value", sample.value)
                          .ToString());
  }
  for (const WindowContents::Pane& pane : contents.panes) {
    JsonObject json;
    json.Add("from", TimeText(pane.from)).Add("to", TimeText(pane.to));
    AddMoments(pane.moments, &json);
    panes.push_back(json.ToString());
  }
  const Kind kind = contents.window.kind;
  if (kind == Kind::kCount) to->AddRaw("values", JsonArray(values));
  if (kind == Kind::kTimeExact) to->AddRaw("samples", JsonArray(samples));
  if (kind == Kind::kTimePanes) to->AddRaw("panes", JsonArray(panes));
}

}  // namespace

absl::StatusOr<std::vector<WindowContents>> ContentsOf(
    const results::Snapshot& snapshot, const std::vector<WindowSpec>& windows) {
  if (windows.size() != static_cast<size_t>(snapshot.averages_size())) {
    return absl::DataLossError(
        absl::StrCat("corrupt snapshot: it has ", snapshot.averages_size(),
                     " averages, its checkpoint names ", windows.size()));
  }
  // The check of a restore: after it, sums of times cannot overflow.
  StateSpec spec;
  spec.windows = windows;
  KeyWindows probe;
  const absl::Status sound = probe.FromProto(WindowLayout(spec), snapshot);
  if (!sound.ok()) return sound;
  std::vector<WindowContents> all;
  int panes = 0, decayed = 0;
  for (size_t i = 0; i < windows.size(); ++i) {
    WindowContents& to = all.emplace_back();
    to.window = windows[i];
    to.average = snapshot.averages(static_cast<int>(i));
    switch (windows[i].kind) {
      case Kind::kCount:
        TakeValues(snapshot.samples(), &to);
        break;
      case Kind::kTimeExact:
        TakeSamples(snapshot.timed(), &to);
        break;
      case Kind::kTimePanes:
        if (panes < snapshot.panes_size()) {
          TakePanes(snapshot.panes(panes++), &to);
        }
        break;
      case Kind::kEwmaRecords:
      case Kind::kEwmaHalfLife:
        if (decayed < snapshot.decayed_size()) {
          to.decayed = &snapshot.decayed(decayed++);
        }
        break;
      case Kind::kCumulative:
        to.cumulative = &snapshot.cumulative();
        break;
    }
  }
  return all;
}

std::string ContentsText(absl::Span<const WindowContents> contents,
                         const Terminal& terminal) {
  std::string text;
  for (const WindowContents& window : contents) {
    absl::StrAppend(&text, "\n", Title(window.window), "\n",
                    BodyText(window, terminal));
  }
  return text;
}

std::string ContentsJson(absl::Span<const WindowContents> contents) {
  std::vector<std::string> windows;
  for (const WindowContents& window : contents) {
    JsonObject json;
    json.Add("name", window.window.name)
        .Add("kind", KindText(window.window.kind));
    AddLists(window, &json);
    if (window.decayed != nullptr) {
      json.Add("weighted_sum", window.decayed->weighted_sum())
          .Add("weight", window.decayed->weight())
          .Add("time", TimeText(window.decayed->time()));
    }
    if (window.cumulative != nullptr) AddMoments(*window.cumulative, &json);
    windows.push_back(json.ToString());
  }
  return JsonArray(windows);
}

}  // namespace exactmean
