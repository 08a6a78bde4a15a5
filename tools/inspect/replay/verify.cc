// Verify: what must be read, and what is made of it.

#include "tools/inspect/replay/verify.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "processor/retry.h"
#include "state/counts.h"
#include "state/reserved_keys.h"
#include "tools/inspect/replay/committed_state.h"
#include "tools/inspect/replay/compare.h"
#include "tools/inspect/replay/owner.h"
#include "tools/inspect/replay/retried.h"
#include "xxhash.h"

namespace exactmean {
namespace {

using Outcome = PartitionVerdict::Outcome;

class Verification {
 public:
  Verification(const ReplaySource& source, CommittedStates states,
               TopicReader* input, const VerifyOptions& options)
      : source_(source),
        states_(std::move(states)),
        input_(input),
        options_(options) {}

  absl::StatusOr<std::vector<PartitionVerdict>> Run() {
    std::vector<Stretch> stretches;
    for (const auto& [partition, state] : states_) {
      const absl::Status status = Prepare(partition, &stretches);
      if (!status.ok()) return status;
    }
    absl::Status status = ReplayAll(stretches);
    if (!status.ok()) return status;
    std::vector<PartitionVerdict> result;
    for (auto& [partition, verdict] : verdicts_) {
      result.push_back(std::move(verdict));
    }
    return result;
  }

 private:
  // Decides what is replayed of the partition, if anything.
  absl::Status Prepare(Partition partition, std::vector<Stretch>* stretches) {
    const CommittedState& state = states_[partition];
    PartitionVerdict& verdict = verdicts_[partition];
    verdict.partition = partition;
    const std::string unsettled = WhyUnsettled(state);
    if (!unsettled.empty()) {
      return absl::UnavailableError(
          absl::StrCat("partition ", partition.value(), ": ", unsettled));
    }
    if (!state.checkpoint.has_value()) {
      if (state.records == 0) return absl::OkStatus();
      verdict.outcome = Outcome::kDiffers;
      verdict.extra = state.keys.size();
      verdict.remarks.push_back(
          "there are snapshots but no checkpoint: another program writes to "
          "this topic, or records were deleted from it");
      return absl::OkStatus();
    }
    const results::Checkpoint& checkpoint = *state.checkpoint;
    const absl::Status owner =
        CheckOwner(*source_.pipeline, partition, checkpoint);
    if (!owner.ok()) return owner;
    verdict.keys = checkpoint.keys();
    verdict.start = Offset(checkpoint.start_offset());
    verdict.next = Offset(checkpoint.next_offset());
    if (checkpoint.dispositions().lost() > 0) {
      verdict.outcome = Outcome::kPartial;
      verdict.not_compared = state.keys.size();
      verdict.remarks.push_back(absl::StrCat(
          "up to ", Plural(checkpoint.dispositions().lost(), "record"),
          " lost under AT_MOST_ONCE; which, nobody knows, so that "
          "the state cannot be made from the input again: nothing was "
          "compared"));
      return absl::OkStatus();
    }
    const std::string no_replay = WhyNoReplay(checkpoint);
    if (!no_replay.empty()) {
      verdict.outcome = Outcome::kPartial;
      verdict.not_compared = state.keys.size();
      verdict.remarks.push_back(
          absl::StrCat(no_replay, ": nothing was compared"));
      return absl::OkStatus();
    }
    OffsetRange range;
    absl::Status status = AskRange(partition, verdict.next, &range);
    if (!status.ok()) return status;
    verdict.retained = range.low;
    stretches->push_back({partition, std::max(verdict.start, range.low),
                          std::min(verdict.next, range.high)});
    return absl::OkStatus();
  }

  // To where no transaction is undecided: no processor is ahead of that, but a
  // leader that has just been elected may not know yet how far it was.
  absl::Status AskRange(Partition partition, Offset next, OffsetRange* range) {
    bool behind = false;
    const absl::Status status = RetryUnavailable(
        options_.scan.clock, options_.scan.patience, [&]() -> absl::Status {
          const auto retained = input_->Range(partition);
          if (!retained.ok()) return retained.status();
          const auto stable = input_->StableEnd(partition);
          if (!stable.ok()) return stable.status();
          *range = {retained->low, *stable};
          behind = *stable < next;
          return behind ? absl::UnavailableError("the input ends before")
                        : absl::OkStatus();
        });
    return behind ? absl::OkStatus() : status;
  }

