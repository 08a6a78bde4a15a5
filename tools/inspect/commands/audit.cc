// exactmean-inspect audit.

#include "tools/inspect/audit/audit.h"

#include <memory>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/input_position.h"
#include "processor/kafka/input_log.h"
#include "processor/log.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "tools/inspect/audit/audit_text.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/commands/replay_of.h"

ABSL_FLAG(bool, count_input, true,
          "Count the input's records, too, which takes reading it.");

namespace exactmean {
namespace {

// Asks for offsets as a member of the group would, without joining it.
absl::StatusOr<std::unique_ptr<KafkaInputLog>> OpenGroup(Session& session) {
  const auto options = session.RequireOptions();
  if (!options.ok()) return options.status();
  return KafkaInputLog::Create(*options);
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  RemarkOnStep(session,
               "it is not asked here, and what it let go by is counted as "
               "filtered");
  const auto of = OpenReplay(session);
  if (!of.ok()) return of.status();
  const auto log = OpenGroup(session);
  if (!log.ok()) return log.status();
  const ScanOptions options = ScanOptionsOf(session);
  AuditInput input;
  if (absl::GetFlag(FLAGS_count_input)) input.reader = (*of)->input.get();
  input.compacted = (*of)->input_compacted;
  input.group =
      [&](Partition partition) -> absl::StatusOr<absl::optional<Offset>> {
    return AskWhileUnavailable(options.clock, options.patience,
                               [&] { return (*log)->Committed(partition); });
  };
  if (session.settings()->start.kind == InputPosition::Kind::kCommitted) {
    input.taken_over = [&](Partition partition) -> absl::StatusOr<bool> {
      const auto note =
          AskWhileUnavailable(options.clock, options.patience,
                              [&] { return (*log)->CommittedNote(partition); });
      if (!note.ok()) return note.status();
      return *note != kOffsetNote;
    };
  }
  auto audits = Audit((*of)->results.get(), input, (*of)->partitions, options);
  if (!audits.ok()) return audits.status();
  const auto violated = [&] {
    for (const PartitionAudit& audit : *audits) {
      if (!audit.violations.empty()) return true;
    }
    return false;
  };
  // A compaction while the log is read makes gaps in what is read, not in the
  // log.
  if (violated()) {
    audits = Audit((*of)->results.get(), input, (*of)->partitions, options);
    if (!audits.ok()) return audits.status();
  }
  session.out() << (session.json() ? AuditsJson(*audits)
                                   : AuditsText(*audits, session.terminal()));
  if (!violated()) return absl::OkStatus();
  return Stop(StopReason::kState,
              "the checkpoints do not account for the "
              "input: see the violations above");
}

}  // namespace

Command AuditCommand() {
  Command command;
  command.name = "audit";
  command.summary = "Where every input offset went, and the chain of commits";
  command.description =
      R"(From committed records alone. For each checkpoint that the results topic still
holds: the offsets passed are the sum of applied, late, skipped,
dead-lettered, retried, filtered (by the pipeline's step), lost (under
AT_MOST_ONCE) and absent (no record there: markers, aborted, compacted); each
commit follows the one before (compaction takes checkpoints from the beginning
of the log only, so a gap is a loss); offsets and counters never go back;
application, input and configuration stay (only `rewind` may go back, and
bring another configuration). The group's offset is that of a checkpoint, or,
before the first, another program's that a start takes over. And, unless the
input is compacted or --nocount_input: the input's committed records are as
many as were processed, from as far back as it is retained.

PASSED is the last checkpoint's offsets, COMMITS its sequence; IN LOG counts
the checkpoints read, COMPACTED those that compaction has taken; COUNTED
counts input records; GROUP is the group's offset, "-" when it has none
(expired: a start takes the checkpoint's).

It cannot see whether averages are right: that is `verify`.

Exits with 4 when anything is violated. A rewind is the writer
APPLICATION/rewind among those that are listed.

JSON, a partition a line: partition, checkpoints (in the log), first_sequence,
last_sequence, start_offset, next_offset, applied, late, skipped,
dead_lettered, retried, filtered, absent, lost, delivery, counted_from,
counted, expected (null: not counted), group_offset, writers [{writer,
first_sequence, last_sequence, next_offset}], violations [{results_offset,
what}].
)";
  command.examples = {"audit --config=prices.textproto",
                      "audit --config=prices.textproto --nocount_input"};
  command.flags = {"partition", "count_input"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
