// Rewind: fencing and writing. The plan is made in rewind_read.cc; what became
// of it is found out in rewind_prove.cc.

#include "tools/inspect/rewind/rewind.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "state/record.h"
#include "state/reserved_keys.h"
#include "tools/inspect/dlq/read_again_mark.h"
#include "tools/inspect/dlq/redrive.h"

namespace exactmean {
namespace {

absl::Status WroteMeanwhile(Partition partition) {
  return Stop(
      StopReason::kConfig,
      absl::StrCat("partition ", partition.value(),
                   ": somebody wrote to the results topic meanwhile: stop all "
                   "processors and run it again"));
}

}  // namespace

absl::Status Rewind::With(const absl::Status& status, std::string message) {
  const absl::Status said(status.code(), message);
  return IsStop(status) ? Stop(ReasonOf(status), said) : said;
}

std::string Rewind::WriterOf(const Settings& settings) {
  return absl::StrCat(settings.application_id, "/rewind");
}

absl::Status Rewind::CheckNobodyThere() {
  const auto members = CountMembers();
  if (!members.ok()) return members.status();
  if (*members == 0) return absl::OkStatus();
  return Stop(
      StopReason::kConfig,
      absl::StrCat("group ", settings_.application_id, " has ",
                   Plural(*members, "member"),
                   ": stop all processors first. The place of "
                   "a static member is free after its session timeout "
                   "(",
                   absl::FormatDuration(settings_.session_timeout), ")"));
}

// Whoever still has an id, a zombie, is fenced; what it left open is aborted.
// One whose checkpoints are compacted away has no place in the group, and its
// offsets, so its transactions, are refused by the broker.
absl::Status Rewind::FenceWriters() {
  std::set<std::string> ids;
  for (const auto& [partition, fold] : folds_) {
    for (const auto& [id, count] : fold.writers()) ids.insert(id);
  }
  for (const std::string& id : ids) {
    const absl::Status fenced = Fence(id);
    if (!fenced.ok()) return fenced;
  }
  return absl::OkStatus();
}

absl::Status Rewind::Fence(const std::string& id) {
  const auto transaction = clients_.transaction(id, /*writes=*/false);
  if (!transaction.ok()) return transaction.status();
  return RetryUnavailable(options_.clock, options_.patience,
                          [&] { return (*transaction)->Open(kOpening); });
}

absl::Status Rewind::CheckUnchanged(Partition partition) {
  Offset end;
  // Markers take a moment to be written.
  const absl::Status status = RetryUnavailable(
      options_.clock, options_.patience, [&]() -> absl::Status {
        const auto stable = clients_.results->StableEnd(partition);
        if (!stable.ok()) return stable.status();
        const auto high = clients_.results->EndOffset(partition);
        if (!high.ok()) return high.status();
        end = *high;
        if (*stable == end) return absl::OkStatus();
        return absl::UnavailableError(absl::StrCat(
            "partition ", partition.value(),
            ": a transaction of somebody else is open in the results topic, "
            "from offset ",
            stable->value(), " on; see `status`"));
      });
  if (!status.ok()) return status;
  uint64_t records = 0;
  const auto count = [&](const LogRecord&) {
    ++records;
    return absl::OkStatus();
  };
  const absl::Status read =
      ReadWhole(Stretch{partition, ends_[partition], end}, count);
  if (!read.ok()) return read;
  if (records > 0) return WroteMeanwhile(partition);
  ends_[partition] = end;
  return absl::OkStatus();
}

// Silence is no answer: what was not read may hold anything.
absl::Status Rewind::ReadWhole(
    const Stretch& stretch,
    absl::FunctionRef<absl::Status(const LogRecord&)> visit) {
  const auto read = Scan(clients_.results, {stretch}, options_, visit);
  if (!read.ok()) return read.status();
  if (!read->front().held_back) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "partition ", stretch.partition.value(), ": the results topic ends at ",
      stretch.to.value(), ", and can be read to offset ",
      read->front().position.value(), " alone; see `status`"));
}

absl::Status Rewind::Execute() {
  const absl::Status status = WriteAndCommit();
  if (status.ok() || committing_) return status;
  return With(status, absl::StrCat(status.message(), "; nothing was changed"));
}

