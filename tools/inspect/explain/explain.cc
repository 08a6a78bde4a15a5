// Explain: gathers the records.

#include "tools/inspect/explain/explain.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/delivery_mode.h"
#include "state/fingerprint.h"
#include "state/key_windows.h"
#include "tools/inspect/explain/explain_windows.h"
#include "tools/inspect/replay/retried.h"

namespace exactmean {
namespace {

absl::Status CheckIdentity(const results::Checkpoint& checkpoint,
                           const StateSpec& spec) {
  const Fingerprint ours = FingerprintOf(spec);
  if (checkpoint.fingerprint() == ours.hash) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the state was made under another configuration than --config tells:\n",
      DescribeDifference(checkpoint.fingerprint_text(), ours.text)));
}

class Explainer {
 public:
  Explainer(const KeyHistory& history, const ExplainOptions& options)
      : checkpoint_(*history.checkpoint),
        options_(options),
        layout_(options.spec) {
    result_.key = history.key;
    result_.partition = history.partition;
    result_.results_offset = history.newest().offset;
    result_.snapshot = history.newest().snapshot;
    result_.checkpoint = Offset(checkpoint_.next_offset());
    result_.lost = checkpoint_.dispositions().lost();
    result_.retried = checkpoint_.dispositions().retried();
    // Of a step that is not whole, a key may be ahead of the checkpoint.
    result_.read_to =
        ModeOf(checkpoint_) == DeliveryMode::kExactlyOnce
            ? result_.checkpoint
            : std::max(result_.checkpoint, Next(history.newest().made_by));
  }

  absl::StatusOr<Explanation> Run(TopicReader* input) {
    const auto range =
        AskWhileUnavailable(options_.scan.clock, options_.scan.patience,
                            [&] { return input->Range(result_.partition); });
    if (!range.ok()) return range.status();
    result_.retained_from = range->low;
    if (range->high < result_.read_to) {
      return absl::FailedPreconditionError(absl::StrCat(
          "input partition ", result_.partition.value(), " ends at offset ",
          range->high.value(), ", but the state is of the records up to ",
          result_.read_to.value(),
          ": the topic was made anew, or is another one"));
    }
    auto reader = MakeSampleReader(options_.reading);
    if (!reader.ok()) return reader.status();
    InputWalk walk(input, *std::move(reader), WalkOptions(*range));
    while (true) {
      if (!walk.at_low()) {
        const absl::Status status = walk.Step(options_.scan);
        if (!status.ok()) return status;
      }
      const bool enough = Gather(walk.Records(), walk.from());
      if (enough || walk.at_low()) break;
      if (options_.max_records > 0 &&
          walk.records_read() >= options_.max_records) {
        break;
      }
    }
    result_.read_from = walk.from();
    return std::move(result_);
  }

 private:
  InputWalk::Options WalkOptions(const OffsetRange& range) const {
    InputWalk::Options walk;
    walk.partition = result_.partition;
    walk.key = result_.key;
    walk.begin = Offset(checkpoint_.start_offset());
    walk.end = result_.read_to;
    walk.low = std::min(walk.end, std::max(walk.begin, range.low));
    walk.grace_us = options_.spec.grace_us;
    walk.stream_time = EventTime(checkpoint_.stream_time().time());
    if (result_.snapshot.has_value()) {
      walk.first_length =
          std::max(walk.first_length, LikelyLength(walk.begin, walk.end));
    }
    if (options_.max_records > 0) {
      walk.first_length = std::min(walk.first_length, options_.max_records);
    }
    // Of what lies behind the checkpoint it tells no stream time.
    walk.first_length = std::max(
        walk.first_length, static_cast<uint64_t>(result_.read_to.value() -
                                                 result_.checkpoint.value()));
    return walk;
  }

  // As many offsets as should hold the longest count window, if records of the
  // key are spread evenly; with room.
  uint64_t LikelyLength(Offset begin, Offset end) const {
    const auto passed = static_cast<double>(end.value() - begin.value());
    const auto records = static_cast<double>(result_.snapshot->records());
    const double wanted = std::min(
        records, std::max(20.0, static_cast<double>(layout_.ring_capacity)));
    // Back to the key's last record, and from there so far.
    return static_cast<uint64_t>(1.5 * wanted * passed /
                                 std::max(1.0, records)) +
           static_cast<uint64_t>(end.value() - result_.snapshot->last_offset());
  }

