// TransactionProbe.

#include "tests/simulation/transaction_probe.h"

#include "absl/strings/str_cat.h"
#include "processor/dead_letter/dead_letter.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

// What tells a dead letter from another of its partition.
std::string NameOf(const OwnedRecord& letter) {
  const auto parsed = ParseDeadLetter(letter);
  return parsed.ok() ? absl::StrCat(parsed->origin.offset.value()) : "";
}

// Without the headers that its record had.
OwnedRecord Bare(const OwnedRecord& letter) {
  auto parsed = ParseDeadLetter(letter);
  if (!parsed.ok()) return letter;
  parsed->record.headers.clear();
  return ToDeadLetter(parsed->origin, std::move(parsed->record));
}

}  // namespace

absl::Status TransactionProbe::Open(absl::Duration timeout) {
  return probe_->Call(SeamCall::kOpenTransaction, absl::nullopt,
                      [&] { return transaction_->Open(timeout); });
}

absl::Status TransactionProbe::Begin() {
  held_.clear();
  written_.clear();
  const absl::Status begun = probe_->Call(
      SeamCall::kBegin, absl::nullopt, [&] { return transaction_->Begin(); });
  // The step before last has been committed by now.
  if (begun.ok() && ++begun_ % 2 == 1) {
    for (const auto& [partition, letter] : std::exchange(held_letters_, {})) {
      transaction_->WriteRecord(Destination::kDeadLetters, partition, letter)
          .IgnoreError();
    }
  }
  return begun;
}

absl::Status TransactionProbe::Write(Destination destination,
                                     Partition partition, absl::string_view key,
                                     absl::optional<absl::string_view> value) {
  return probe_->Call(SeamCall::kWrite, absl::nullopt, [&] {
    return SpoiltWrite(destination, partition, key, value);
  });
}

absl::Status TransactionProbe::SpoiltWrite(
    Destination destination, Partition partition, absl::string_view key,
    absl::optional<absl::string_view> value) {
  const bool checkpoint = key == kCheckpointKey;
  FakeCluster* cluster = probe_->hooks().cluster;
  if (probe_->sins(Mutation::kOffsetsBeforeTheFlush) && checkpoint) {
    results::Checkpoint read;
    if (DecodeCheckpoint(*value, &read).ok()) {
      cluster->group("app", "in")
          .SetCommitted(partition, Offset(read.next_offset()));
    }
  }
  if (probe_->sins(Mutation::kCheckpointBeforeItsSnapshots) &&
      destination == Destination::kResults) {
    if (!checkpoint) {
      held_.push_back({partition, std::string(key.data(), key.size()),
                       absl::nullopt, false});
      if (value.has_value()) {
        held_.back().value.emplace(value->data(), value->size());
      }
      return absl::OkStatus();
    }
    const absl::Status written =
        transaction_->Write(destination, partition, key, value);
    if (!written.ok()) return written;
    const absl::Status after = WriteHeld(/*checkpoints=*/false);
    held_.clear();
    return after;
  }
  if (destination == Destination::kResults) {
    switch (probe_->hooks().mutation) {
      case Mutation::kWrittenToAnotherPartition:
        partition =
            Partition((partition.value() + 1) % cluster->topic("out").count());
        break;
      case Mutation::kWritesOutsideOfTheTransaction:
        cluster->Produce("out", partition, key, value);
        return absl::OkStatus();
      case Mutation::kTombstonesNotWritten:
        if (!value.has_value()) return absl::OkStatus();
        break;
      case Mutation::kSegmentsNotWritten:
        if (ParseSegmentKey(key).has_value()) return absl::OkStatus();
        break;
      case Mutation::kSegmentsOutsideOfTheTransaction:
        if (!ParseSegmentKey(key).has_value()) break;
        cluster->Produce("out", partition, key, value);
        return absl::OkStatus();
      case Mutation::kDirtyKeyForgottenAfterAbort:
        if (!checkpoint && Forgets(key)) return absl::OkStatus();
        break;
      case Mutation::kEndReadBeforeCommitted:
      case Mutation::kCheckpointFirst:
      case Mutation::kCheckpointInATransactionOfItsOwn:
        held_.push_back({partition, std::string(key.data(), key.size()),
                         absl::nullopt, checkpoint});
        if (value.has_value()) {
          held_.back().value.emplace(value->data(), value->size());
        }
        return absl::OkStatus();
      default:
        break;
    }
  }
  return transaction_->Write(destination, partition, key, value);
}

absl::Status TransactionProbe::WriteRecord(Destination destination,
                                           Partition partition,
                                           const OwnedRecord& record) {
  return probe_->Call(SeamCall::kWrite, absl::nullopt, [&] {
    return SpoiltWriteRecord(destination, partition, record);
  });
}

absl::Status TransactionProbe::SpoiltWriteRecord(Destination destination,
                                                 Partition partition,
                                                 const OwnedRecord& record) {
  switch (probe_->hooks().mutation) {
    case Mutation::kDeadLettersOutsideOfTheTransaction:
      if (destination != Destination::kDeadLetters) break;
      ProduceAtOnce("dead", partition, record);
      return absl::OkStatus();
    case Mutation::kRetriesOutsideOfTheTransaction:
      if (destination != Destination::kFirstRetryTopic) break;
      ProduceAtOnce("soon", partition, record);
      return absl::OkStatus();
    case Mutation::kDeadLetterForgottenAfterAbort:
    case Mutation::kRetryForgottenAfterAbort:
      if ((destination == Destination::kDeadLetters) !=
          probe_->sins(Mutation::kDeadLetterForgottenAfterAbort)) {
        break;
      }
      // Its headers tell one from another.
      if (Forgets(absl::StrCat(partition.value(), " ", NameOf(record)))) {
        return absl::OkStatus();
      }
      break;
    case Mutation::kDeadLettersAfterTheCheckpoint:
      if (destination != Destination::kDeadLetters) break;
      held_letters_.emplace_back(partition, record);
      return absl::OkStatus();
    case Mutation::kDeadLettersWithoutHeaders:
      return transaction_->WriteRecord(destination, partition, Bare(record));
    default:
      break;
  }
  return transaction_->WriteRecord(destination, partition, record);
}

