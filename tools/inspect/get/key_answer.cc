// KeyAnswerText and KeyAnswerJson.

#include "tools/inspect/get/key_answer.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "state/counts.h"
#include "state/result_codec.h"
#include "tools/inspect/get/window_contents.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/records/window_specs.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

std::string Head(const KeyAnswer& answer) {
  std::string text = absl::StrCat("key \"", PrintableKey(answer.key), "\"");
  if (answer.partition >= Partition(0)) {
    absl::StrAppend(&text, ", partition ", answer.partition.value());
  }
  if (answer.at.has_value()) {
    absl::StrAppend(&text, ", at input offset ", answer.at->value());
  }
  if (answer.label != AnswerLabel::kNow) {
    absl::StrAppend(&text, " (", LabelText(answer.label), ")");
  }
  return text + ": ";
}

absl::Status Located(const KeyAnswer& answer, const absl::Status& status) {
  return absl::Status(
      status.code(),
      absl::StrCat("partition ", answer.partition.value(), ", offset ",
                   answer.results_offset.value(), ", key \"",
                   PrintableKey(answer.key), "\": ", status.message()));
}

// The snapshot and, as far as a checkpoint tells of windows, what they hold.
struct Decoded {
  results::Snapshot snapshot;
  std::vector<WindowContents> contents;  // points into the snapshot
};

absl::Status Decode(const KeyAnswer& answer,
                    const results::Checkpoint* checkpoint, Decoded* to) {
  const absl::Status status = DecodeSnapshot(*answer.snapshot, &to->snapshot);
  if (!status.ok()) return Located(answer, status);
  const auto windows =
      checkpoint == nullptr ? absl::nullopt : WindowSpecsOf(*checkpoint);
  if (!windows.has_value()) return absl::OkStatus();
  auto contents = ContentsOf(to->snapshot, *windows);
  if (!contents.ok()) return Located(answer, contents.status());
  to->contents = *std::move(contents);
  return absl::OkStatus();
}

std::string AveragesTable(const results::Snapshot& snapshot,
                          const std::vector<NamedWindow>& windows,
                          const Terminal& terminal) {
  Table table;
  table.Add({"WINDOW", "AVERAGE", "COUNT", "MIN", "MAX", "STDDEV"});
  for (size_t i = 0; i < windows.size(); ++i) {
    const results::Average& a = snapshot.averages(static_cast<int>(i));
    const auto spread = [&](double value) {
      return windows[i].has_spread ? NumberText(value) : "-";
    };
    table.Add({windows[i].name, NumberText(a.average()),
               absl::StrCat(a.count()), spread(a.min()), spread(a.max()),
               spread(a.stddev())});
  }
  return table.ToString(terminal);
}

std::string AveragesJson(const results::Snapshot& snapshot,
                         const std::vector<NamedWindow>& windows) {
  JsonObject json;
  for (size_t i = 0; i < windows.size(); ++i) {
    const results::Average& a = snapshot.averages(static_cast<int>(i));
    JsonObject of;
    of.Add("average", a.average()).Add("count", a.count());
    if (windows[i].has_spread) {
      of.Add("min", a.min()).Add("max", a.max()).Add("stddev", a.stddev());
    }
    json.AddRaw(windows[i].name, of.ToString());
  }
  return json.ToString();
}

}  // namespace

absl::StatusOr<std::string> KeyAnswerText(const KeyAnswer& answer,
                                          const results::Checkpoint* checkpoint,
                                          const Terminal& terminal) {
  std::string text = Head(answer);
  if (answer.label == AnswerLabel::kUnavailable) {
    return absl::StrCat(text, answer.reason, "\n");
  }
  if (!answer.snapshot.has_value()) return text + "there was no such key\n";
  Decoded decoded;
  const absl::Status status = Decode(answer, checkpoint, &decoded);
  if (!status.ok()) return status;
  const results::Snapshot& snapshot = decoded.snapshot;
  absl::StrAppend(&text, Plural(snapshot.records(), "record"),
                  ", the last at input offset ", snapshot.last_offset(),
                  "\nevent time ", TimeText(snapshot.event_time()),
                  ", a snapshot of ", answer.snapshot->size(), " bytes");
  if (answer.results_offset >= Offset(0)) {
    absl::StrAppend(&text, " at results offset ",
                    answer.results_offset.value());
  }
  absl::StrAppend(
      &text, "\n\n",
      AveragesTable(snapshot, WindowsOf(checkpoint, snapshot.averages_size()),
                    terminal),
      ContentsText(decoded.contents, terminal));
  return text;
}

absl::StatusOr<std::string> KeyAnswerJson(
    const KeyAnswer& answer, const results::Checkpoint* checkpoint) {
  JsonObject json;
  json.AddKey(answer.key);
  if (answer.partition < Partition(0)) {
    json.AddNull("partition");
  } else {
    json.Add("partition", answer.partition.value());
  }
  json.Add("label", LabelText(answer.label));
  if (answer.at.has_value()) json.Add("at_offset", answer.at->value());
  if (answer.label == AnswerLabel::kUnavailable) {
    return json.Add("reason", answer.reason).ToString() + "\n";
  }
  json.Add("live", answer.snapshot.has_value());
  if (!answer.snapshot.has_value()) return json.ToString() + "\n";
  Decoded decoded;
  const absl::Status status = Decode(answer, checkpoint, &decoded);
  if (!status.ok()) return status;
  const results::Snapshot& snapshot = decoded.snapshot;
  json.Add("records", snapshot.records())
      .Add("last_offset", snapshot.last_offset())
      .Add("event_time", TimeText(snapshot.event_time()))
      .Add("bytes", answer.snapshot->size());
  if (answer.results_offset < Offset(0)) {
    json.AddNull("results_offset");
  } else {
    json.Add("results_offset", answer.results_offset.value());
  }
  json.AddRaw("averages",
              AveragesJson(snapshot,
                           WindowsOf(checkpoint, snapshot.averages_size())))
      .AddRaw("windows", ContentsJson(decoded.contents));
  return json.ToString() + "\n";
}

}  // namespace exactmean
