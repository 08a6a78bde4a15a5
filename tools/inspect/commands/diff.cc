// exactmean-inspect diff.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/comparison.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/diff/diff_text.h"
#include "tools/inspect/diff/state_diff.h"
#include "tools/inspect/flags.h"

ABSL_FLAG(absl::optional<uint64_t>, from_offset, absl::nullopt,
          "On the left the state before this input offset of the partition.");
ABSL_FLAG(std::string, from_time, "",
          "On the left the state before the first input record with this "
          "timestamp or a later one, as --to_time.");
ABSL_FLAG(std::string, other_results_topic, "",
          "On the right what this topic of the same cluster holds.");
ABSL_FLAG(std::string, other_config, "",
          "On the right what the configuration in this file would have made "
          "of the same input.");
ABSL_FLAG(std::string, other_config_override, "",
          "The same with configuration in text format, merged over that of "
          "--other_config, or else over that of --config.");
ABSL_FLAG(uint32_t, top, 20, "Show so many keys; 0: all that differ.");
ABSL_FLAG(bool, exit_code, false, "Exit with 4 when anything differs.");

namespace exactmean {
namespace {

absl::StatusOr<std::unique_ptr<Comparison>> OpenComparison(Session& session) {
  const InputPoint from = {OffsetOfFlag(absl::GetFlag(FLAGS_from_offset)),
                           absl::GetFlag(FLAGS_from_time)};
  const InputPoint to = {OffsetOfFlag(absl::GetFlag(FLAGS_to_offset)),
                         absl::GetFlag(FLAGS_to_time)};
  const std::string topic = absl::GetFlag(FLAGS_other_results_topic);
  const std::string path = absl::GetFlag(FLAGS_other_config);
  const std::string text = absl::GetFlag(FLAGS_other_config_override);
  const bool shadow = !path.empty() || !text.empty();
  if (from.given() + !topic.empty() + shadow != 1) {
    return Stop(
        StopReason::kConfig,
        "with what? Give one of --from_offset, --from_time, "
        "--other_results_topic, --other_config, --other_config_override");
  }
  if (to.given() && !from.given()) {
    return Stop(StopReason::kConfig,
                "--to_offset and --to_time go with --from_...");
  }
  if (from.given()) return CompareTimes(session, from, to);
  if (shadow) return CompareConfigs(session, path, text);
  return CompareTopics(session, topic);
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto comparison = OpenComparison(session);
  if (!comparison.ok()) return comparison.status();
  Progress progress = session.MakeProgress("diff", 0);
  uint64_t before = 0, last = 0;
  ScanOptions options = ScanOptionsOf(session);
  // Each of several scans counts from its beginning.
  options.progress = [&](uint64_t records) {
    if (records < last) before += last;
    last = records;
    progress.Update(before + records);
  };
  StateDiff diff(absl::GetFlag(FLAGS_top));
  const auto all = absl::MakeConstSpan((*comparison)->partitions());
  const size_t at_once = std::max<size_t>(1, absl::GetFlag(FLAGS_at_once));
  bool any = false;
  for (size_t i = 0; i < all.size(); i += at_once) {
    auto sides = (*comparison)->Read(all.subspan(i, at_once), options);
    if (!sides.ok()) return sides.status();
    for (auto& [partition, left] : sides->first) {
      DiffSide& right = sides->second.at(partition);
      any = any || left.at.has_value() || right.at.has_value();
      const absl::Status status =
          diff.Add(partition, std::move(left), std::move(right));
      if (!status.ok()) return status;
    }
  }
  progress.Clear();
  session.out() << (session.json() ? DiffJson(diff)
                                   : DiffText(diff, (*comparison)->Titles(),
                                              session.terminal()));
  if (!diff.complete()) {
    return Stop(StopReason::kIncomplete, "not everything could be compared");
  }
  if (!any) session.err() << "no state yet: no processor has committed\n";
  if (!diff.differs() || !absl::GetFlag(FLAGS_exit_code)) {
    return absl::OkStatus();
  }
  return Stop(StopReason::kState, "they differ");
}

constexpr char kDescription[] =
    R"(Compares the averages of every key between two states, left and right:
  --from_offset, --from_time     an earlier state against --to_offset or
                                 --to_time, or else against that of now
  --other_results_topic          what two results topics hold now, of one
                                 application or of two
  --other_config, --other_config_override
                                 a shadow run: the state of now against what
                                 another configuration would have made of the
                                 same input. Nothing is written

A key has changed when a window that both sides have (by its name) has another
average, count, minimum, maximum or deviation. How much is said of the
average; in percent of the left one. Keys are shown by their window with the
largest change in percent, the most changed first ("inf %": it was 0), then
keys that one side alone has. What windows hold behind their averages is not
compared: that is `verify`.

LEFT and RIGHT say how each state was come by, and AT before which input
offset it ends. Never by a guess, for a compacted topic shows states that
never were:
  now          the newest committed state; "no state": nobody has committed
  exact        what the topic shows at a checkpoint has that one's digest
  replayed     made from the nearest such checkpoint, or from the start, by
               folding the input in
  unavailable  neither can be, for example as the input is no longer retained;
               a remark says why. Nothing is compared then
A shadow run over input that lacks records which were processed says so in a
remark. Over input whose beginning is gone it compares keys whose records are
all retained, and of other keys the count windows that are full; NOT counts
what it could not compare. With grace, idle_key_ttl or another input section
it is unavailable then. Offsets are a partition's: see --partition.

Exits with 0 whether or not anything differs (4 with --exit_code if so), and
with 7 when not everything could be compared, beyond windows of one side.

JSON, a line each: first row "partition": partition, left, right (now, exact,
replayed, unavailable), left_offset, right_offset (null: no state), same,
changed, only_left, only_right, not_compared (keys), remarks. Then row
"window": window, sides (both, left, right), and of both: compared, changed,
not_compared, largest_change, mean_change, largest_relative_change (null:
infinite), mean_relative_change (of the finite ones). Then row "key", --top of
them: key (key_base64 when it is no UTF-8), partition, kind (changed,
only_left, only_right), windows [{window, left, right, left_count,
right_count, change, relative_change}].
)";

}  // namespace

Command DiffCommand() {
  Command command;
  command.name = "diff";
  command.summary = "Two states: at two times, of two topics or configurations";
  command.description = kDescription;
  command.examples = {
      "diff --config=prices.textproto --from_time=2026-11-21T09:30:00Z",
      "diff --config=prices.textproto --partition=0 --from_offset=1000 "
      "--to_offset=2000",
      "diff --config=prices.textproto --other_results_topic=prices-new "
      "--exit_code",
      "diff --config=prices.textproto --other_config=proposed.textproto "
      "--top=5"};
  command.flags = {"from_offset",
                   "from_time",
                   "to_offset",
                   "to_time",
                   "other_results_topic",
                   "other_config",
                   "other_config_override",
                   "partition",
                   "top",
                   "at_once",
                   "exit_code"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
