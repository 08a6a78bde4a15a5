// exactmean-inspect history.

#include <string>

#include "absl/flags/flag.h"
#include "tools/inspect/chart/terminal_chart.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/explain/render_history.h"
#include "tools/inspect/flags.h"

namespace exactmean {
namespace {

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  const auto histories = ReadHistories(session, words);
  if (!histories.ok()) return histories.status();
  const size_t limit = absl::GetFlag(FLAGS_limit);
  for (const KeyHistory& history : *histories) {
    session.out() << (session.json() ? HistoryJson(history, limit)
                                     : HistoryText(history, session.terminal(),
                                                   LocaleIsUtf8(), limit));
  }
  return absl::OkStatus();
}

}  // namespace

Command HistoryCommand() {
  Command command;
  command.name = "history";
  command.arguments = "KEY...";
  command.summary =
      "A key's snapshots that are still in the log, as table and plot";
  command.description =
      R"(Every version of a key that the results topic still holds, oldest first:

  OFFSET        of the snapshot in the results topic
  COMMITTED     when it was written
  INPUT OFFSET  of the last input record folded in; "deleted": a tombstone
  RECORDS       folded in since the key's first
  NEW           of these, since the version above
  EVENT TIME    the key's newest
  and the average of each window. Versions of before a `rewind` to another
  configuration have a table and windows of their own.

Under it, each window's average over event time, of the newest configuration
alone (in ASCII where the locale is not UTF-8). --limit=N: the newest N
versions.

What it cannot tell: a NEW of more than +1 stands for records that went out in
one commit or whose versions were compacted away; the log does not tell which.
`plot` and `explain` fill the gaps from the input.

Exits with 10 when there is no such key.

JSON, a line a version: key (key_base64), partition, offset, committed,
deleted, last_offset, records, new_records, event_time, current (false: of
before a rewind to another configuration), averages: {WINDOW: average}, by the
names of the version's own configuration.
)";
  command.examples = {"history IBM --config=prices.textproto --limit=20"};
  command.flags = {"limit", "partition"};
  command.min_words = 1;
  command.max_words = SIZE_MAX;
  command.run = &Run;
  return command;
}

}  // namespace exactmean
