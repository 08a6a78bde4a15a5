// exactmean-inspect replay.

#include "tools/inspect/replay/replay.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "state/result_codec.h"
#include "state/spec.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/commands/replay_of.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/list/columns.h"
#include "tools/inspect/list/list_writer.h"
#include "tools/inspect/replay/range.h"

ABSL_FLAG(std::string, from, "earliest",
          "Where to begin: earliest, a time as 2026-11-21T09:30:00Z or "
          "2026-11-21, or offsets as 0:1200,1:1187 (partition:offset).");
ABSL_FLAG(std::string, to, "latest",
          "Where to end, before it: latest, or as --from.");

namespace exactmean {
namespace {

struct Key {
  std::string key;
  std::string snapshot;
  Partition partition;
};

absl::StatusOr<InputPosition> PositionOfFlag(absl::string_view flag,
                                             const std::string& text,
                                             InputPosition::Kind unwanted) {
  auto position = ParseInputPosition(text);
  if (position.ok() && position->kind != unwanted &&
      position->kind != InputPosition::Kind::kCommitted) {
    return position;
  }
  return Stop(
      StopReason::kConfig,
      absl::StrCat("--", flag, "=", text, ": ",
                   position.ok() ? "not here" : position.status().message()));
}

absl::StatusOr<std::vector<Stretch>> StretchesOfFlags(
    TopicReader* input, const std::vector<Partition>& partitions) {
  const auto from = PositionOfFlag("from", absl::GetFlag(FLAGS_from),
                                   InputPosition::Kind::kLatest);
  if (!from.ok()) return from.status();
  const auto to = PositionOfFlag("to", absl::GetFlag(FLAGS_to),
                                 InputPosition::Kind::kEarliest);
  if (!to.ok()) return to.status();
  const auto stretches = StretchesBetween(input, partitions, *from, *to);
  if (absl::IsOutOfRange(stretches.status()) ||
      absl::IsInvalidArgument(stretches.status())) {
    return Stop(StopReason::kConfig, stretches.status().message());
  }
  return stretches;
}

std::vector<NamedWindow> NamedWindowsOf(const StateSpec& spec) {
  std::vector<NamedWindow> windows;
  for (const WindowSpec& window : spec.windows) {
    windows.push_back({window.name, !IsEwma(window)});
  }
  return windows;
}

absl::Status Print(Session& session, const StateSpec& spec,
                   std::vector<Key> keys) {
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return std::tie(a.key, a.partition) < std::tie(b.key, b.partition);
  });
  const std::vector<NamedWindow> windows = NamedWindowsOf(spec);
  const std::vector<Column> columns = ColumnsWithoutOffset(
      session.json() ? AllColumns(windows) : UsualColumns(windows));
  ListWriter writer(&session.out(), session.format(), session.terminal(),
                    columns, windows, "--output=json has all");
  results::Snapshot snapshot;
  std::vector<Cell> cells(columns.size());
  for (const Key& key : keys) {
    const absl::Status decoded = DecodeSnapshot(key.snapshot, &snapshot);
    if (!decoded.ok()) return decoded;
    for (size_t i = 0; i < columns.size(); ++i) {
      cells[i] = CellOf(columns[i], snapshot, key.partition, Offset(0));
    }
    ListRow row;
    row.key = key.key;
    row.partition = key.partition;
    row.cells = cells;
    writer.Add(row);
  }
  writer.Finish();
  return absl::OkStatus();
}

// What became of the records; a Stop when a processor would have stopped.
absl::Status Remark(Session& session, const Stretch& stretch,
                    const ReplayedPartition& of) {
  const results::Dispositions& d = of.state->dispositions();
  session.err() << absl::StrFormat(
      "partition %d, offsets %d to %d: %s, %d of them late, %d bad, %d "
      "filtered; %s\n",
      stretch.partition.value(), stretch.from.value(), stretch.to.value(),
      Plural(of.records, "record"), d.late(), of.bad_records, d.filtered(),
      Plural(of.state->live_keys(), "key"));
  if (of.bad_records > 0) {
    session.err() << "the first bad record: " << of.first_bad << "\n";
  }
  if (of.stopped.empty()) return absl::OkStatus();
  return Stop(StopReason::kBadRecord,
              absl::StrCat("policy STOP: ", of.stopped,
                           "; the averages are those before it"));
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto settings = session.RequireSettings();
  if (!settings.ok()) return settings.status();
  const auto input = session.OpenInput();
  if (!input.ok()) return input.status();
  const auto partitions = session.Partitions(input->get());
  if (!partitions.ok()) return partitions.status();
  const auto count = (*input)->PartitionCount();
  if (!count.ok()) return count.status();
  const auto stretches = StretchesOfFlags(input->get(), *partitions);
  if (!stretches.ok()) return stretches.status();

  RemarkOnStep(session, "the input is folded through it");
  const Pipeline pipeline(
      (*settings)->state,
      {(*settings)->application_id, (*settings)->input_topic, *count});
  Progress progress = session.MakeProgress("replaying", TotalOf(*stretches));
  ScanOptions options = ScanOptionsOf(session);
  options.progress = [&](uint64_t records) { progress.Update(records); };
  const auto replayed = Replay(
      {&pipeline, session.ReadingOf(**settings), (*settings)->on_bad_record},
      input->get(), *stretches, options);
  progress.Clear();
  if (!replayed.ok()) return replayed.status();

  std::vector<Key> keys;
  for (const auto& [partition, of] : *replayed) {
    of.state->VisitSnapshots(
        [](absl::string_view) { return true; },
        [&, p = partition](absl::string_view key, absl::string_view snapshot) {
          keys.push_back({std::string(key), std::string(snapshot), p});
        });
  }
  absl::Status status = Print(session, (*settings)->state, std::move(keys));
  for (const Stretch& stretch : *stretches) {
    status.Update(Remark(session, stretch, replayed->at(stretch.partition)));
  }
  return status;
}

}  // namespace

Command ReplayCommand() {
  Command command;
  command.name = "replay";
  command.summary = "The averages of a part of the input, made anew";
  command.description =
      R"(Reads the input from --from to before --to, once, folds it by the code of the
processor into windows that begin empty, and prints the averages at the end,
as list does (but for "offset": nothing is written). No group is joined, and
no results topic is needed: what last week's records alone average to, or what
a changed configuration makes of them (--config_override).

What became of the records is told on standard error, a line a partition.
Under on_bad_record: STOP the first bad record of a partition ends it, as it
would the processor, and the exit code is 3. All keys are held in memory.

To have the result in a topic, for others to read, run the processor itself
over the same part: exactmean --from=... --to=..., see its --help.

JSON, an object a key: key, key_base64 (only when the key is no UTF-8),
records, event_time, partition, last_offset, averages: {WINDOW: {average,
count, min, max, stddev}}.
)";
  command.examples = {
      "replay --config=prices.textproto --from=2026-11-01 --to=2026-11-08",
      "replay --config=prices.textproto --partition=0 --from=0:1200 "
      "--output=json",
      "replay --config=prices.textproto --config_override='window { name: "
      "\"last5\" count { size: 5 } }'"};
  command.flags = {"from", "to", "partition"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
