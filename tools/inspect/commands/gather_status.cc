// GatherStatus.

#include "tools/inspect/commands/gather_status.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/input_position.h"
#include "processor/kafka/input_log.h"
#include "tools/inspect/cluster/status_reader.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/flags.h"

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
    out->start_is_committed =
        session.settings()->start.kind == InputPosition::Kind::kCommitted;
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

}  // namespace

absl::Status GatherStatus(Session& session, ApplicationStatus* out,
                          const std::function<void()>& state_read) {
  auto options = session.RequireOptions();
  if (!options.ok()) return options.status();
  out->bootstrap_servers = options->bootstrap_servers;
  out->results_topic = options->results_topic;
  const auto results = session.OpenResults();
  if (!results.ok()) return results.status();
  const auto partitions = session.Partitions(results->get());
  if (!partitions.ok()) return partitions.status();
  Progress progress = session.MakeProgress("status", 0);
  ScanOptions scan = ScanOptionsOf(session);
  scan.progress = [&](uint64_t records) { progress.Update(records); };
  StatusReader reader(results->get(), scan, out);
  absl::Status status = reader.ReadState(*partitions);
  if (!status.ok()) return status;
  if (state_read) state_read();
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

}  // namespace exactmean
