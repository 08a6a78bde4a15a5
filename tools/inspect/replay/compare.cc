// CompareWhole and CompareTail.

#include "tools/inspect/replay/compare.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "state/digest.h"
#include "state/key_windows.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

using Kind = KeyDifference::Kind;

// Of which `first` keeps the smallest keys.
void AddDifference(absl::string_view key, KeyDifference difference,
                   size_t limit, PartitionVerdict* verdict) {
  switch (difference.kind) {
    case Kind::kDifferent:
      ++verdict->different;
      break;
    case Kind::kMissing:
      ++verdict->missing;
      break;
    case Kind::kExtra:
      ++verdict->extra;
      break;
  }
  auto& first = verdict->first;
  if (first.size() >= limit &&
      (limit == 0 || key >= absl::string_view(first.rbegin()->first))) {
    return;
  }
  first.emplace(std::string(key), std::move(difference));
  if (first.size() > limit) first.erase(std::prev(first.end()));
}

KeyDifference Missing(absl::string_view replayed) {
  return {Kind::kMissing, Offset(-1), "", std::string(replayed)};
}

KeyDifference Different(const StoredSnapshots::Entry& stored,
                        absl::string_view replayed) {
  return {Kind::kDifferent, stored.offset, std::string(stored.snapshot),
          std::string(replayed)};
}

void AddExtra(const std::string& key, const StoredSnapshots::Entry& stored,
              size_t limit, PartitionVerdict* verdict) {
  AddDifference(key,
                {Kind::kExtra, stored.offset, std::string(stored.snapshot), ""},
                limit, verdict);
}

class CheckpointComparison {
 public:
  explicit CheckpointComparison(PartitionVerdict* verdict)
      : verdict_(verdict) {}

  template <typename T>
  void Compare(absl::string_view field, T one, T other) {
    if (one == other) return;
    verdict_->checkpoint.push_back(
        {std::string(field), absl::StrCat(one), absl::StrCat(other)});
  }
  void CompareHash(absl::string_view field, uint64_t one, uint64_t other) {
    if (one == other) return;
    verdict_->checkpoint.push_back({std::string(field),
                                    absl::StrFormat("%016x", one),
                                    absl::StrFormat("%016x", other)});
  }

 private:
  PartitionVerdict* const verdict_;
};

void CompareEnd(const results::Checkpoint& checkpoint,
                const ReplayedPartition& replayed, CheckpointComparison* to) {
  to->Compare("partition", checkpoint.partition(),
              replayed.state->partition().value());
  to->Compare("next_offset", checkpoint.next_offset(),
              replayed.state->next_offset().value());
  if (checkpoint.has_anchor() != replayed.anchor.has_value()) {
    const auto named = [](bool has) { return has ? "there" : "none"; };
    to->Compare<std::string>("anchor", named(checkpoint.has_anchor()),
                             named(replayed.anchor.has_value()));
  } else if (replayed.anchor.has_value()) {
    const results::Anchor& anchor = checkpoint.anchor();
    to->Compare("anchor.offset", anchor.offset(),
                replayed.anchor->offset.value());
    to->Compare("anchor.timestamp", anchor.timestamp(),
                replayed.anchor->timestamp_ms);
    to->CompareHash("anchor.checksum", anchor.checksum(),
                    replayed.anchor->checksum);
  }
}

void CompareCounts(const results::Checkpoint& checkpoint,
                   const PartitionState& state, CheckpointComparison* to) {
  const results::Dispositions& one = checkpoint.dispositions();
  const results::Dispositions& other = state.dispositions();
  to->Compare("applied", one.applied(), other.applied());
  to->Compare("late", one.late(), other.late());
  // Which of the two, the policy of the time decided.
  to->Compare("skipped + dead_lettered", one.skipped() + one.dead_lettered(),
              other.skipped() + other.dead_lettered());
  to->Compare("retried", one.retried(), other.retried());
  to->Compare("filtered", one.filtered(), other.filtered());
  to->Compare("absent", one.absent(), other.absent());
  const auto time = [](bool has, int64_t us) {
    return has ? absl::StrCat(us) : "none";
  };
  to->Compare(
      "stream_time",
      time(checkpoint.has_stream_time(), checkpoint.stream_time().time()),
      time(state.stream_time().has_value(),
           state.stream_time().value_or(EventTime(0)).value()));
}

// Are the newest values that both hold the same, bit for bit?
bool SameTail(const results::Samples& stored,
              const results::Samples& replayed) {
  if (stored.values_size() < replayed.values_size()) return false;
  const auto size = static_cast<size_t>(replayed.values_size());
  const double* const tail =
      stored.values().data() + (stored.values_size() - replayed.values_size());
  return std::memcmp(tail, replayed.values().data(), size * sizeof(double)) ==
         0;
}

