// exactmean-inspect status.

#include "tools/inspect/cluster/status.h"

#include <memory>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/kafka/input_log.h"
#include "processor/stop.h"
#include "tools/inspect/cluster/status_reader.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/progress.h"

namespace exactmean {
namespace {

// A part that may not be seen is said, and does not hide the others.
absl::Status OrUnseen(const absl::Status& status, const std::string& what,
                      ApplicationStatus* out) {
  if (!absl::IsPermissionDenied(status) && !absl::IsNotFound(status)) {
    return status;
  }
  out->unseen.push_back(absl::StrCat(what, ": ", status.message()));
  return absl::OkStatus();
}

// By the configuration, else by what a checkpoint says.
void Name(const Session& session, const StatusReader& reader,
          ApplicationStatus* out) {
  if (session.settings() != nullptr) {
    out->application_id = session.settings()->application_id;
    out->input_topic = session.settings()->input_topic;
    out->transaction_timeout = session.settings()->transaction_timeout;
  } else if (reader.AnyCheckpoint() != nullptr) {
    out->application_id = reader.AnyCheckpoint()->application_id();
    out->input_topic = reader.AnyCheckpoint()->input_topic();
  }
}

absl::Status ReadGroup(Session& session, const KafkaOptions& options,
                       StatusReader* reader, ApplicationStatus* out) {
  const auto admin = session.Admin();
  if (!admin.ok()) return admin.status();
  const auto group = (*admin)->DescribeGroup(out->application_id,
                                             absl::GetFlag(FLAGS_patience));
  if (group.ok()) {
    reader->SetGroup(*group);
  } else {
    const absl::Status status =
        OrUnseen(group.status(), "the group's members", out);
    if (!status.ok()) return status;
  }
  // Of a member that never joins.
  const auto offsets = KafkaInputLog::Create(options);
  if (!offsets.ok()) return offsets.status();
  return OrUnseen(reader->ReadGroupOffsets(offsets->get()),
                  "the group's offsets", out);
}

absl::Status ReadInput(Session& session, StatusReader* reader,
                       ApplicationStatus* out) {
  const auto committed =
      session.OpenTopic(out->input_topic, Isolation::kCommitted);
  const auto all = session.OpenTopic(out->input_topic, Isolation::kUncommitted);
  absl::Status status = committed.status();
  status.Update(all.status());
  if (status.ok()) status = reader->ReadInput(committed->get(), all->get());
  return OrUnseen(status, "the input", out);
}

absl::Status Gather(Session& session, ApplicationStatus* out) {
  auto options = session.RequireOptions();
  if (!options.ok()) return options.status();
  out->bootstrap_servers = options->bootstrap_servers;
  out->results_topic = options->results_topic;
  const auto results = session.OpenResults();
  if (!results.ok()) return results.status();
  const auto partitions = session.Partitions(results->get());
  if (!partitions.ok()) return partitions.status();
  Progress progress("status", 0, &session.err(), session.clock(),
                    session.terminal().interactive);
  ScanOptions scan = ScanOptionsOf(session);
  scan.progress = [&](uint64_t records) { progress.Update(records); };
  StatusReader reader(results->get(), scan, out);
  absl::Status status = reader.ReadState(*partitions);
  if (!status.ok()) return status;
  Name(session, reader, out);
  if (!out->application_id.empty()) {
    options->application_id = out->application_id;
    options->input_topic = out->input_topic;
    status = ReadGroup(session, *options, &reader, out);
    if (status.ok()) status = ReadInput(session, &reader, out);
    if (!status.ok()) return status;
  }
  const auto all = session.OpenResults(Isolation::kUncommitted);
  if (!all.ok()) return all.status();
  return reader.ReadOpenResults(all->get());
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  ApplicationStatus status;
  const absl::Status gathered = Gather(session, &status);
  if (!gathered.ok()) return gathered;
  session.out() << (session.json() ? StatusJson(status) : StatusText(status));
  if (session.json()) {
    for (const std::string& unseen : status.unseen) {
      session.err() << "not seen: " << unseen << "\n";
    }
  }
  for (const Trouble& trouble : TroublesOf(status)) {
    if (!trouble.fatal) continue;
    return Stop(StopReason::kState,
                "a start would refuse this state: " + trouble.text);
  }
  return absl::OkStatus();
}

constexpr char kDescription[] =
    R"(The first line says that all is well, or names what is not and the way out.

  NEXT OFFSET  the input offset up to which the state goes: the checkpoint's
  GROUP        the group's committed offset against it: agrees, DIFFERS, none
               (it expired; a start takes the checkpoint's), undecided (a
               transaction that moves it is open), ? (may not be asked)
  LAG          committed input records that wait to be folded in, transaction
               markers left out. Up to 20,000 offsets are read to count them;
               beyond that "<=" marks the number of offsets, which markers and
               aborted records make too large
  COMMITTED    age of the last commit: of the checkpoint's record
  DIGEST       verified: the keys in the topic are those of the checkpoint.
               DIFFERS: keys are missing, changed or added; a start refuses.
               CORRUPT: the newest checkpoint cannot be read
  OWNER        the group member that has the partition
  APPLIED LATE SKIPPED ABSENT  what became of every offset passed
  COMMITS      checkpoints written since the partition's first
  READ/KEY     records in the results partition for each live key: about 1
               when compaction keeps up, and what a restore has to read
  RESTORE      bytes of keys and values that a restore reads
  STABLE END   up to where readers of committed records get, in the input;
               END counts open transactions, too

An open transaction is named with its first offset and age. Whose it is, is
known when it has written its checkpoint; Kafka's tool names the producer.

Without --config, application and input are taken from a checkpoint. Needs
Read on the results topic; what else may not be seen is said and left out.

JSON, an object a partition: partition, next_offset, start_offset, keys,
applied, late, skipped, dead_lettered, retried, absent, sequence, digest (hex),
digest_verified, writer, committed_at, committed_ago_ms (without a checkpoint
instead of these: checkpoint, null, and digest_verified); checkpoint_problem,
live_keys, records_read, restore_bytes, largest_record_bytes, group (as the
column), group_offset, input_low, input_stable, input_high, lag, lag_is_bound,
owner, transaction_open (in the results), open_transactions (topic,
from_offset, since, writers). What is not known is null.

Exit code 4: a start would refuse this state.
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
                      "status --config=prices.textproto --output=json"};
  command.flags = {"partition"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
