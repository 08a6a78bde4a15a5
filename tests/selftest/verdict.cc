// Judge.

#include "tests/selftest/verdict.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/result.pb.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/world/model.h"
#include "tests/world/reference.h"
#include "tests/world/view_check.h"

namespace exactmean {
namespace {

constexpr size_t kMaxProblems = 10;

// One partition on trial.
class Case {
 public:
  Case(const Pipeline& pipeline, Partition partition,
       absl::Span<const TrialRecord> input,
       absl::Span<const TrialRecord> results, Verdict* verdict)
      : pipeline_(pipeline),
        partition_(partition),
        input_(input),
        results_(results),
        verdict_(verdict) {}

  void Judge() {
    ++verdict_->partitions;
    CheckPrefixes();
    if (!has_checkpoint_) {
      verdict_->lost += static_cast<int64_t>(input_.size());
      Problem("there is no checkpoint");
      return;
    }
    CheckDispositions();
    CheckCounts();
    CheckReplay();
    CheckDigest();
  }

 private:
  void Problem(const std::string& what) {
    if (verdict_->problems.size() >= kMaxProblems) return;
    verdict_->problems.push_back(
        absl::StrCat("partition ", partition_.value(), ": ", what));
  }

  // Each transaction ends with a checkpoint: up to there a reader may see.
  void CheckPrefixes() {
    for (const TrialRecord& record : input_) {
      while (model_.end() < record.offset) model_.AppendAbsent();
      model_.Append(
          ToModelRecord(record.key, record.value, record.timestamp_ms));
    }
    Offset before(-1);
    for (const TrialRecord& record : results_) {
      const std::string key = record.key.value_or("");
      if (record.value.has_value()) {
        view_[key] = *record.value;
      } else {
        view_.erase(key);
      }
      if (key != kCheckpointKey) continue;
      ++verdict_->transactions;
      Offset next;
      const absl::Status valid = CheckView(model_, view_, &next);
      if (!valid.ok() || next < before) {
        ++verdict_->torn;
        Problem(absl::StrCat("results offset ", record.offset.value(),
                             ", input offset ", next.value(), " after ",
                             before.value(), ": ", valid.message()));
      }
      before = next;
    }
    if (!results_.empty() && results_.back().key != kCheckpointKey) {
      ++verdict_->torn;
      Problem("records follow the last checkpoint");
    }
    const auto found = view_.find(std::string(kCheckpointKey));
    has_checkpoint_ = found != view_.end() &&
                      DecodeCheckpoint(found->second, &checkpoint_).ok();
    view_.erase(std::string(kCheckpointKey));
  }

  void CheckDispositions() {
    int64_t read = 0;
    int64_t bad = 0;
    for (const TrialRecord& record : input_) {
      if (record.offset.value() >= checkpoint_.next_offset()) continue;
      ++read;
      double value = 0;
      if (record.value.has_value() &&
          !absl::SimpleAtod(*record.value, &value)) {
        ++bad;
      }
    }
    const results::Dispositions& d = checkpoint_.dispositions();
    const auto applied = static_cast<int64_t>(d.applied());
    const auto skipped = static_cast<int64_t>(d.skipped());
    const auto absent = static_cast<int64_t>(d.absent());
    const int64_t passed =
        checkpoint_.next_offset() - checkpoint_.start_offset();
    if (applied != read - bad || skipped != bad || absent != passed - read ||
        d.late() + d.dead_lettered() + d.retried() + d.filtered() != 0) {
      ++verdict_->miscounted;
      Problem(absl::StrFormat(
          "%d records were read, %d of them bad, over %d offsets; the "
          "checkpoint counts %d applied, %d skipped, %d absent",
          read, bad, passed, applied, skipped, absent));
    }
    verdict_->read += read;
    verdict_->applied += applied;
    verdict_->skipped += skipped;
    verdict_->absent += absent;
  }

  // By the cumulative window, which counts a key's values since its deletion.
  void CheckCounts() {
    std::map<std::string, int64_t> want;
    for (const TrialRecord& record : input_) {
      double value = 0;
      if (!record.value.has_value()) {
        want.erase(record.key.value_or(""));
      } else if (absl::SimpleAtod(*record.value, &value)) {
        ++want[record.key.value_or("")];
      }
    }
    std::map<std::string, int64_t> difference = want;
    for (const auto& [key, bytes] : view_) {
      if (IsReservedKey(key)) continue;
      results::Snapshot snapshot;
      if (!DecodeSnapshot(bytes, &snapshot).ok() ||
          snapshot.averages_size() != 2) {
        continue;  // torn, and so reported
      }
      difference[key] -= static_cast<int64_t>(snapshot.averages(1).count());
    }
    for (const auto& [key, missing] : difference) {
      if (missing == 0) continue;
      verdict_->lost += std::max<int64_t>(missing, 0);
      verdict_->duplicated += std::max<int64_t>(-missing, 0);
      Problem(absl::StrCat("key ", key, ": ", missing > 0 ? missing : -missing,
                           missing > 0 ? " lost" : " too many"));
    }
  }

  void CheckReplay() {
    const auto replayed = FoldInOneGo(
        pipeline_, partition_, model_, Offset(checkpoint_.start_offset()),
        std::min(Offset(checkpoint_.next_offset()), model_.end()));
    if (!replayed.ok()) {
      ++verdict_->replay_differs;
      Problem(std::string(replayed.status().message()));
      return;
    }
    verdict_->snapshots += static_cast<int64_t>(view_.size());
    for (const auto& [key, bytes] : *replayed) {
      const auto found = view_.find(key);
      if (found != view_.end() && found->second == bytes) continue;
      ++verdict_->replay_differs;
      Problem(absl::StrCat("key ", key, ": a replay gives another snapshot"));
    }
    for (const auto& [key, bytes] : view_) {
      if (replayed->count(key) > 0) continue;
      ++verdict_->replay_differs;
      Problem(absl::StrCat("key ", key, ": a replay does not have it"));
    }
  }

  void CheckDigest() {
    uint64_t digest = 0;
    uint64_t keys = 0;
    for (const auto& [key, bytes] : view_) {
      digest += RecordHash(key, bytes);
      if (!IsReservedKey(key)) ++keys;
    }
    if (digest == checkpoint_.digest() && keys == checkpoint_.keys()) {
      return;
    }
    ++verdict_->digests_differ;
    Problem("the digest differs from the checkpoint's");
  }

  const Pipeline& pipeline_;
  const Partition partition_;
  const absl::Span<const TrialRecord> input_;
  const absl::Span<const TrialRecord> results_;
  Verdict* const verdict_;

  Model model_{pipeline_.spec};  // of the input
  CommittedView view_;           // at the end, the checkpoint apart
  bool has_checkpoint_ = false;
  results::Checkpoint checkpoint_;
};

}  // namespace

bool Verdict::Passed() const {
  return read > 0 && transactions > 0 && lost == 0 && duplicated == 0 &&
         torn == 0 && replay_differs == 0 && digests_differ == 0 &&
         miscounted == 0 && problems.empty();
}

void Judge(const Pipeline& pipeline, Partition partition,
           absl::Span<const TrialRecord> input,
           absl::Span<const TrialRecord> results, Verdict* verdict) {
  Case(pipeline, partition, input, results, verdict).Judge();
}

}  // namespace exactmean
