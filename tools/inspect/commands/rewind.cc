// exactmean-inspect rewind.

#include "tools/inspect/rewind/rewind.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "processor/config/kafka_options.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/transaction.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/inspect/commands/agreement.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/commands/rewind_goals.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/progress.h"

namespace exactmean {
namespace {

// One line after the other: a part of the work has a total of its own.
class PartsProgress {
 public:
  explicit PartsProgress(Session& session) : session_(session) {}

  void Update(const std::string& part, uint64_t done, uint64_t total) {
    if (part != part_) {
      part_ = part;
      line_.reset();  // takes itself away
      line_.reset(new Progress(
          session_.MakeProgress(absl::StrCat("rewind: ", part), total)));
    }
    if (done < total) return line_->Update(done);
    line_->Clear();
  }
  // Before other text goes to the terminal.
  void Clear() {
    if (line_ != nullptr) line_->Clear();
  }

 private:
  Session& session_;
  std::string part_;
  std::unique_ptr<Progress> line_;
};

// Long enough to write it slowly; brokers grant a quarter of an hour.
absl::Duration TimeoutFor(const Settings& settings,
                          absl::Span<const PartitionRewind> plan) {
  uint64_t bytes = 0;
  for (const PartitionRewind& one : plan) bytes += one.bytes;
  const absl::Duration needed =
      absl::Minutes(1) + absl::Seconds(static_cast<double>(bytes) / 1e6);
  return std::min(absl::Minutes(15),
                  std::max(settings.transaction_timeout, needed));
}

absl::Status Do(Session& session, const Settings& settings, Rewind& rewind) {
  absl::Status status = rewind.Execute();
  if (status.ok()) status = rewind.Prove();
  if (!status.ok()) return status;
  if (session.json()) {
    session.out() << RewindJson(rewind.plan(), /*done=*/true);
  } else {
    session.out() << "done, and proven by a restore: start processors of "
                  << settings.application_id << " again\n";
  }
  return absl::OkStatus();
}

absl::Status Show(Session& session, const Settings& settings, Rewind& rewind) {
  if (rewind.plan().empty()) {
    session.err() << "nothing to take back: there is no state\n";
    return absl::OkStatus();
  }
  for (const auto& [partition, from] : rewind.open_transactions()) {
    session.err() << "partition " << partition
                  << ": a transaction is open in the results topic from offset "
                  << from
                  << " on: --execute aborts what processors of the application "
                     "left, and refuses while somebody else's is open; see "
                     "`status`\n";
  }
  if (!session.json())
    session.out() << RewindText(rewind.plan(), session.terminal());
  if (!absl::GetFlag(FLAGS_execute)) {
    if (session.json()) session.out() << RewindJson(rewind.plan(), false);
    session.err() << "nothing was written; --execute does it\n";
    return absl::OkStatus();
  }
  session.out().flush();
  // Nobody agrees to what he has not seen.
  if (session.json()) session.err() << RewindText(rewind.plan(), Terminal());
  if (!UserAgrees(session)) {
    return Stop(StopReason::kConfig,
                "not agreed: nothing was written (--yes for scripts)");
  }
  return Do(session, settings, rewind);
}

// What is only shown may be shown while processors run.
absl::Status CheckMembers(Session& session, const Settings& settings,
                          Rewind& rewind) {
  if (absl::GetFlag(FLAGS_execute)) {
    absl::Status allowed = CheckMayWrite(session, settings.results_topic);
    if (allowed.ok() && !settings.dead_letter_topic.empty()) {
      allowed = CheckMayWrite(session, settings.dead_letter_topic);
    }
    return allowed.ok() ? rewind.CheckNobodyThere() : allowed;
  }
  const auto members = rewind.CountMembers();
  if (!members.ok()) return members.status();
  if (*members > 0) {
    session.err() << "the group has " << Plural(*members, "member")
                  << ": --execute will refuse until they are stopped; figures "
                     "are as of now\n";
  }
  return absl::OkStatus();
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const absl::Status flags = CheckDryRun();
  if (!flags.ok()) return flags;
  const auto given = session.RequireSettings();
  if (!given.ok()) return given.status();
  const absl::Status step = session.RequireStep();
  if (!step.ok()) return step;
  const auto results = session.OpenResults();
  if (!results.ok()) return results.status();
  const auto input = session.OpenInput();
  if (!input.ok()) return input.status();
  const auto count = (*input)->PartitionCount();
  if (!count.ok()) return count.status();
  const auto partitions = session.Partitions(results->get());
  if (!partitions.ok()) return partitions.status();
  const auto goals = GoalsOf(input->get(), *partitions);
  if (!goals.ok()) return goals.status();
  const auto admin = session.Admin();
  if (!admin.ok()) return admin.status();
  Settings settings = **given;
  // Named, and never made: there is nothing to mark.
  if (!settings.dead_letter_topic.empty()) {
    const auto there = (*admin)->DescribeTopic(settings.dead_letter_topic,
                                               absl::GetFlag(FLAGS_patience));
    if (absl::IsNotFound(there.status())) settings.dead_letter_topic.clear();
  }
  KafkaOptions options = KafkaOptionsOf(settings, "rewind");
  const auto group = KafkaInputLog::Create(options);
  if (!group.ok()) return group.status();
  const Pipeline pipeline(
      settings.state, {settings.application_id, settings.input_topic, *count});
  RewindClients clients;
  clients.results = results->get();
  clients.input = input->get();
  clients.group = group->get();
  clients.reading = session.ReadingOf(settings);
  clients.members = [&]() -> absl::StatusOr<size_t> {
    const auto found = (*admin)->DescribeGroup(settings.application_id,
                                               absl::GetFlag(FLAGS_patience));
    if (absl::IsNotFound(found.status())) return 0;
    if (!found.ok()) return found.status();
    return found->members.size();
  };
  const Rewind* whole = nullptr;
  clients.transaction =
      [&](const std::string& id,
          bool writes) -> absl::StatusOr<std::unique_ptr<Transaction>> {
    KafkaOptions its = options;
    its.transactional_id = id;
    its.updates_topic.clear();
    its.dead_letter_topic =
        settings.dead_letter_topic;  // for marks, not letters
    if (writes) its.transaction_timeout = TimeoutFor(settings, whole->plan());
    auto made = KafkaTransaction::Create(
        its, writes ? OffsetsFence::kEmptyGroup : OffsetsFence::kMembership);
    if (!made.ok()) return made.status();
    return std::unique_ptr<Transaction>(*std::move(made));
  };
  PartsProgress progress(session);
  clients.progress = [&](const std::string& part, uint64_t done,
                         uint64_t total) {
    progress.Update(part, done, total);
  };
  Rewind rewind(settings, &pipeline, std::move(clients),
                ScanOptionsOf(session));
  whole = &rewind;
  absl::Status status = CheckMembers(session, settings, rewind);
  if (status.ok()) status = rewind.Plan(*goals);
  progress.Clear();
  return status.ok() ? Show(session, settings, rewind) : status;
}

constexpr char kDescription[] =
    R"(Takes the state back to before an input offset, so that processors read from
there again: after a wrong deployment, or to compute everything anew under a
changed configuration (windows, decoder), which a start would refuse.

Shows what it would do, and writes nothing, unless --execute is given; then it
refuses while the group has members, and asks.

The state as of the goal is computed by folding the input anew, from where the
application began (its start_offset, whatever input.start says now), by the
processor's own code. So all input since then must be retained, and still be
there from the goal on when it commits: else it refuses. It goes back, never
ahead, and not before start_offset. --to_time is by partition the first record
with that timestamp or a later one. Exits with 3 at a bad record before the
goal, under on_bad_record: STOP.

A state that was written under AT_LEAST_ONCE or AT_MOST_ONCE is refused: there
the newer of two snapshots is told by its offset, and an older state would be
passed over. Run a processor under EXACTLY_ONCE once, and stop it.

What differs is written in one transaction over all partitions: changed
snapshots, tombstones of keys that did not exist then, the checkpoint (its
sequence goes on, its writer is APPLICATION/rewind) and the group's offsets.
Before, every transactional id that wrote a checkpoint is fenced: a zombie
cannot commit any more, and what it left open is aborted. So readers see the
old state or the new one; a rewind that is killed changes nothing: run it
again (what it left open is aborted then, or by its timeout of a minute or
more, and processors wait for that). Afterwards a restore proves the new
state.

Dead letters (dead_letters { topic }) of records that are in the new state, or
are read again, wait no longer: marks among them say so, in that transaction,
and a redrive that runs is fenced. What is bad again is a dead letter anew.
But what was redriven before lies in the input twice, and counts twice if it
is good in both places now (`dlq list` names what was redriven).

Updates (the updates topic) are not written; processors send them again for
what they fold in again. The changes are held in memory until they are
written.

  FROM, TO   the input offset that the state ends before, now and then
  REPLAYED   input records folded in anew
  KEYS THEN  live keys, now and then
  CHANGED    snapshots to write; DELETED: tombstones; WRITES: bytes of both

Needs --config and what a processor needs; with a step, Read on dead letters.

JSON, an object a partition: partition, from_offset, to_offset, replayed,
bad_records, keys_before, keys_after, changed, deleted, bytes, sequence,
reconfigured, executed.
)";

}  // namespace

Command RewindCommand() {
  Command command;
  command.name = "rewind";
  command.summary = "Takes the state back to an offset or time (writes)";
  command.description = kDescription;
  command.examples = {
      "rewind --config=prices.textproto --to_time=2026-11-21T09:30:00Z",
      "rewind --config=prices.textproto --to_offset=5000 --partition=3 "
      "--execute",
      "rewind --config=prices.textproto --to_earliest --execute --yes"};
  command.flags = {"partition", "to_offset", "to_time", "to_earliest",
                   "dry_run",   "execute",   "yes"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