void TransactionProbe::ProduceAtOnce(const std::string& topic,
                                     Partition partition,
                                     const OwnedRecord& record) {
  probe_->hooks().cluster->Produce(
      topic, partition, absl::optional<absl::string_view>(record.key),
      absl::optional<absl::string_view>(record.value), record.timestamp_ms,
      record.headers);
}

bool TransactionProbe::Forgets(absl::string_view key) {
  const std::string name(key.data(), key.size());
  written_.insert(name);
  return aborted_.erase(name) > 0;
}

absl::Status TransactionProbe::WriteHeld(bool checkpoints) {
  for (const Held& held : held_) {
    if (held.checkpoint != checkpoints) continue;
    const absl::Status status =
        transaction_->Write(Destination::kResults, held.partition, held.key,
                            absl::optional<absl::string_view>(held.value));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TransactionProbe::AddOffsets(
    absl::Span<const PartitionOffset> offsets, const GroupToken& token) {
  return probe_->Call(SeamCall::kAddOffsets, absl::nullopt, [&] {
    return SpoiltAddOffsets({offsets.begin(), offsets.end()}, token);
  });
}

absl::Status TransactionProbe::SpoiltAddOffsets(
    std::vector<PartitionOffset> offsets, const GroupToken& token) {
  FakeCluster* cluster = probe_->hooks().cluster;
  absl::Status status;
  switch (probe_->hooks().mutation) {
    case Mutation::kCheckpointFirst:
      status = WriteHeld(/*checkpoints=*/true);
      status.Update(WriteHeld(/*checkpoints=*/false));
      break;
    case Mutation::kCheckpointInATransactionOfItsOwn:
      status = WriteHeld(/*checkpoints=*/false);
      break;
    case Mutation::kOffsetsLeftOut:
      if (offsets.size() > 1) offsets.pop_back();
      break;
    case Mutation::kOffsetOneShort:
      for (PartitionOffset& offset : offsets) {
        offset.next = Offset(std::max<int64_t>(offset.next.value() - 1, 0));
      }
      break;
    case Mutation::kStuckRecordCommitted:
      for (PartitionOffset& offset : offsets) {
        const auto& is_down = probe_->hooks().step_is_down;
        if (is_down != nullptr && is_down(offset.partition, offset.next)) {
          offset.next = Next(offset.next);
        }
      }
      break;
    case Mutation::kOffsetsOutsideOfTheTransaction:
      for (const PartitionOffset& offset : offsets) {
        cluster->group("app", "in").SetCommitted(offset.partition, offset.next);
      }
      break;
    default:
      break;
  }
  return status.ok() ? transaction_->AddOffsets(offsets, token) : status;
}

absl::Status TransactionProbe::Commit() {
  return probe_->Call(SeamCall::kCommit, absl::nullopt,
                      [&] { return SpoiltCommit(); });
}

absl::Status TransactionProbe::SpoiltCommit() {
  const Mutation mutation = probe_->hooks().mutation;
  absl::Status status;
  if (mutation == Mutation::kEndReadBeforeCommitted) {
    status = WriteHeld(/*checkpoints=*/false);
    status.Update(WriteHeld(/*checkpoints=*/true));
    if (!status.ok()) return status;
    held_.clear();  // Commit may be repeated
  }
  status = transaction_->Commit();
  if (absl::IsAborted(status) && mutation == Mutation::kAbortTakenForCommit) {
    return transaction_->Abort();
  }
  if (absl::IsUnknown(status) &&
      (mutation == Mutation::kUnknownTakenForCommit ||
       mutation == Mutation::kUnknownTakenForAbort)) {
    const absl::Status opened = transaction_->Open(absl::Seconds(10));
    if (!opened.ok()) return opened;
    return mutation == Mutation::kUnknownTakenForCommit
               ? absl::OkStatus()
               : absl::AbortedError(status.message());
  }
  if (status.ok() && mutation == Mutation::kCheckpointInATransactionOfItsOwn) {
    status = transaction_->Begin();
    status.Update(WriteHeld(/*checkpoints=*/true));
    status.Update(transaction_->Commit());
  }
  return status;
}

absl::Status TransactionProbe::Abort() {
  return probe_->Call(SeamCall::kAbort, absl::nullopt,
                      [&] { return SpoiltAbort(); });
}

absl::Status TransactionProbe::SpoiltAbort() {
  if (probe_->sins(Mutation::kAbortCommits)) {
    const absl::Status status = probe_->hooks().cluster->EndTransaction(
        probe_->producer(), /*commit=*/true);
    if (!status.ok()) return status;
  }
  if (probe_->sins(Mutation::kDirtyKeyForgottenAfterAbort) ||
      probe_->sins(Mutation::kDeadLetterForgottenAfterAbort) ||
      probe_->sins(Mutation::kRetryForgottenAfterAbort)) {
    aborted_ = written_;
  }
  return transaction_->Abort();
}

}  // namespace exactmean
