// Rendering of views.

#include "tools/inspect/watch/watch_render.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "state/counts.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr char kUp[] = "\xe2\x96\xb2";    // a triangle that points up
constexpr char kDown[] = "\xe2\x96\xbc";  // and one that points down
constexpr char kGreen[] = "\x1b[32m";
constexpr char kRed[] = "\x1b[31m";
constexpr char kPlain[] = "\x1b[0m";

struct Totals {
  uint64_t keys = 0;
  absl::optional<int64_t> lag;
  double records_per_second = 0;
  double commits_per_second = 0;
};

Totals TotalsOf(const WatchView& view) {
  Totals totals;
  for (const WatchedPartition& partition : view.partitions) {
    totals.keys += partition.keys;
    if (partition.lag.has_value()) {
      totals.lag = totals.lag.value_or(0) + *partition.lag;
    }
    totals.records_per_second += partition.records_per_second;
    totals.commits_per_second += partition.commits_per_second;
  }
  return totals;
}

std::string Rate(double rate) {
  return rate >= 100 ? WithCommas(static_cast<uint64_t>(rate))
                     : absl::StrFormat("%.1f", rate);
}

// "350ms", "12s", "3m20s": what matters of it.
std::string Age(absl::Duration age) {
  const absl::Duration unit =
      age < absl::Seconds(1) ? absl::Milliseconds(10) : absl::Seconds(1);
  return absl::FormatDuration(absl::Floor(age, unit));
}

std::string Count(const absl::optional<int64_t>& count) {
  return count.has_value() ? WithCommas(static_cast<uint64_t>(*count)) : "-";
}

// "+3.1 %"; empty where there is nothing to compare with.
std::string Percent(const Mover& mover) {
  if (mover.before == 0) return "";
  return absl::StrFormat(
      "%+.2f %%", 100 * (mover.now - mover.before) / std::fabs(mover.before));
}

std::string Summary(const WatchView& view) {
  const Totals totals = TotalsOf(view);
  return absl::StrCat(Plural(totals.keys, "key"), ", lag ", Count(totals.lag),
                      ", ", Rate(totals.records_per_second), " records/s, ",
                      Rate(totals.commits_per_second), " commits/s");
}

// At most `rows`; when there are more, those that are furthest behind.
std::string PartitionLines(const WatchView& view, size_t rows,
                           const Terminal& terminal) {
  std::vector<WatchedPartition> shown = view.partitions;
  const size_t hidden = shown.size() > rows ? shown.size() - rows + 1 : 0;
  if (hidden > 0) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const auto& a, const auto& b) {
                       return a.lag.value_or(-1) > b.lag.value_or(-1);
                     });
    shown.resize(rows - 1);
  }
  Table table(std::set<size_t>{});
  table.Add({"PARTITION", "NEXT OFFSET", "LAG", "LAST COMMIT", "RECORDS/S",
             "COMMITS/S", "KEYS"});
  for (const WatchedPartition& p : shown) {
    table.Add({absl::StrCat(p.partition.value()),
               p.next_offset.has_value() ? absl::StrCat(p.next_offset->value())
                                         : "no state",
               Count(p.lag),
               p.commit_age.has_value() ? Age(*p.commit_age) : "-",
               Rate(p.records_per_second), Rate(p.commits_per_second),
               WithCommas(p.keys)});
  }
  std::string text = table.ToString(terminal);
  if (hidden > 0) {
    absl::StrAppend(&text, "and ", hidden, " more that are less behind\n");
  }
  return text;
}

std::string MoverLines(const WatchView& view, size_t rows,
                       const Terminal& terminal) {
  if (view.movers.empty()) return "no average changed\n";
  Table table;
  table.Add({"KEY", "", "BEFORE", "NOW", "CHANGE", ""});
  for (size_t i = 0; i < std::min(rows, view.movers.size()); ++i) {
    const Mover& mover = view.movers[i];
    table.Add({PrintableKey(mover.key), mover.now > mover.before ? kUp : kDown,
               NumberText(mover.before), NumberText(mover.now),
               absl::StrFormat("%+.6g", mover.now - mover.before),
               Percent(mover)});
  }
  return table.ToString(terminal);
}

