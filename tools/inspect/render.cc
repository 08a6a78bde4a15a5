// Rendering of keys and checkpoints.

#include "tools/inspect/render.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "processor/json.h"
#include "state/result_codec.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

const results::Checkpoint* CheckpointOf(const PartitionView& view) {
  return view.checkpoint.has_value() ? &*view.checkpoint : nullptr;
}

std::string AveragesJson(const results::Snapshot& snapshot,
                         const std::vector<NamedWindow>& windows) {
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
      ",\"event_time\":", JsonString(TimeText(snapshot.event_time())),
      ",\"averages\":",
      AveragesJson(snapshot,
                   WindowsOf(CheckpointOf(view), snapshot.averages_size())));
}

// The values that windows hold, each kind on its line.
std::vector<std::string> Contents(const results::Snapshot& snapshot) {
  std::vector<std::string> lines;
  const auto number = [](std::string* out, double value) {
    absl::StrAppend(out, NumberText(value));
  };
  if (snapshot.samples().values_size() > 0) {
    lines.push_back(
        absl::StrCat("newest values  ",
                     absl::StrJoin(snapshot.samples().values(), " ", number)));
  }
  int64_t time = 0;
  for (int i = 0; i < snapshot.timed().values_size(); ++i) {
    time += snapshot.timed().time_deltas(i);
    lines.push_back(absl::StrCat("in time window ", TimeText(time), "  ",
                                 NumberText(snapshot.timed().values(i))));
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
    const std::vector<NamedWindow> windows =
        WindowsOf(CheckpointOf(view), snapshot.averages_size());
    for (size_t i = 0; i < windows.size(); ++i) {
      const results::Average& a = snapshot.averages(static_cast<int>(i));
      const auto spread = [&](double value) {
        return windows[i].has_spread ? NumberText(value) : "-";
      };
      table.Add({windows[i].name, NumberText(a.average()),
                 absl::StrCat(a.count()), spread(a.min()), spread(a.max()),
                 spread(a.stddev())});
    }
    std::string out = absl::StrFormat(
        "key \"%s\", partition %d: %d records, the last at input offset %d, "
        "event time %s\n\n%s",
        PrintableKey(wanted), view.partition.value(), snapshot.records(),
        snapshot.last_offset(), TimeText(snapshot.event_time()),
        table.ToString());
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