  absl::Status ReplayAll(const std::vector<Stretch>& stretches) {
    ScanOptions options = options_.scan;
    uint64_t most = 0;
    for (const Stretch& stretch : stretches) {
      if (stretch.from < stretch.to) {
        most +=
            static_cast<uint64_t>(stretch.to.value() - stretch.from.value());
      }
    }
    if (options_.progress) {
      options.progress = [this, most](uint64_t records) {
        options_.progress(records, most);
      };
    }
    ReplaySource source = source_;
    source.on_bad_record = BadRecordPolicy::kSkip;
    if (options_.sample < 1) {
      source.wanted = [sample = options_.sample](absl::string_view key) {
        return InSample(key, sample);
      };
    }
    auto replayed = Replay(source, input_, stretches, options);
    if (!replayed.ok()) return replayed.status();
    for (const Stretch& stretch : stretches) {
      // What follows the last record was read, too: a rewind may end there.
      replayed->at(stretch.partition).state->PassAbsent(stretch.to);
    }
    for (auto& [partition, of] : *replayed) {
      Judge(&of, &states_[partition], &verdicts_[partition]);
      of.state.reset();  // there may be many
    }
    return absl::OkStatus();
  }

  void Judge(ReplayedPartition* replayed, CommittedState* state,
             PartitionVerdict* verdict) {
    verdict->replayed = replayed->records;
    const bool cut = verdict->retained > verdict->start;
    const std::string why_fewer =
        cut ? "" : WhyFewer(*state->checkpoint, replayed->records);
    const bool fewer = !why_fewer.empty();
    RemarkOnBadRecords(*replayed, verdict);
    if (fewer) {
      verdict->remarks.push_back(absl::StrCat(
          why_fewer,
          options_.input_compacted
              ? ": it is compacted, so the state cannot be made from it again"
              : ""));
    }
    if (fewer && options_.input_compacted) {
      verdict->not_compared = state->keys.size();
      verdict->outcome = Outcome::kPartial;
      return;
    }
    if (cut) {
      JudgeTail(replayed, state, verdict);
    } else {
      CompareWhole(options_, state, replayed, verdict);
    }
    const bool differs = verdict->different + verdict->missing +
                             verdict->extra + verdict->checkpoint.size() >
                         0;
    verdict->outcome = differs ? Outcome::kDiffers
                       : cut   ? Outcome::kPartial
                               : Outcome::kVerified;
  }

  void JudgeTail(ReplayedPartition* replayed, CommittedState* state,
                 PartitionVerdict* verdict) {
    verdict->remarks.push_back(absl::StrCat(
        "the input is retained from offset ", verdict->retained.value(),
        " on, and the state was begun at ", verdict->start.value(),
        ": what came between cannot be checked"));
    if (KeysAreIndependent(source_.pipeline->spec) &&
        !options_.input_compacted) {
      CompareTail(*source_.pipeline, options_, state, replayed, verdict);
      return;
    }
    verdict->remarks.push_back(
        options_.input_compacted
            ? "nothing was compared: the input is compacted"
            : "nothing was compared: with grace or idle_key_ttl every record "
              "counts");
    verdict->not_compared = state->keys.size();
  }

  void RemarkOnBadRecords(const ReplayedPartition& replayed,
                          PartitionVerdict* verdict) {
    if (replayed.bad_records == 0 ||
        source_.on_bad_record != BadRecordPolicy::kStop) {
      return;
    }
    verdict->remarks.push_back(absl::StrCat(
        "on_bad_record is STOP, but bad records were passed: it was SKIP or "
        "DEAD_LETTER. ",
        replayed.bad_records, " of them, the first: ", replayed.first_bad));
  }

  const ReplaySource& source_;
  CommittedStates states_;
  TopicReader* const input_;
  const VerifyOptions& options_;
  std::map<Partition, PartitionVerdict> verdicts_;
};

}  // namespace

bool InSample(absl::string_view key, double sample) {
  if (sample >= 1) return true;
  constexpr double kHashes = 0x1p64;
  // Seeded: the digest's hash must not decide what it is asked about.
  const uint64_t hash = XXH3_64bits_withSeed(key.data(), key.size(), 1);
  return static_cast<double>(hash) < sample * kHashes;
}

absl::StatusOr<CommittedStates> ReadToVerify(
    TopicReader* results, absl::Span<const Partition> partitions,
    const VerifyOptions& options) {
  return ReadCommittedStates(
      results, partitions, options.scan, [&](absl::string_view key) {
        return InSample(key, options.sample) || IsReservedKey(key);
      });
}

absl::StatusOr<std::vector<PartitionVerdict>> Verify(
    const ReplaySource& source, CommittedStates states, TopicReader* input,
    const VerifyOptions& options) {
  return Verification(source, std::move(states), input, options).Run();
}

}  // namespace exactmean
