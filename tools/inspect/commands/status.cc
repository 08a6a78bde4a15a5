// exactmean-inspect status.

#include "tools/inspect/cluster/status.h"

#include <cstdint>

#include "absl/flags/flag.h"
#include "absl/types/optional.h"
#include "tools/inspect/cluster/status_outcome.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/gather_status.h"

ABSL_FLAG(absl::optional<uint64_t>, max_lag, absl::nullopt,
          "Exit with 11 when a partition lags by more records, is blocked, or "
          "has no owner.");

namespace exactmean {
namespace {

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  ApplicationStatus status;
  status.max_lag = absl::GetFlag(FLAGS_max_lag);
  const absl::Status gathered = GatherStatus(session, &status);
  if (!gathered.ok()) return gathered;
  session.out() << (session.json() ? StatusJson(status)
                                   : StatusText(status, session.terminal()));
  if (session.json()) {
    for (const std::string& unseen : status.unseen) {
      session.err() << "not seen: " << unseen << "\n";
    }
  }
  return OutcomeOf(status);
}

constexpr char kDescription[] =
    R"(The first line says that all is well, or names what is not and the way out.

  NEXT OFFSET  the input offset up to which the state goes: the checkpoint's
  GROUP        the group's committed offset against it: agrees, DIFFERS, none
               (it expired; a start takes the checkpoint's), foreign (another
               program's, and there is no state: a start goes on from there
               under input.start: "committed", and else refuses), undecided
               (a transaction that moves it is open), ? (may not be asked);
               without transactions, where one of the two is written before
               the other, behind or (AT_MOST_ONCE) ahead
  LAG          committed input records that wait to be folded in, transaction
               markers left out. Up to 20,000 offsets are read to count them;
               beyond that "<=" marks the number of offsets, which markers and
               aborted records make too large; ? when the input may not be
               read
  COMMITTED    age of the last commit: of the checkpoint's record
  DIGEST       verified: the keys in the topic are those of the checkpoint.
               DIFFERS: keys are missing, changed or added; a start refuses.
               CORRUPT: the newest checkpoint cannot be read.
               step under way: without transactions, a step is half written
               and compaction has left its part alone of some keys; a start
               takes them
  OWNER        the group member that has the partition
  APPLIED LATE SKIPPED DEAD ABSENT  what became of every offset passed; DEAD
               is what was written to the dead-letter topic. FILTERED, if
               there are any: what the pipeline's step let go by. RETRIED,
               likewise: what was sent to retry topics; WAITING of those
               still are there
               LOST, likewise: what AT_MOST_ONCE has lost, as far as it knows
  COMMITS      checkpoints written since the partition's first
  READ/KEY     records in the results partition for each live one (a key's
               snapshot, or a segment of its long windows): about 1 when
               compaction keeps up. A restore has to read them
  RESTORE      bytes of keys and values that a restore reads
  STABLE END   up to where readers of committed records get, in the input;
               END counts open transactions, too

Every open transaction of input and results is named with its first offset and
age; a processor's commit is one for a moment. One that is older than
commit.transaction_timeout is not well. Whose it is, a consumer cannot ask:
the command of Kafka's own tool that tells is printed. Named here are the
writers of the checkpoints that follow its first record in the results: others
than its own may have been committed since.

Without --config, application and input are taken from a checkpoint. Needs
Read on the results topic; what else may not be seen is said and left out.

JSON, an object a partition: partition, next_offset, start_offset, keys,
applied, late, skipped, dead_lettered, retried, waiting (of the retried),
retry_topics (topic, next_offset, waiting), filtered, absent, lost, delivery,
sequence, digest (hex), digest_verified, step_under_way, writer, committed_at,
committed_ago_ms (without a checkpoint instead of these: checkpoint, null, and
digest_verified); checkpoint_problem, live_keys, live_segments (of long
windows), records_read, restore_bytes, largest_record_bytes, group (as the
column), group_offset, input_low, input_stable, input_high, lag, lag_is_bound,
owner, transaction_open (in the results), open_transactions (topic,
from_offset, since, writers_after: of checkpoints that follow), troubles
(text, mend: the way out, fatal: a start would refuse this state; those of the
whole application are in each object). What is not known is null.

For cron and health checks: --max_lag=N. It ends with 11 whenever the first
line says NOT WELL: a partition lags by more than N records (where there is no
state yet, all of the input is lag), a transaction blocks it, nobody has it,
or its owner has not committed for a minute. With 7 when lag or owners could
not be told. In a crontab, which mails what goes to standard error:

  */5 * * * * exactmean-inspect status --config=F --max_lag=10000 >/dev/null

Exit code 4, with or without it: a start would refuse this state.
)";

}  // namespace

Command StatusCommand() {
  Command command;
  command.name = "status";
  command.summary = "Is all well? Position, lag, owner and proof by partition";
  command.description = kDescription;
  command.examples = {"status --config=prices.textproto",
                      "status --bootstrap_servers=localhost:9092 "
                      "--results_topic=prices-averages",
                      "status --config=prices.textproto --max_lag=10000",
                      "status --config=prices.textproto --output=json"};
  command.flags = {"partition", "max_lag"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
