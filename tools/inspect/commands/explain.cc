// exactmean-inspect explain.

#include "tools/inspect/explain/explain.h"

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/explain/key_history.h"
#include "tools/inspect/explain/render_explanation.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/key_filter.h"

namespace exactmean {
namespace {

// What the exit code tells: nobody may take "cannot tell" for "agrees".
absl::Status OutcomeOf(const Explanation& explanation) {
  const std::string key =
      absl::StrCat("key \"", PrintableKey(explanation.key), "\"");
  if (explanation.Differs()) {
    return Stop(StopReason::kState,
                absl::StrCat(key,
                             " is not what the input gives. "
                             "`exactmean-inspect verify` looks at all keys"));
  }
  if (explanation.Decided()) return absl::OkStatus();
  return Stop(StopReason::kIncomplete,
              absl::StrCat("nothing is seen to differ of ", key,
                           ", but not all of it could be told"));
}

// Of several keys: what differs counts more than what could not be told.
absl::Status Worse(const absl::Status& one, const absl::Status& other) {
  if (one.ok()) return other;
  const bool differs = !other.ok() && ReasonOf(other) == StopReason::kState;
  return differs && ReasonOf(one) == StopReason::kIncomplete ? other : one;
}

absl::Status RunOne(Session& session, TopicReader* input,
                    const KeyHistory& history, ExplainOptions options) {
  if (!history.checkpoint.has_value()) {
    return absl::DataLossError(absl::StrCat(
        "partition ", history.partition.value(),
        " has keys but no checkpoint: it is not the state of a processor"));
  }
  Progress progress = session.MakeProgress("reading the input backwards", 0);
  options.scan.progress = [&](uint64_t records) { progress.Update(records); };
  const auto explanation = Explain(input, history, options);
  progress.Clear();
  if (!explanation.ok()) return explanation.status();
  session.out() << (session.json()
                        ? ExplanationJson(*explanation)
                        : ExplanationText(*explanation, session.terminal(),
                                          absl::GetFlag(FLAGS_limit)));
  return OutcomeOf(*explanation);
}

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  const auto settings = session.RequireSettings();
  if (!settings.ok()) return settings.status();
  const absl::Status step = session.RequireStep();
  if (!step.ok()) return step;
  const auto histories = ReadHistories(session, words);
  if (!histories.ok()) return histories.status();
  ExplainOptions options;
  options.spec = (*settings)->state;
  options.reading = session.ReadingOf(**settings);
  options.max_records = absl::GetFlag(FLAGS_max_records);
  options.scan = ScanOptionsOf(session);
  const auto input = session.OpenInput();
  if (!input.ok()) return input.status();
  absl::Status status;
  for (const KeyHistory& history : *histories) {
    const absl::Status one = RunOne(session, input->get(), history, options);
    // Neither keeps the other keys from being explained.
    if (!one.ok() && ReasonOf(one) != StopReason::kState &&
        ReasonOf(one) != StopReason::kIncomplete) {
      return one;
    }
    status = Worse(status, one);
  }
  return status;
}

}  // namespace

Command ExplainCommand() {
  Command command;
  command.name = "explain";
  command.arguments = "KEY...";
  command.summary =
      "Where a key's averages come from, recomputed from the input";
  command.description =
      R"(Finds the input records behind each window of the key's newest snapshot,
computes the averages anew from their values, not from what the snapshot
holds, and says for each window: "agrees" when they are equal bit for bit,
"DIFFERS", or what keeps it from telling.

Reads the input partition backwards from where the state is, in growing
stretches, until every window has its records, and at most --max_records. An
ewma has weight on all records of its key: those that were not read are told
by what they weigh, and below 1e-15 it is taken as known. A cumulative window
needs all records since the key's first.

The table lists the records, the newest first: an x or a weight under the
windows that hold them, and in the last column records that are in no window:
late ones, bad ones that were skipped, one that deletes the key; MISSED are
those that the state has passed, should hold, and does not. --limit=N: the
newest N records; 0, those in count and time windows, and of the others
twenty.

Without transactions a key may be ahead of the checkpoint: then it is read
from the key's last record on. What AT_MOST_ONCE has lost may be among the
records found, and nobody knows which: then a difference is undecided.

JSON, a line a key: key (key_base64), partition, offset (of the snapshot),
deleted, records, last_offset, event_time, differs, complete (all records of
the key were read), retained_from, read_from, read_to, checkpoint (input
offsets), lost (records, of whatever key, that AT_MOST_ONCE has lost), retried
(records, of whatever key, that went to retry topics), windows: [{window,
verdict: agrees, differs, not_retained or undecided, average, count,
recomputed, found, offsets, weights, weight_of_rest}], input: [{offset, fate:
folded, late, skipped, filtered, deletes or missed, event_time, value,
problem}].

What it cannot tell: whether a record was late when the input before it is
gone, which were lost, or when one came back from a retry topic. It trusts the
snapshot for the key's number of records and newest time, to know when it has
read enough; `verify` trusts nothing.
Exit code 0: all agrees; 4: something differs; 7: nothing is seen to differ,
but of a window (not retained, not read, undecided) it could not be told; 10:
there is no such key.
)";
  command.examples = {
      "explain IBM --config=prices.textproto",
      "explain IBM --config=prices.textproto --max_records=0 --output=json"};
  command.flags = {"limit", "partition", "max_records"};
  command.min_words = 1;
  command.max_words = SIZE_MAX;
  command.run = &Run;
  return command;
}

}  // namespace exactmean
