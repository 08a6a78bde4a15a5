// CourseOf.

#include "tools/inspect/explain/key_course.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "state/key_windows.h"
#include "tools/inspect/explain/render_history.h"

namespace exactmean {
namespace {

// By the input offset of the last record folded in, of which there may be
// several: a record from a retry topic does not move it.
using Points = std::map<Offset, std::vector<Point>>;

Points FromVersions(const KeyHistory& history, int window) {
  Points points;
  for (const KeyVersion& version : history.versions) {
    if (!version.snapshot.has_value() || !history.IsCurrent(version) ||
        window >= version.snapshot->averages_size()) {
      continue;
    }
    points[Offset(version.snapshot->last_offset())].push_back(
        {version.snapshot->event_time(),
         version.snapshot->averages(window).average()});
  }
  return points;
}

// Is the window's average right after `n` records, the newest at `newest`,
// though those before the first are not known?
bool IsKnown(const WindowSpec& window, const Average& average, size_t n,
             EventTime first, EventTime newest) {
  switch (window.kind) {
    case WindowSpec::Kind::kCount:
      return average.count == window.size;
    case WindowSpec::Kind::kTimeExact:
    case WindowSpec::Kind::kTimePanes:
      return newest.value() - first.value() >= window.length_us;
    case WindowSpec::Kind::kEwmaRecords:
      return static_cast<double>(n) * window.alpha >= 10;
    case WindowSpec::Kind::kEwmaHalfLife:
      return newest.value() - first.value() >= 15 * window.half_life_us;
    case WindowSpec::Kind::kCumulative:
      return false;
  }
  return false;
}

}  // namespace

KeyCourse CourseOf(const KeyHistory& history) {
  KeyCourse course;
  int window = 0;
  for (const NamedWindow& named : WindowsOf(history)) {
    course.averages.push_back(SeriesOf(history, window++, named.name));
  }
  return course;
}

KeyCourse CourseOf(const KeyHistory& history, const Explanation& explanation,
                   const StateSpec& spec) {
  const WindowLayout layout(spec);
  KeyWindows windows;
  std::vector<Average> averages(layout.windows.size());
  std::vector<Points> points(layout.windows.size());
  KeyCourse course;
  course.values.name = "input";
  EventTime first, newest;
  size_t n = 0;
  for (const InputRecord& record : explanation.folded) {
    const EventTime time = record.sample.time;
    if (n++ == 0) first = newest = time;
    newest = std::max(newest, time);
    windows.Add(layout, record.sample);
    windows.ToAverages(layout, absl::MakeSpan(averages));
    course.values.points.push_back({time.value(), record.sample.value});
    for (size_t w = 0; w < points.size(); ++w) {
      if (explanation.complete ||
          IsKnown(layout.windows[w], averages[w], n, first, newest)) {
        points[w][record.offset] = {{newest.value(), averages[w].average}};
      }
    }
  }
  // Out of order in the log, they are dots in the order of time.
  std::stable_sort(
      course.values.points.begin(), course.values.points.end(),
      [](const Point& a, const Point& b) { return a.time_us < b.time_us; });
  for (size_t w = 0; w < points.size(); ++w) {
    // What the results topic says goes first.
    for (const auto& [offset, versions] :
         FromVersions(history, static_cast<int>(w))) {
      points[w][offset] = versions;
    }
    Series series{layout.windows[w].name, {}};
    for (const auto& [offset, of_offset] : points[w]) {
      series.points.insert(series.points.end(), of_offset.begin(),
                           of_offset.end());
    }
    course.averages.push_back(std::move(series));
  }
  return course;
}

}  // namespace exactmean