  // Of what was read so far. True: nothing is missing.
  bool Gather(const std::vector<InputRecord>& records, Offset from) {
    result_.folded.clear();
    result_.others.clear();
    result_.missed.clear();
    result_.complete = false;
    if (!result_.snapshot.has_value()) return GatherDeleted(records);
    const Offset last(result_.snapshot->last_offset());
    const uint64_t wanted = result_.snapshot->records();
    // No record of the key further back can be in the snapshot.
    exhausted_ = from <= Offset(checkpoint_.start_offset());
    for (auto it = records.rbegin(); it != records.rend(); ++it) {
      const bool folds = it->fate == InputRecord::Fate::kFolded;
      const bool deletes = it->fate == InputRecord::Fate::kDeletes;
      if (it->offset > last && (folds || deletes) && !it->may_be_late) {
        result_.missed.push_back(*it);
      } else if (!folds || it->offset > last) {
        result_.others.push_back(*it);
        exhausted_ = exhausted_ || deletes;
        if (deletes) break;
      } else {
        result_.folded.push_back(*it);
        result_.complete = result_.folded.size() == wanted;
        if (result_.complete) break;
      }
    }
    absl::c_reverse(result_.folded);
    absl::c_reverse(result_.others);
    absl::c_reverse(result_.missed);
    ExplainWindows(layout_, exhausted_, &result_);
    if (result_.complete || exhausted_) return true;
    if (options_.all_records) return false;
    return absl::c_all_of(result_.windows, [](const WindowExplanation& w) {
      return w.verdict != Verdict::kNotRetained;
    });
  }

  // Of a deleted key: back to the record that deleted it.
  bool GatherDeleted(const std::vector<InputRecord>& records) {
    for (auto it = records.rbegin(); it != records.rend(); ++it) {
      const bool folds = it->fate == InputRecord::Fate::kFolded;
      if (folds && !it->may_be_late) {
        // Without a time to live nothing else than a record deletes a key.
        if (options_.spec.idle_key_ttl_us.has_value()) {
          result_.folded.insert(result_.folded.begin(), *it);
          return true;
        }
        result_.missed.insert(result_.missed.begin(), *it);
      } else {
        result_.others.insert(result_.others.begin(), *it);
      }
      if (it->fate == InputRecord::Fate::kDeletes) return true;
    }
    return false;
  }

  const results::Checkpoint& checkpoint_;
  const ExplainOptions& options_;
  const WindowLayout layout_;
  bool exhausted_ = false;
  Explanation result_;
};

}  // namespace

bool Explanation::Differs() const {
  return missed.size() > lost ||
         absl::c_any_of(windows, [](const WindowExplanation& window) {
           return window.verdict == Verdict::kDiffers;
         });
}

bool Explanation::Decided() const {
  if (snapshot.has_value()) {
    return absl::c_all_of(windows, [](const WindowExplanation& window) {
      return window.verdict == Verdict::kAgrees ||
             window.verdict == Verdict::kDiffers;
    });
  }
  // Idle since the record in `folded`, or deleted by one of `others`.
  return !folded.empty() || absl::c_any_of(others, [](const InputRecord& r) {
    return r.fate == InputRecord::Fate::kDeletes;
  });
}

absl::StatusOr<Explanation> Explain(TopicReader* input,
                                    const KeyHistory& history,
                                    const ExplainOptions& options) {
  const absl::Status same = CheckIdentity(*history.checkpoint, options.spec);
  if (!same.ok()) return same;
  auto explanation = Explainer(history, options).Run(input);
  const std::string no_replay = WhyNoReplay(*history.checkpoint);
  // Those of the key may be none of them.
  if (explanation.ok() && explanation->Differs() && !no_replay.empty()) {
    return Stop(
        StopReason::kIncomplete,
        absl::StrCat("in partition ", history.partition.value(), " ", no_replay,
                     ". \"exactmean-inspect history\" shows the key's "
                     "snapshots"));
  }
  return explanation;
}

}  // namespace exactmean
