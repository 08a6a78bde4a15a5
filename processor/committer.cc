// Committer.

#include "processor/committer.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "processor/updates.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

// "that of the record in topic "in", partition 0, offset 7, has about 9000
// bytes with its headers": these name topic and partition.
std::string Described(const DivertedRecord& diverted) {
  const auto parsed = ParseDeadLetter(diverted.record);
  const std::string origin =
      parsed.ok()
          ? absl::StrCat("topic \"", parsed->origin.topic, "\", partition ",
                         parsed->origin.partition.value(), ", ")
          : "";
  return absl::StrCat("that of the record in ", origin, "offset ",
                      diverted.offset.value(), ", has about ",
                      diverted.record.bytes(), " bytes with its headers");
}

// What is written of bad records need not be; of those given up it must.
bool MayBeSkipped(const DivertedRecord& diverted) {
  const auto parsed = ParseDeadLetter(diverted.record);
  return !diverted.retry_step.has_value() && parsed.ok() &&
         parsed->origin.kind != ToString(BadRecordKind::kGivenUp);
}

constexpr char kOrSkip[] = ", or pass over bad records by on_bad_record: SKIP";

absl::Status Refused(const DivertedRecord& diverted, const absl::Status& why) {
  const bool retry = diverted.retry_step.has_value();
  return Stop(
      StopReason::kConfig,
      absl::StrCat(retry ? "a record for a retry topic, " : "the dead letter, ",
                   Described(diverted), ": ", why.message(), ". Raise the ",
                   retry ? "retry topics'" : "dead-letter topic's",
                   " max.message.bytes and the property message.max.bytes",
                   MayBeSkipped(diverted) ? kOrSkip : ""));
}

}  // namespace

absl::Status Committer::Commit(absl::Span<PartitionState* const> states) {
  // Fresh, and before anything is begun: who has no place in the group any more
  // has nothing to commit.
  const absl::StatusOr<GroupToken> token = input_->Token();
  if (!token.ok()) return token.status();
  switch (options_.delivery.mode) {
    case DeliveryMode::kExactlyOnce:
      break;
    case DeliveryMode::kAtLeastOnce:
      return WriteThenCommit(states);
    case DeliveryMode::kAtMostOnce:
      return CommitThenWrite(states);
  }
  return BeginTransaction(states);
}

std::shared_ptr<const DivertedRecord> Committer::LargestDiverted(
    const ChangeSet& changes, std::shared_ptr<const DivertedRecord> so_far) {
  for (const auto& diverted : changes.diverted()) {
    if (so_far == nullptr ||
        diverted->record.bytes() > so_far->record.bytes()) {
      so_far = diverted;
    }
  }
  return so_far;
}

absl::Status Committer::RefusedOnWrite(Destination to, absl::string_view key,
                                       absl::optional<absl::string_view> value,
                                       const absl::Status& why) {
  const bool update = to == Destination::kUpdates;
  const auto of = [](absl::string_view what, absl::string_view input_key) {
    return absl::StrCat(what, " of key \"", absl::CHexEscape(input_key), "\"");
  };
  std::string what, samples;
  if (update) {
    what = of("the update", key);
  } else if (key == kCheckpointKey) {
    what = "the checkpoint";
  } else if (const auto segment = ParseSegmentKey(key)) {
    what = of(absl::StrCat("segment ", segment->number), segment->key);
  } else if (!value.has_value()) {
    what = of("the deletion", key);
  } else {
    what = of("the snapshot", key);
    samples =
        ", or give the windows fewer samples (a time window: `resolution`)";
  }
  return Stop(StopReason::kConfig,
              absl::StrCat(what, ", ", key.size() + value.value_or("").size(),
                           value.has_value() ? " bytes with its key" : " bytes",
                           ", is refused: ", why.message(), ". Raise the ",
                           update ? "updates" : "results",
                           " topic's max.message.bytes and the property "
                           "message.max.bytes",
                           samples));
}

// Which record it is, a broker does not say.
absl::Status Committer::RefusedOnDelivery(const DivertedRecord* largest,
                                          const absl::Status& why) {
  std::string hint;
  if (largest != nullptr) {
    hint = absl::StrCat(MayBeSkipped(*largest) ? kOrSkip : "",
                        ". Of what goes to dead-letter and retry topics the "
                        "largest, ",
                        Described(*largest));
  }
  return Stop(StopReason::kConfig,
              absl::StrCat("one of the transaction's records is refused: ",
                           why.message(),
                           ". If it is too large, raise that topic's "
                           "max.message.bytes",
                           hint));
}

absl::Status Committer::WriteDiverted(const ChangeSet& changes) {
  for (const auto& diverted : changes.diverted()) {
    const bool retry = diverted->retry_step.has_value();
    const Destination to = retry ? RetryDestination(*diverted->retry_step)
                                 : Destination::kDeadLetters;
    const absl::Status status =
        RetryUnavailable(clock_, options_.patience, [&] {
          return transaction_->WriteRecord(to, changes.partition(),
                                           diverted->record);
        });
    if (absl::IsInvalidArgument(status)) {
      return Refused(*diverted, status);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Committer::WriteOne(Destination to, Partition partition,
                                 absl::string_view key,
                                 absl::optional<absl::string_view> value) {
  const auto attempt = [&] {
    return transaction_->Write(to, partition, key, value);
  };
  // Nearly always at once, and looking at the clock takes as long.
  absl::Status status = attempt();
  if (absl::IsUnavailable(status)) {
    status = RetryUnavailable(clock_, options_.patience, attempt);
  }
  if (!absl::IsInvalidArgument(status)) return status;
  return RefusedOnWrite(to, key, value, status);
}

absl::Status Committer::WriteOutputs(const ChangeSet& changes) {
  absl::Status status = WriteDiverted(changes);
  for (size_t i = 0; options_.updates && i < changes.size(); ++i) {
    if (!status.ok()) break;
    status =
        WriteOne(Destination::kUpdates, changes.partition(), changes.key(i),
                 UpdateJson(changes, i, pipeline_->layout.windows));
  }
  return status;
}

absl::Status Committer::WriteState(const ChangeSet& changes) {
  // Before the snapshots that speak of them.
  for (const ChangeSet::Segment& segment : changes.segments()) {
    const absl::Status status = WriteOne(
        Destination::kResults, changes.partition(), segment.key, segment.value);
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto value = changes.value(i);
    const absl::Status status =
        value.has_value() || options_.delivery.transactional()
            ? WriteOne(Destination::kResults, changes.partition(),
                       changes.key(i), value)
            : WriteTombstone(changes, i);
    if (!status.ok()) return status;
  }
  // Last: a reader that sees it has seen what it speaks of.
  return WriteOne(Destination::kResults, changes.partition(), kCheckpointKey,
                  changes.checkpoint());
}

}  // namespace exactmean
