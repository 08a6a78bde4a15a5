// SidesNow, SidesAt and SidesOfShadow.

#include "tools/inspect/diff/sides.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "state/counts.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "tools/inspect/replay/committed_state.h"
#include "tools/inspect/replay/owner.h"
#include "tools/inspect/replay/retried.h"

namespace exactmean {
namespace {

// Why it is not known what the state is; empty: it is.
std::string WhyUnknown(const CommittedState& state) {
  if (!state.checkpoint.has_value() && state.records > 0) {
    return "there are snapshots but no checkpoint: another program writes to "
           "this topic, or records were deleted from it";
  }
  return WhyUnsettled(state);
}

DiffSide Unavailable(std::string reason) {
  DiffSide side;
  side.label = AnswerLabel::kUnavailable;
  side.reason = std::move(reason);
  return side;
}

DiffSide SideOf(CommittedState state) {
  std::string unknown = WhyUnknown(state);
  if (!unknown.empty()) return Unavailable(std::move(unknown));
  DiffSide side;
  if (!state.checkpoint.has_value()) return side;
  side.at = Offset(state.checkpoint->next_offset());
  side.windows.assign(state.checkpoint->windows().begin(),
                      state.checkpoint->windows().end());
  state.keys.ForEach(
      [&](const std::string& key, const StoredSnapshots::Entry& entry) {
        side.snapshots.emplace(key, entry.snapshot);
      });
  side.checkpoint = std::move(state.checkpoint);
  return side;
}

void TakeState(const Pipeline& pipeline, PartitionState* state,
               DiffSide* side) {
  for (const WindowSpec& window : pipeline.spec.windows) {
    side->windows.push_back(window.name);
  }
  state->VisitSnapshots([](absl::string_view) { return true; },
                        [&](absl::string_view key, absl::string_view snapshot) {
                          side->snapshots.emplace(key, snapshot);
                        });
}

// Begun later, without what is gone.
void Cut(const Pipeline& pipeline, Offset from, Offset start, DiffSide* side) {
  side->cut = from;
  for (const WindowSpec& window : pipeline.spec.windows) {
    side->sizes.push_back(window.kind == WindowSpec::Kind::kCount ? window.size
                                                                  : 0);
  }
  side->remarks.push_back(absl::StrCat(
      "the input is retained from offset ", from.value(),
      " on, and the state was begun at ", start.value(),
      ": of keys with older records, full count windows alone are compared"));
}

// Skipped or dead letters: the policy decides which, a replay does not.
uint64_t BadRecordsOf(const results::Dispositions& d) {
  return d.skipped() + d.dead_lettered();
}

std::string DispositionsText(const results::Dispositions& d) {
  return absl::StrCat(d.applied(), " records are applied, ", d.late(),
                      " are late, ", BadRecordsOf(d), " bad");
}

void RemarkOnRecords(const ReplayedPartition& of,
                     const results::Checkpoint& live, DiffSide* side) {
  const results::Dispositions& now = live.dispositions();
  const results::Dispositions& then = of.state->dispositions();
  const std::string fewer =
      side->cut.has_value() ? "" : WhyFewer(live, of.records);
  if (!fewer.empty()) {
    side->remarks.push_back(absl::StrCat(
        fewer, ": what differs may be for want of them, not by configuration"));
  }
  if (!side->cut.has_value() &&
      (now.applied() != then.applied() || now.late() != then.late())) {
    side->remarks.push_back(
        absl::StrCat(DispositionsText(then), "; now ", DispositionsText(now)));
  }
  if (of.bad_records > BadRecordsOf(now)) {
    side->remarks.push_back(
        absl::StrCat(Plural(of.bad_records, "record", "is", "are"),
                     " bad, the first: ", of.first_bad));
  }
}

class Shadow {
 public:
  Shadow(const ReplaySource& source, const ReplaySource& other,
         const StateSources& sources, const ScanOptions& options)
      : source_(source), other_(other), sources_(sources), options_(options) {
    other_.on_bad_record = BadRecordPolicy::kSkip;
  }

