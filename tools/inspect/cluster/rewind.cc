// Rewind: fencing, writing, proving. The plan is made in rewind_read.cc.

#include "tools/inspect/cluster/rewind.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/restorer.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "tools/inspect/progress.h"

namespace exactmean {
namespace {

constexpr absl::Duration kOpening = absl::Seconds(5);

absl::Status WroteMeanwhile(Partition partition) {
  return Stop(
      StopReason::kConfig,
      absl::StrCat("partition ", partition.value(),
                   ": somebody wrote to the results topic meanwhile; nothing "
                   "was changed. Stop all processors and run it again"));
}

}  // namespace

std::string Rewind::WriterOf(const Settings& settings) {
  return absl::StrCat(settings.application_id, "/rewind");
}

absl::Status Rewind::CheckNobodyThere() {
  const auto members = clients_.members();
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
absl::Status Rewind::Fence() {
  std::set<std::string> ids;
  for (const auto& [partition, fold] : folds_) {
    for (const auto& [id, count] : fold.writers()) ids.insert(id);
  }
  for (const std::string& id : ids) {
    const auto transaction = clients_.transaction(id, /*writes=*/false);
    if (!transaction.ok()) return transaction.status();
    const absl::Status opened =
        RetryUnavailable(options_.clock, options_.patience,
                         [&] { return (*transaction)->Open(kOpening); });
    if (!opened.ok()) return opened;
  }
  return absl::OkStatus();
}

absl::Status Rewind::CheckUnchanged(Partition partition) {
  // Markers take a moment to be written.
  absl::Status status = RetryUnavailable(
      options_.clock, options_.patience, [&]() -> absl::Status {
        const auto stable = clients_.results->StableEnd(partition);
        if (!stable.ok()) return stable.status();
        const auto end = clients_.results->EndOffset(partition);
        if (!end.ok() || *stable == *end) return end.status();
        return absl::UnavailableError(absl::StrCat(
            "partition ", partition.value(),
            ": a transaction of somebody else is open in the results topic, "
            "from offset ",
            stable->value(), " on; see `status`"));
      });
  if (!status.ok()) return status;
  const auto end = clients_.results->EndOffset(partition);
  if (!end.ok()) return end.status();
  uint64_t records = 0;
  const Stretch since = {partition, ends_[partition], *end};
  const auto read =
      Scan(clients_.results, {since}, options_, [&](const LogRecord&) {
        ++records;
        return absl::OkStatus();
      });
  if (!read.ok()) return read.status();
  if (records > 0) return WroteMeanwhile(partition);
  ends_[partition] = *end;
  return absl::OkStatus();
}

absl::Status Rewind::Execute() {
  absl::Status status = CheckNobodyThere();
  if (status.ok()) status = Fence();
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
  if (status.ok()) status = CheckAlone();
  if (!status.ok()) {
    // If even that fails, the broker aborts it, at the latest by its timeout.
    status.Update((*transaction)->Abort());
    return status;
  }
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
  uint64_t written = 0;
  for (const PartitionRewind& one : plan_) {
    absl::Status status;
    const auto count = [&] {
      if (++written % 1000 == 0 && options_.progress)
        options_.progress(written);
      return options_.stop != nullptr && *options_.stop
                 ? absl::CancelledError("interrupted: nothing was changed")
                 : absl::OkStatus();
    };
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
    if (!status.ok()) return status;
    offsets.push_back({one.partition, one.to});
  }
  GroupToken nobody;
  nobody.group = settings_.application_id;
  return RetryUnavailable(options_.clock, options_.patience, [&] {
    return transaction->AddOffsets(offsets, nobody);
  });
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

// A new producer under the id ends what the old one left, one way or the other.
absl::Status Rewind::Settle(Transaction* transaction, const absl::Status& why) {
  const absl::Status opened =
      RetryUnavailable(options_.clock, options_.patience,
                       [&] { return transaction->Open(kOpening); });
  if (!opened.ok()) {
    return absl::Status(
        opened.code(),
        absl::StrCat("whether the rewind took place is not known (",
                     why.message(), "; ", opened.message(),
                     "). It did wholly or not at all: `status` shows the "
                     "offset"));
  }
  const PartitionRewind& one = plan_.front();
  PartitionFold fold = folds_[one.partition];
  const auto end = clients_.results->StableEnd(one.partition);
  if (!end.ok()) return end.status();
  const auto read = Scan(clients_.results,
                         {Stretch{one.partition, ends_[one.partition], *end}},
                         options_, [&](const LogRecord& record) {
                           fold.Accept(record);
                           return absl::OkStatus();
                         });
  if (!read.ok()) return read.status();
  if (fold.checkpoint()->sequence() == one.sequence) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("nothing was changed, run it again: ", why.message()));
}

absl::Status Rewind::Prove() {
  for (const PartitionRewind& one : plan_) {
    const absl::Status status = ProveOne(one);
    if (!status.ok()) {
      return Stop(StopReason::kState,
                  absl::StrCat("the rewind is written, but partition ",
                               one.partition.value(),
                               " cannot be proven: ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status Rewind::ProveOne(const PartitionRewind& one) {
  PartitionState state(pipeline_, one.partition);
  Restorer restorer(clients_.group, clients_.results, &state, RestoreOptions(),
                    /*again=*/true);
  const absl::Time deadline =
      options_.clock->Now() + options_.patience + absl::Minutes(1);
  while (true) {
    const auto start = restorer.Step(options_.clock->Now());
    if (start.ok() && start->has_value()) {
      if ((*start)->offset == one.to &&
          (*start)->source == StartPosition::Source::kBoth) {
        return absl::OkStatus();
      }
      return absl::DataLossError(
          absl::StrCat("a start would begin at ", (*start)->offset.value()));
    }
    if (!start.ok() && !absl::IsUnavailable(start.status())) {
      return start.status();
    }
    if (options_.clock->Now() > deadline) {
      return absl::UnavailableError(restorer.Describe(options_.clock->Now()));
    }
    if (!restorer.reading()) continue;
    const auto records = clients_.results->Read(absl::Milliseconds(50));
    if (!records.ok()) continue;  // the deadline ends it
    for (const LogRecord& record : *records) {
      const absl::Status status = restorer.Accept(record);
      if (!status.ok()) return status;
    }
  }
}

}  // namespace exactmean
