// ToChange and the texts of a row.

#include "tools/sink/row.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/json.h"
#include "proto/result.pb.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

constexpr absl::string_view kHexPrefix = "\\x";

// A sum of finite values may still be infinite, for which JSON has no number.
void AppendNumber(absl::string_view name, double value, std::string* out) {
  absl::StrAppend(out, ",\"", name, "\":");
  if (std::isfinite(value)) {
    AppendJsonNumber(value, out);
  } else {
    absl::StrAppend(out, "\"", value, "\"");
  }
}

}  // namespace

size_t Change::bytes() const {
  const size_t windows = state.has_value() ? state->windows.size() : 0;
  return sizeof(*this) + text.size() + windows * sizeof(WindowValues);
}

std::string KeyText(absl::string_view key) {
  if (IsUtf8(key) && !absl::StrContains(key, '\0') &&
      !absl::StartsWith(key, kHexPrefix)) {
    return std::string(key);
  }
  return absl::StrCat(kHexPrefix, absl::BytesToHexString(key));
}

absl::StatusOr<Change> ToChange(const LogRecord& record) {
  Change change;
  change.partition = record.partition;
  change.offset = record.offset;
  change.text = KeyText(record.key.value_or(""));
  if (!record.value.has_value()) return change;
  thread_local results::Snapshot snapshot;  // kept for its memory
  const absl::Status status = DecodeSnapshot(*record.value, &snapshot);
  if (!status.ok()) return status;
  KeyState& state = change.state.emplace();
  state.event_time = snapshot.event_time();
  state.records = static_cast<int64_t>(snapshot.records());
  state.last_offset = snapshot.last_offset();
  state.windows.reserve(static_cast<size_t>(snapshot.averages_size()));
  for (const results::Average& average : snapshot.averages()) {
    state.windows.push_back({average.average(),
                             static_cast<int64_t>(average.count()),
                             average.min(), average.max(), average.stddev()});
  }
  return change;
}

std::string RowsJson(const Windows& windows, const Change& change) {
  if (!change.state.has_value()) return "";
  std::string json = "{";
  for (size_t i = 0; i < windows.size(); ++i) {
    const WindowValues& values = change.state->windows[i];
    absl::StrAppend(&json, i == 0 ? "" : ",", JsonString(windows[i].name),
                    ":{\"count\":", values.count);
    if (values.count > 0) {
      AppendNumber("average", values.average, &json);
      if (windows[i].has_spread) {
        AppendNumber("min", values.min, &json);
        AppendNumber("max", values.max, &json);
        AppendNumber("stddev", values.stddev, &json);
      }
    }
    json += "}";
  }
  return json + "}";
}

}  // namespace exactmean
