// Rewind: did it take place, and is what it wrote sound?

#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/restorer.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "tools/inspect/rewind/rewind.h"

namespace exactmean {

absl::Status Rewind::Settle(Transaction* transaction, const absl::Status& why) {
  const auto took_place = TookPlace(transaction);
  if (!took_place.ok()) {
    const absl::Status& unknown = took_place.status();
    return With(unknown,
                absl::StrCat("whether the rewind took place is not known (",
                             why.message(), "; ", unknown.message(),
                             "). It did wholly or not at all: `status` shows "
                             "the offset"));
  }
  if (*took_place) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("nothing was changed, run it again: ", why.message()));
}

// A new producer under the id ends what the old one left, one way or the other.
// What it wrote lies where CheckAlone saw it, and a checkpoint is in it.
absl::StatusOr<bool> Rewind::TookPlace(Transaction* transaction) {
  absl::Status status =
      RetryUnavailable(options_.clock, options_.patience,
                       [&] { return transaction->Open(kOpening); });
  if (!status.ok()) return status;
  const PartitionRewind& one = plan_.front();
  const Offset first = ends_[one.partition];
  const Offset after(first.value() + static_cast<int64_t>(one.records()));
  status = RetryUnavailable(
      options_.clock, options_.patience, [&]() -> absl::Status {
        const auto stable = clients_.results->StableEnd(one.partition);
        if (!stable.ok() || *stable >= after) return stable.status();
        return absl::UnavailableError(
            absl::StrCat("partition ", one.partition.value(),
                         ": its transaction is still open, from offset ",
                         stable->value(), " on"));
      });
  if (!status.ok()) return status;
  bool found = false;
  const auto look = [&](const LogRecord& record) {
    found = found || (record.key.value_or("") == kCheckpointKey &&
                      record.value.value_or("") == one.checkpoint);
    return absl::OkStatus();
  };
  status = ReadWhole(Stretch{one.partition, first, after}, look);
  if (!status.ok()) return status;
  return found;
}

absl::Status Rewind::Prove() {
  for (const PartitionRewind& one : plan_) {
    const absl::Status status = ProveOne(one);
    if (status.ok()) continue;
    const std::string partition = absl::StrCat(
        "the rewind is written, but partition ", one.partition.value(), " ");
    if (absl::IsUnavailable(status) || absl::IsCancelled(status)) {
      return absl::Status(
          status.code(),
          absl::StrCat(partition, "was not proven: ", status.message(),
                       "; `status` and `verify` tell whether it is sound"));
    }
    return Stop(
        StopReason::kState,
        absl::StrCat(partition, "cannot be proven: ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status Rewind::ProveOne(const PartitionRewind& one) {
  const absl::Time deadline =
      options_.clock->Now() + options_.patience + absl::Minutes(1);
  while (true) {
    const absl::Status status = ProveOnce(one, deadline);
    if (!absl::IsAborted(status)) return status;
    if (options_.clock->Now() > deadline) {
      return absl::UnavailableError(status.message());
    }
  }
}

absl::Status Rewind::ProveOnce(const PartitionRewind& one,
                               absl::Time deadline) {
  PartitionState state(pipeline_, one.partition);
  Restorer restorer(clients_.group, clients_.results, &state, RestoreOptions(),
                    /*again=*/true);
  while (true) {
    const auto start = restorer.Step(options_.clock->Now(), /*may_read=*/true);
    if (start.ok() && start->has_value()) {
      return CheckStart(one, **start, state.checkpoint());
    }
    if (!start.ok() && !absl::IsUnavailable(start.status())) {
      return start.status();
    }
    if (options_.stop != nullptr && *options_.stop) {
      return absl::CancelledError("interrupted");
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

absl::Status Rewind::CheckStart(const PartitionRewind& one,
                                const StartPosition& start,
                                const results::Checkpoint* checkpoint) const {
  const bool both = start.source == StartPosition::Source::kBoth;
  const bool ours =
      both && start.offset == one.to && checkpoint->sequence() == one.sequence;
  // A processor has gone on from it.
  const bool beyond = both && start.offset >= one.to &&
                      checkpoint->sequence() > one.sequence &&
                      checkpoint->writer() != WriterOf(settings_);
  if (ours || beyond) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("a start would begin at ", start.offset.value()));
}

}  // namespace exactmean