bool SameCountAverages(const Pipeline& pipeline,
                       const results::Snapshot& stored,
                       const results::Snapshot& replayed) {
  if (stored.averages_size() != replayed.averages_size()) return false;
  for (int i = 0; i < stored.averages_size(); ++i) {
    const auto index = static_cast<size_t>(i);
    if (pipeline.layout.windows[index].kind == WindowSpec::Kind::kCount &&
        EncodeResult(stored.averages(i)) !=
            EncodeResult(replayed.averages(i))) {
      return false;
    }
  }
  return true;
}

// Byte for byte; or what a version that packed nothing wrote of the same.
bool Same(absl::string_view stored, absl::string_view replayed) {
  if (stored == replayed) return true;
  results::Snapshot snapshot;
  return DecodeSnapshot(stored, &snapshot).ok() &&
         IsEncoding(stored, snapshot) && EncodeResult(snapshot) == replayed;
}

// One key of which the replay has seen the newest records.
void CompareKeyTail(const Pipeline& pipeline, size_t limit,
                    absl::string_view key, const StoredSnapshots::Entry& entry,
                    absl::string_view bytes, PartitionVerdict* verdict) {
  results::Snapshot stored, replayed;
  const bool decoded = DecodeSnapshot(entry.snapshot, &stored).ok() &&
                       DecodeSnapshot(bytes, &replayed).ok();
  bool same = decoded && stored.last_offset() == replayed.last_offset() &&
              stored.records() >= replayed.records() &&
              SameTail(stored.samples(), replayed.samples());
  const bool whole = same && stored.records() == replayed.records();
  const bool full = same && pipeline.layout.ring_capacity > 0 &&
                    replayed.samples().values_size() ==
                        static_cast<int64_t>(pipeline.layout.ring_capacity);
  if (whole) {
    same = Same(entry.snapshot, bytes);
  } else if (full) {
    same = SameCountAverages(pipeline, stored, replayed);
  }
  if (!same) {
    AddDifference(key, Different(entry, bytes), limit, verdict);
  } else if (whole) {
    ++verdict->compared;
  } else if (full) {
    ++verdict->compared_counts;
  } else {
    ++verdict->not_compared;
  }
}

}  // namespace

void CompareWhole(const VerifyOptions& options, CommittedState* committed,
                  ReplayedPartition* replayed, PartitionVerdict* verdict) {
  const auto wanted = [&](absl::string_view key) {
    return InSample(key, options.sample);
  };
  replayed->state->VisitSnapshots(
      wanted, [&](absl::string_view key, absl::string_view snapshot) {
        const StoredSnapshots::Entry* const found = committed->keys.Find(key);
        if (found == nullptr) {
          AddDifference(key, Missing(snapshot), options.differences, verdict);
          return;
        }
        ++verdict->compared;
        if (!Same(found->snapshot, snapshot)) {
          AddDifference(key, Different(*found, snapshot), options.differences,
                        verdict);
        }
        committed->keys.Erase(key);
      });
  committed->keys.ForEach(
      [&](const std::string& key, const StoredSnapshots::Entry& entry) {
        AddExtra(key, entry, options.differences, verdict);
      });
  committed->keys.Clear();
  const results::Checkpoint& checkpoint = *committed->checkpoint;
  CheckpointComparison to(verdict);
  CompareEnd(checkpoint, *replayed, &to);
  CompareCounts(checkpoint, *replayed->state, &to);
  // They take all keys.
  if (options.sample >= 1) {
    to.Compare("keys", checkpoint.keys(), replayed->state->live_keys());
    to.CompareHash("digest", checkpoint.digest(), committed->digest);
  }
}

void CompareTail(const Pipeline& pipeline, const VerifyOptions& options,
                 CommittedState* committed, ReplayedPartition* replayed,
                 PartitionVerdict* verdict) {
  // All keys that the replay has: those of the sample are in `committed`.
  replayed->state->VisitSnapshots(
      [&](absl::string_view key) { return InSample(key, options.sample); },
      [&](absl::string_view key, absl::string_view snapshot) {
        const StoredSnapshots::Entry* const found = committed->keys.Find(key);
        if (found == nullptr) {
          AddDifference(key, Missing(snapshot), options.differences, verdict);
          return;
        }
        CompareKeyTail(pipeline, options.differences, key, *found, snapshot,
                       verdict);
        committed->keys.Erase(key);
      });
  committed->keys.ForEach(
      [&](const std::string& key, const StoredSnapshots::Entry& entry) {
        results::Snapshot stored;
        if (!DecodeSnapshot(entry.snapshot, &stored).ok() ||
            stored.last_offset() >= verdict->retained.value()) {
          AddExtra(key, entry, options.differences, verdict);
        } else {
          ++verdict->not_compared;
        }
      });
  committed->keys.Clear();
  CheckpointComparison to(verdict);
  // Without a record it may well end before.
  if (replayed->anchor.has_value()) {
    CompareEnd(*committed->checkpoint, *replayed, &to);
  }
}

}  // namespace exactmean