// In half of the screen: where the terminal is narrow, a table has parts, and
// the fewer rows.
std::string PartitionLines(const WatchView& view, const Terminal& terminal) {
  const size_t room = static_cast<size_t>(std::max(8, terminal.height)) / 2 - 1;
  size_t rows = std::min(view.partitions.size(), std::max<size_t>(2, room - 2));
  while (true) {
    std::string text = PartitionLines(view, rows, terminal);
    const auto lines =
        static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines <= room || rows <= 2) return text;
    --rows;
  }
}

std::string Coloured(absl::string_view line) {
  const char* colour = absl::StrContains(line, kUp)     ? kGreen
                       : absl::StrContains(line, kDown) ? kRed
                                                        : nullptr;
  return colour == nullptr ? std::string(line)
                           : absl::StrCat(colour, line, kPlain);
}

}  // namespace

std::string WatchScreen(const WatchView& view, const std::string& title,
                        const std::string& remark, const Terminal& terminal) {
  const auto width = static_cast<size_t>(std::max(20, terminal.width));
  const auto height = static_cast<size_t>(std::max(8, terminal.height));
  Terminal plain = terminal;  // what is cut has no colour in it
  plain.colour = false;
  std::string text = absl::StrCat(
      title, "  ", TimeText(absl::ToUnixSeconds(view.time) * 1000000),
      "  q quits, p pauses\n",
      Wrapped(Summary(view), static_cast<int>(width), 2), "\n",
      remark.empty() ? "" : absl::StrCat(remark, "\n"), "\n",
      PartitionLines(view, plain), "\nTop movers",
      view.window.empty() ? "" : absl::StrCat(" of ", view.window), " in ",
      Age(view.interval), "\n", MoverLines(view, height, plain));
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  lines.pop_back();  // after the last line's end
  if (lines.size() > height) lines.resize(height);
  std::string screen;
  for (std::string& line : lines) {
    if (TextWidth(line) > width) line = Shortened(line, width);
    absl::StrAppend(&screen, terminal.colour ? Coloured(line) : line, "\n");
  }
  return screen;
}

std::string WatchLine(const WatchView& view) {
  std::string line = absl::StrCat(
      TimeText(absl::ToUnixSeconds(view.time) * 1000000), "  ", Summary(view));
  if (!view.movers.empty()) {
    const Mover& top = view.movers[0];
    absl::StrAppend(&line, "; top mover ", PrintableKey(top.key), " ",
                    NumberText(top.before), " to ", NumberText(top.now));
  }
  if (!view.trouble.empty()) absl::StrAppend(&line, "; ", view.trouble);
  return absl::StrCat(line, "\n");
}

std::string WatchJson(const WatchView& view) {
  std::vector<std::string> partitions;
  for (const WatchedPartition& p : view.partitions) {
    JsonObject object;
    object.Add("partition", p.partition.value())
        .Add("next_offset", p.next_offset)
        .Add("lag", p.lag);
    p.commit_age.has_value()
        ? object.Add("commit_age_seconds", absl::ToDoubleSeconds(*p.commit_age))
        : object.AddNull("commit_age_seconds");
    object.Add("keys", p.keys)
        .Add("records_per_second", p.records_per_second)
        .Add("commits_per_second", p.commits_per_second);
    partitions.push_back(object.ToString());
  }
  std::vector<std::string> movers;
  for (const Mover& mover : view.movers) {
    JsonObject object;
    object.AddKey(mover.key);
    object.Add("partition", mover.partition.value())
        .Add("before", mover.before)
        .Add("now", mover.now);
    movers.push_back(object.ToString());
  }
  const Totals totals = TotalsOf(view);
  JsonObject object;
  object.Add("time", TimeText(absl::ToUnixMicros(view.time)))
      .Add("interval_seconds", absl::ToDoubleSeconds(view.interval))
      .Add("keys", totals.keys)
      .Add("lag", totals.lag)
      .Add("records_per_second", totals.records_per_second)
      .Add("commits_per_second", totals.commits_per_second)
      .AddRaw("partitions", JsonArray(partitions))
      .Add("window", view.window)
      .AddRaw("movers", JsonArray(movers));
  view.trouble.empty() ? object.AddNull("trouble")
                       : object.Add("trouble", view.trouble);
  return absl::StrCat(object.ToString(), "\n");
}

}  // namespace exactmean
