// Rendering of lists, keys and checkpoints.

#include "tools/inspect/render.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "processor/json.h"
#include "state/result_codec.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text_width.h"

namespace exactmean {
namespace {

std::string Time(int64_t micros) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixMicros(micros),
                          absl::UTCTimeZone());
}

struct Window {
  std::string name;
  bool has_spread = true;  // minimum, maximum, deviation: all kinds but ewma
};

// What the checkpoint says of the windows, in the order of `averages`.
std::vector<Window> WindowsOf(const PartitionView& view, int averages) {
  std::vector<Window> windows;
  for (int i = 0; i < averages; ++i) {
    Window& window = windows.emplace_back();
    if (!view.checkpoint.has_value() || i >= view.checkpoint->windows_size()) {
      window.name = absl::StrCat("window", i);
      continue;
    }
    window.name = view.checkpoint->windows(i);
    window.has_spread =
        !absl::StrContains(view.checkpoint->fingerprint_text(),
                           absl::StrCat("window ", window.name, " ewma "));
  }
  return windows;
}

std::string AveragesJson(const results::Snapshot& snapshot,
                         const std::vector<Window>& windows) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < windows.size(); ++i) {
    const results::Average& a = snapshot.averages(static_cast<int>(i));
    std::string part = absl::StrCat(JsonString(windows[i].name),
                                    ":{\"average\":", JsonNumber(a.average()),
                                    ",\"count\":", a.count());
    if (windows[i].has_spread) {
      absl::StrAppend(&part, ",\"min\":", JsonNumber(a.min()),
                      ",\"max\":", JsonNumber(a.max()),
                      ",\"stddev\":", JsonNumber(a.stddev()));
    }
    parts.push_back(absl::StrCat(part, "}"));
  }
  return absl::StrCat("{", absl::StrJoin(parts, ","), "}");
}

// One long key would make a column of its width.
constexpr size_t kLongestKey = 60;

std::string KeyJson(const PartitionView& view, const std::string& key,
                    const results::Snapshot& snapshot) {
  // Keys that are no text would all look alike.
  const std::string bytes =
      IsUtf8(key)
          ? ""
          : absl::StrCat(",\"key_base64\":\"", absl::Base64Escape(key), "\"");
  return absl::StrCat(
      "{\"key\":", JsonString(key), bytes,
      ",\"partition\":", view.partition.value(),
      ",\"records\":", snapshot.records(),
      ",\"last_offset\":", snapshot.last_offset(),
      ",\"event_time\":", JsonString(Time(snapshot.event_time())),
      ",\"averages\":",
      AveragesJson(snapshot, WindowsOf(view, snapshot.averages_size())));
}

std::string Number(double value) { return absl::StrFormat("%.6g", value); }

// The values that windows hold, each kind on its line.
std::vector<std::string> Contents(const results::Snapshot& snapshot) {
  std::vector<std::string> lines;
  const auto number = [](std::string* out, double value) {
    absl::StrAppend(out, Number(value));
  };
  if (snapshot.samples().values_size() > 0) {
    lines.push_back(
        absl::StrCat("newest values  ",
                     absl::StrJoin(snapshot.samples().values(), " ", number)));
  }
  int64_t time = 0;
  for (int i = 0; i < snapshot.timed().values_size(); ++i) {
    time += snapshot.timed().time_deltas(i);
    lines.push_back(absl::StrCat("in time window ", Time(time), "  ",
                                 Number(snapshot.timed().values(i))));
  }
  for (const results::Panes& panes : snapshot.panes()) {
    lines.push_back(absl::StrCat("panes          ", panes.moments_size()));
  }
  return lines;
}

absl::Status DecodeAt(const PartitionView& view, const std::string& key,
                      const KeyView& at, results::Snapshot* snapshot) {
  const absl::Status status = DecodeSnapshot(at.snapshot, snapshot);
  if (status.ok()) return status;
  return absl::Status(
      status.code(),
      absl::StrCat("partition ", view.partition.value(), ", offset ",
                   at.offset.value(), ", key \"", absl::CHexEscape(key),
                   "\": ", status.message()));
}

}  // namespace

absl::StatusOr<std::string> RenderList(const std::vector<PartitionView>& views,
                                       OutputFormat format, size_t limit) {
  // By key, over all partitions.
  std::vector<std::pair<const std::string*, const PartitionView*>> keys;
  for (const PartitionView& view : views) {
    for (const auto& [key, at] : view.keys) keys.emplace_back(&key, &view);
  }
  std::sort(keys.begin(), keys.end(),
            [](const auto& a, const auto& b) { return *a.first < *b.first; });
  if (limit > 0 && keys.size() > limit) keys.resize(limit);

  std::string json;
  Table table;
  for (const auto& [key, view] : keys) {
    results::Snapshot snapshot;
    const absl::Status status =
        DecodeAt(*view, *key, view->keys.at(*key), &snapshot);
    if (!status.ok()) return status;
    if (format == OutputFormat::kJson) {
      absl::StrAppend(&json, KeyJson(*view, *key, snapshot), "}\n");
      continue;
    }
    if (table.empty()) {
      std::vector<std::string> header = {"KEY", "RECORDS", "EVENT TIME"};
      for (const Window& window : WindowsOf(*view, snapshot.averages_size())) {
        header.push_back(window.name);
      }
      table.Add(std::move(header));
    }
    std::vector<std::string> row = {Shortened(PrintableKey(*key), kLongestKey),
                                    absl::StrCat(snapshot.records()),
                                    Time(snapshot.event_time())};
    for (const results::Average& average : snapshot.averages()) {
      row.push_back(Number(average.average()));
    }
    table.Add(std::move(row));
  }
  return format == OutputFormat::kJson ? json : table.ToString();
}