absl::Status Rewind::WriteAndCommit() {
  absl::Status status = CheckNobodyThere();
  if (status.ok()) status = FenceWriters();
  if (!status.ok()) return status;
  const auto again = [&](auto call) {
    return RetryUnavailable(options_.clock, options_.patience, call);
  };
  auto transaction = clients_.transaction(WriterOf(settings_), true);
  if (!transaction.ok()) return transaction.status();
  // This aborts what a rewind that was killed has left open.
  status = again([&] { return (*transaction)->Open(kOpening); });
  for (const PartitionRewind& one : plan_) {
    if (status.ok()) status = CheckUnchanged(one.partition);
  }
  if (status.ok()) status = again([&] { return (*transaction)->Begin(); });
  if (!status.ok()) return status;
  status = Write(transaction->get());
  // A redrive that begins from here on sees that the marks are undecided, and
  // waits; one that began before cannot commit any more.
  if (status.ok() && !settings_.dead_letter_topic.empty()) {
    status = Fence(RedriverOf(settings_.application_id));
  }
  if (status.ok()) status = CheckInput();
  if (status.ok()) status = CheckAlone();
  if (!status.ok()) {
    // If even that fails, the broker aborts it, at the latest by its timeout.
    status.Update((*transaction)->Abort());
    return status;
  }
  committing_ = true;
  status = again([&] { return (*transaction)->Commit(); });
  if (status.ok()) return status;
  return Settle(transaction->get(), status);
}

absl::Status Rewind::Write(Transaction* transaction) {
  const auto write = [&](Partition partition, absl::string_view key,
                         absl::optional<absl::string_view> value) {
    return RetryUnavailable(options_.clock, options_.patience, [&] {
      return transaction->Write(Destination::kResults, partition, key, value);
    });
  };
  std::vector<Transaction::PartitionOffset> offsets;
  uint64_t written = 0, total = 0;
  for (const PartitionRewind& one : plan_) total += one.records();
  for (const PartitionRewind& one : plan_) {
    absl::Status status;
    const auto count = [&] {
      if (++written % 1000 == 0 && clients_.progress) {
        clients_.progress("writing", written, total);
      }
      return options_.stop != nullptr && *options_.stop
                 ? absl::CancelledError("interrupted")
                 : absl::OkStatus();
    };
    for (const size_t at : one.changed_segments) {
      if (!status.ok()) break;
      const ChangeSet::Segment& segment = one.changes.segments()[at];
      status = write(one.partition, segment.key, segment.value);
      status.Update(count());
    }
    for (const std::string& key : one.deleted_segments) {
      if (!status.ok()) break;
      status = write(one.partition, key, absl::nullopt);
      status.Update(count());
    }
    for (size_t i = 0; status.ok() && i < one.changed.size(); ++i) {
      const size_t at = one.changed[i];
      status = write(one.partition, one.changes.key(at), one.changes.value(at));
      status.Update(count());
    }
    for (size_t i = 0; status.ok() && i < one.deleted.size(); ++i) {
      status = write(one.partition, one.deleted[i], absl::nullopt);
      status.Update(count());
    }
    if (status.ok()) {
      status = write(one.partition, kCheckpointKey,
                     absl::string_view(one.checkpoint));
    }
    if (status.ok()) status = WriteMarks(one, transaction);
    if (!status.ok()) return status;
    offsets.push_back({one.partition, one.to});
  }
  if (clients_.progress) clients_.progress("writing", total, total);
  GroupToken nobody;
  nobody.group = settings_.application_id;
  return RetryUnavailable(options_.clock, options_.patience, [&] {
    return transaction->AddOffsets(offsets, nobody);
  });
}

// Retention may have passed the goal since the plan: a start would refuse what
// is written here, and what would make the old state again is gone, too.
absl::Status Rewind::CheckInput() {
  for (const PartitionRewind& one : plan_) {
    const auto input = AskWhileUnavailable(
        options_.clock, options_.patience,
        [&] { return clients_.input->Range(one.partition); });
    if (!input.ok()) return input.status();
    if (input->low <= one.to && one.to <= input->high) continue;
    return Stop(
        StopReason::kConfig,
        absl::StrFormat(
            "partition %d: meanwhile the input holds offsets %d to %d alone: a "
            "start could not go on from %d, and no earlier state can be "
            "computed. To begin anew with what is there, use a new "
            "application_id and results topic",
            one.partition.value(), input->low.value(), input->high.value(),
            one.to.value()));
  }
  return absl::OkStatus();
}

absl::Status Rewind::WriteMarks(const PartitionRewind& one,
                                Transaction* transaction) {
  if (settings_.dead_letter_topic.empty()) return absl::OkStatus();
  const ReadAgain again = {settings_.application_id,
                           pipeline_->identity.input_topic, one.read_again};
  for (const OwnedRecord& mark : MarksOf(again)) {
    const absl::Status status =
        RetryUnavailable(options_.clock, options_.patience, [&] {
          return transaction->WriteRecord(Destination::kDeadLetters,
                                          one.partition, mark);
        });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// All that was written is in the log by now, and nothing else.
absl::Status Rewind::CheckAlone() {
  for (const PartitionRewind& one : plan_) {
    const auto end = clients_.results->EndOffset(one.partition);
    if (!end.ok()) return end.status();
    const int64_t ours = static_cast<int64_t>(one.records());
    if (end->value() != ends_[one.partition].value() + ours) {
      return WroteMeanwhile(one.partition);
    }
  }
  return CheckNobodyThere();
}

}  // namespace exactmean
