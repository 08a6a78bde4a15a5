// exactmean-inspect list.

#include "tools/inspect/list/list.h"

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/list/any_checkpoint.h"
#include "tools/inspect/list/list_writer.h"

ABSL_FLAG(std::string, sort, "key",
          "key, records, time or any other column; - before it: descending. "
          "none: the order of the log.");
ABSL_FLAG(std::string, columns, "",
          "What to show of each key, as records,sma20,sma20.count,offset.");
ABSL_FLAG(bool, tombstones, false,
          "Deleted keys, too, as long as the log has their tombstones.");

namespace exactmean {
namespace {

absl::StatusOr<ListSpec> SpecOf(const std::vector<NamedWindow>& windows,
                                bool json) {
  ListSpec spec;
  auto filter = KeyFilter::Create(absl::GetFlag(FLAGS_prefix),
                                  absl::GetFlag(FLAGS_match));
  if (!filter.ok()) return filter.status();
  spec.filter = *std::move(filter);
  auto order = ParseOrder(absl::GetFlag(FLAGS_sort), windows);
  if (!order.ok()) return order.status();
  spec.order = *std::move(order);
  spec.columns = json ? AllColumns(windows) : UsualColumns(windows);
  const std::string columns = absl::GetFlag(FLAGS_columns);
  if (!columns.empty()) {
    auto given = ParseColumns(columns, windows);
    if (!given.ok()) return given.status();
    spec.columns = *std::move(given);
  }
  spec.limit = absl::GetFlag(FLAGS_limit);
  spec.tombstones = absl::GetFlag(FLAGS_tombstones);
  return spec;
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto reader = session.OpenResults();
  if (!reader.ok()) return reader.status();
  const auto stretches = CommittedStretches(session, reader->get());
  if (!stretches.ok()) return stretches.status();
  ScanOptions options = ScanOptionsOf(session);
  const auto checkpoint = AnyCheckpoint(reader->get(), *stretches, options);
  if (!checkpoint.ok()) return checkpoint.status();
  const auto windows =
      checkpoint->has_value()
          ? WindowsOf(&**checkpoint, (*checkpoint)->windows_size())
          : std::vector<NamedWindow>();
  const auto spec = SpecOf(windows, session.json());
  if (!spec.ok()) return spec.status();

  Progress progress = session.MakeProgress("reading", TotalOf(*stretches));
  options.progress = [&](uint64_t records) { progress.Update(records); };
  ListWriter writer(&session.out(), session.format(), session.terminal(),
                    spec->columns, windows,
                    absl::GetFlag(FLAGS_columns).empty()
                        ? "--columns chooses what is shown"
                        : "");
  const absl::Status status =
      List(reader->get(), *stretches, *spec, options, [&](const ListRow& row) {
        // Nothing is read any more, but a terminal may be slow.
        if (*session.stop()) return;
        progress.Clear();
        writer.Add(row);
      });
  progress.Clear();
  writer.Finish();
  if (*session.stop()) return absl::CancelledError("interrupted");
  if (status.ok() && writer.rows() == 0) {
    session.err() << (checkpoint->has_value()
                          ? "no such key: --prefix, --match and --partition "
                            "leave none, or all are deleted\n"
                          : "no keys yet: no processor has committed to the "
                            "results topic\n");
  }
  return status;
}

}  // namespace

Command ListCommand() {
  Command command;
  command.name = "list";
  command.summary = "Keys with their averages";
  command.description =
      R"(Every live key of the results topic, as a reader of committed records sees it
now, with what its newest snapshot says. A table for people; with
--output=json an object a line.

Columns, to choose with --columns and to sort by with --sort:
  records       input records folded in since the key's first
  time          the key's newest event time
  partition     of the input and of the results topic
  offset        of the snapshot in the results topic
  last_offset   input offset of the last record folded in
  WINDOW        a window's average; WINDOW.count, .min, .max and .stddev, too
                (an ewma has average and count alone)
A table shows records, time and all averages unless told otherwise; keys are
printed with C escapes (\xff for a byte that is no text). Where the terminal
is too narrow, keys are cut short and the last columns left out, which a line
at the end names; what --columns names is always shown, and a file has it all.
A "-" stands for what a key does not have.

JSON has all columns, or those of --columns: key, key_base64 (only when the
key is no UTF-8), records, event_time, partition, offset, last_offset,
averages: {WINDOW: {average, count, min, max, stddev}}; a tombstone has
"deleted": true.

--prefix and --match choose keys by their bytes, escapes as printed. Keys are
sorted by their bytes; with --limit and with --sort=none the topic is read
twice, and in memory are 26 bytes a key, and the rows within the limit;
otherwise all keys are, with the cells of their columns.

What it cannot tell: keys whose first record has not been committed yet, and
whether what the windows hold is whole, which it steps over (`verify` tells).
Exit code 4: some record is no snapshot; the others were listed.
)";
  command.examples = {
      "list --config=prices.textproto --limit=20",
      "list --config=prices.textproto --sort=-records --limit=10",
      "list --config=prices.textproto --match='A*' "
      "--columns=sma20,sma20.stddev",
      "list --config=prices.textproto --sort=none --output=json"};
  command.flags = {"prefix",  "match",     "sort",      "limit",
                   "columns", "partition", "tombstones"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