  absl::StatusOr<DiffSides> Run(const DiffSides& live) {
    for (const auto& [partition, side] : live) {
      const absl::Status status = Plan(partition, side);
      if (!status.ok()) return status;
    }
    const auto replayed = Replay(other_, sources_.input, stretches_, options_);
    if (!replayed.ok()) return replayed.status();
    for (const auto& [partition, of] : *replayed) {
      DiffSide& side = sides_[partition];
      side.label = AnswerLabel::kReplayed;
      TakeState(*other_.pipeline, of.state.get(), &side);
      RemarkOnRecords(of, *live.at(partition).checkpoint, &side);
    }
    return std::move(sides_);
  }

 private:
  absl::Status Plan(Partition partition, const DiffSide& live) {
    DiffSide& side = sides_[partition];
    if (!live.checkpoint.has_value()) return absl::OkStatus();
    const absl::Status owner =
        CheckOwner(*source_.pipeline, partition, *live.checkpoint);
    if (!owner.ok()) return owner;
    std::string no_replay = WhyNoReplay(*live.checkpoint);
    if (!no_replay.empty()) {
      side = Unavailable(std::move(no_replay));
      return absl::OkStatus();
    }
    if (sources_.input_compacted) {
      side = Unavailable(
          "the input is compacted: a replay does not give what would have "
          "been");
      return absl::OkStatus();
    }
    const auto whole = WholePartitions(sources_.input, {partition}, options_);
    if (!whole.ok()) return whole.status();
    const Offset low = whole->front().from;
    const Offset start(live.checkpoint->start_offset());
    if (low > start) {
      if (!CanCut()) {
        side = Unavailable(absl::StrCat(
            "the input is retained from offset ", low.value(),
            " on, but the state was begun at ", start.value(),
            "; with grace, idle_key_ttl or another input section every record "
            "counts"));
        return absl::OkStatus();
      }
      Cut(*other_.pipeline, low, start, &side);
    }
    side.at = live.at;
    stretches_.push_back(
        {partition, std::max(low, start), std::max(low, *live.at)});
    return absl::OkStatus();
  }

  bool CanCut() const {
    const StateSpec& spec = source_.pipeline->spec;
    const StateSpec& other = other_.pipeline->spec;
    return KeysAreIndependent(spec) && KeysAreIndependent(other) &&
           spec.source == other.source;
  }

  const ReplaySource& source_;
  ReplaySource other_;
  const StateSources& sources_;
  const ScanOptions& options_;
  std::vector<Stretch> stretches_;
  DiffSides sides_;
};

}  // namespace

absl::StatusOr<DiffSides> SidesNow(TopicReader* results,
                                   absl::Span<const Partition> partitions,
                                   const ScanOptions& options) {
  auto states = ReadCommittedStates(
      results, partitions, options,
      [](absl::string_view key) { return !IsReservedKey(key); });
  if (!states.ok()) return states.status();
  DiffSides sides;
  for (auto& [partition, state] : *states) {
    sides[partition] = SideOf(std::move(state));
  }
  return sides;
}

absl::StatusOr<DiffSides> SidesAt(const ReplaySource& source,
                                  const StateSources& sources,
                                  const std::map<Partition, AskedOffset>& asked,
                                  const ScanOptions& options) {
  const auto states = ReadStatesAt(source, sources, asked, options);
  if (!states.ok()) return states.status();
  DiffSides sides;
  for (const auto& [partition, state] : *states) {
    DiffSide& side = sides[partition];
    if (state.state == nullptr) {
      side = Unavailable(state.reason);
      continue;
    }
    side.label = state.label;
    if (state.begun) side.at = state.at;
    TakeState(*source.pipeline, state.state.get(), &side);
  }
  return sides;
}

absl::StatusOr<DiffSides> SidesOfShadow(const ReplaySource& source,
                                        const ReplaySource& other,
                                        const StateSources& sources,
                                        const DiffSides& live,
                                        const ScanOptions& options) {
  return Shadow(source, other, sources, options).Run(live);
}

}  // namespace exactmean