absl::StatusOr<std::string> RenderKey(const std::vector<PartitionView>& views,
                                      absl::string_view key,
                                      OutputFormat format) {
  const std::vector<std::string> meant = KeysMeantBy(key);
  for (const PartitionView& view : views) {
    auto it = view.keys.end();
    for (const std::string& one : meant) {
      if (it == view.keys.end()) it = view.keys.find(one);
    }
    if (it == view.keys.end()) continue;
    const std::string& wanted = it->first;
    results::Snapshot snapshot;
    const absl::Status status = DecodeAt(view, wanted, it->second, &snapshot);
    if (!status.ok()) return status;
    if (format == OutputFormat::kJson) {
      std::vector<std::string> values;
      for (double x : snapshot.samples().values()) {
        values.push_back(JsonNumber(x));
      }
      return absl::StrCat(KeyJson(view, wanted, snapshot),
                          ",\"newest_values\":[", absl::StrJoin(values, ","),
                          "]}\n");
    }
    Table table;
    table.Add({"WINDOW", "AVERAGE", "COUNT", "MIN", "MAX", "STDDEV"});
    const std::vector<Window> windows =
        WindowsOf(view, snapshot.averages_size());
    for (size_t i = 0; i < windows.size(); ++i) {
      const results::Average& a = snapshot.averages(static_cast<int>(i));
      const auto spread = [&](double value) {
        return windows[i].has_spread ? Number(value) : "-";
      };
      table.Add({windows[i].name, Number(a.average()), absl::StrCat(a.count()),
                 spread(a.min()), spread(a.max()), spread(a.stddev())});
    }
    std::string out = absl::StrFormat(
        "key \"%s\", partition %d: %d records, the last at input offset %d, "
        "event time %s\n\n%s",
        PrintableKey(wanted), view.partition.value(), snapshot.records(),
        snapshot.last_offset(), Time(snapshot.event_time()), table.ToString());
    for (const std::string& line : Contents(snapshot)) {
      absl::StrAppend(&out, line, "\n");
    }
    return out;
  }
  return absl::NotFoundError(
      absl::StrCat("no key \"", PrintableKey(key),
                   "\" in the results topic; `list` shows those there are"));
}

std::string RenderCheckpoints(const std::vector<PartitionView>& views,
                              OutputFormat format) {
  std::string json;
  Table table;
  table.Add({"PARTITION", "NEXT OFFSET", "KEYS", "APPLIED", "LATE", "SKIPPED",
             "ABSENT", "COMMITS", "READ/KEY", "DIGEST", "WRITER"});
  for (const PartitionView& view : views) {
    if (!view.checkpoint.has_value()) {
      table.Add({absl::StrCat(view.partition.value()), "no checkpoint"});
      absl::StrAppend(&json, "{\"partition\":", view.partition.value(),
                      ",\"checkpoint\":null}\n");
      continue;
    }
    const results::Checkpoint& c = *view.checkpoint;
    const results::Dispositions& d = c.dispositions();
    const bool verified = view.DigestVerified();
    const double per_key =
        static_cast<double>(view.records_read) /
        static_cast<double>(std::max<size_t>(1, view.keys.size()));
    table.Add({absl::StrCat(view.partition.value()),
               absl::StrCat(c.next_offset()), absl::StrCat(c.keys()),
               absl::StrCat(d.applied()), absl::StrCat(d.late()),
               absl::StrCat(d.skipped()), absl::StrCat(d.absent()),
               absl::StrCat(c.sequence()), absl::StrFormat("%.1f", per_key),
               verified ? "verified" : "DIFFERS", c.writer()});
    absl::StrAppendFormat(
        &json,
        "{\"partition\":%d,\"next_offset\":%d,\"start_offset\":%d,\"keys\":%d,"
        "\"applied\":%d,\"late\":%d,\"skipped\":%d,\"absent\":%d,"
        "\"sequence\":%d,\"digest\":\"%016x\",\"digest_verified\":%s,"
        "\"transaction_open\":%s,\"records_read\":%d,\"writer\":%s}\n",
        view.partition.value(), c.next_offset(), c.start_offset(), c.keys(),
        d.applied(), d.late(), d.skipped(), d.absent(), c.sequence(),
        c.digest(), verified ? "true" : "false",
        view.transaction_open ? "true" : "false", view.records_read,
        JsonString(c.writer()));
  }
  return format == OutputFormat::kJson ? json : table.ToString();
}

}  // namespace exactmean
