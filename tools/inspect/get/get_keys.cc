// GetKeys.

#include "tools/inspect/get/get_keys.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/get/key_tracks.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/past/state_at.h"

namespace exactmean {
namespace {

class Finder {
 public:
  Finder(TopicReader* results, absl::Span<const Partition> partitions,
         const KeyQuestion& question, const KeyInput& input,
         const ScanOptions& options)
      : results_(results),
        partitions_(partitions),
        question_(question),
        input_(input),
        options_(options),
        log_(question) {}

  absl::StatusOr<KeyAnswers> Run() {
    absl::Status status = log_.Read(results_, partitions_, options_);
    if (status.ok()) status = LookBeyondCheckpoints();
    if (!status.ok()) return status;
    for (const std::vector<std::string>& meant : question_.keys) {
      status = question_.at.empty() ? AnswerNow(meant) : AnswerAt(meant);
      if (!status.ok()) return status;
    }
    status = ReplayMissing();
    if (!status.ok()) return status;
    found_.checkpoints = log_.checkpoints();
    return std::move(found_);
  }

 private:
  // Is there any record between the checkpoint and what is asked for? If not,
  // but markers at most, the checkpoint's state is that.
  absl::Status LookBeyondCheckpoints() {
    if (input_.reader == nullptr) return absl::OkStatus();
    for (const auto& [partition, checkpoint] : log_.checkpoints()) {
      const auto asked = question_.at.find(partition);
      const Offset next(checkpoint.next_offset());
      if (asked == question_.at.end() || asked->second.at <= next) continue;
      const auto end = input_.reader->StableEnd(partition);
      if (!end.ok()) return end.status();
      if (asked->second.at > *end) continue;
      bool any = false;
      const absl::Status status =
          Scan(input_.reader, {{partition, next, asked->second.at}}, options_,
               [&](const LogRecord& /*record*/) {
                 any = true;
                 return absl::AbortedError("one is enough");
               })
              .status();
      if (!status.ok() && !any) return status;
      if (!any) at_checkpoint_.insert(partition);
    }
    return absl::OkStatus();
  }

  absl::Status AnswerNow(const std::vector<std::string>& meant) {
    for (const std::string& key : meant) {
      bool found = false;
      for (const auto& [partition, tracks] : log_.tracks()) {
        const KeyTrack& track = tracks.at(key);
        if (!track.snapshot.has_value()) continue;
        found = true;
        KeyAnswer& answer = found_.answers.emplace_back();
        answer.key = key;
        answer.partition = partition;
        answer.results_offset = track.results_offset;
        const absl::Status whole =
            TakeWhole(*track.snapshot, track.results_offset, &answer);
        if (!whole.ok()) return whole;
      }
      if (found) return absl::OkStatus();
    }
    return Stop(StopReason::kNotFound,
                absl::NotFoundError(absl::StrCat(
                    "no key \"", PrintableKey(meant.front()),
                    "\" in the results topic; `list` shows those there are")));
  }

  absl::Status TakeWhole(const std::string& bytes, Offset as_of,
                         KeyAnswer* answer) {
    auto whole = log_.Whole(answer->partition, answer->key, bytes, as_of);
    if (!whole.ok()) {
      return absl::Status(
          whole.status().code(),
          absl::StrCat("partition ", answer->partition.value(), ", offset ",
                       answer->results_offset.value(), ", key \"",
                       PrintableKey(answer->key),
                       "\": ", whole.status().message()));
    }
    answer->snapshot = *std::move(whole);
    return absl::OkStatus();
  }

  absl::Status AnswerAt(const std::vector<std::string>& meant) {
    for (const std::string& key : meant) {
      bool found = false;
      for (const auto& [partition, tracks] : log_.tracks()) {
        if (!tracks.at(key).seen) continue;
        found = true;
        AnswerAt(key, partition);
      }
      if (found) return absl::OkStatus();
    }
    if (log_.tracks().size() == 1) {
      AnswerAt(meant.front(), log_.tracks().begin()->first);
      return absl::OkStatus();
    }
    KeyAnswer& answer = found_.answers.emplace_back();
    answer.key = meant.front();
    answer.label = AnswerLabel::kUnavailable;
    answer.reason =
        "no partition of the results topic holds a record of it: say with "
        "--partition=N where it would have been";
    return absl::OkStatus();
  }

  void AnswerAt(const std::string& key, Partition partition) {
    const AskedOffset& asked = question_.at.at(partition);
    KeyAnswer& answer = found_.answers.emplace_back();
    answer.key = key;
    answer.partition = partition;
    answer.label = AnswerLabel::kUnavailable;
    if (!asked.unknown.empty()) {
      answer.reason = asked.unknown;
      return;
    }
    const auto checkpoint = log_.checkpoints().find(partition);
    const bool at_checkpoint = at_checkpoint_.count(partition) > 0;
    const Offset at =
        at_checkpoint ? Offset(checkpoint->second.next_offset()) : asked.at;
    answer.at = at;
    const PointInTime& point = *log_.tracks().at(partition).at(key).point;
    const auto proven =
        at_checkpoint ? point.AtLastCheckpoint() : point.proven();
    if (proven.has_value()) {
      answer.label = AnswerLabel::kExact;
      if (!proven->live) return;
      answer.results_offset = proven->results_offset;
      if (TakeWhole(proven->snapshot, proven->results_offset, &answer).ok()) {
        return;
      }
      // Its segments are compacted away.
      answer.snapshot.reset();
      answer.results_offset = Offset(-1);
      answer.label = AnswerLabel::kUnavailable;
    }
    answer.reason = checkpoint == log_.checkpoints().end()
                        ? "there is no checkpoint: no state yet"
                        : WhyNoReplayAt(checkpoint->second, at);
    if (answer.reason.empty()) {
      to_replay_[partition].push_back(found_.answers.size() - 1);
    }
  }

  // Empty when it can be tried.
  std::string WhyNoReplayAt(const results::Checkpoint& checkpoint, Offset at) {
    if (at.value() < checkpoint.start_offset()) {
      return absl::StrCat("the state was begun at input offset ",
                          checkpoint.start_offset());
    }
    if (at.value() > checkpoint.next_offset()) {
      return absl::StrCat("the last checkpoint is at input offset ",
                          checkpoint.next_offset(),
                          ": what follows is not folded in yet");
    }
    if (input_.source == nullptr) {
      return "the results topic, being compacted, does not tell any more, and "
             "a replay of the input takes --config=FILE";
    }
    return "";
  }

  absl::Status ReplayMissing() {
    if (to_replay_.empty()) return absl::OkStatus();
    std::map<Partition, AskedOffset> asked;
    for (const auto& [partition, answers] : to_replay_) {
      asked[partition].at = *found_.answers[answers[0]].at;
    }
    const auto states = ReadStatesAt(
        *input_.source, {results_, input_.reader, input_.compacted}, asked,
        options_);
    if (!states.ok()) return states.status();
    for (const auto& [partition, state] : *states) {
      for (size_t i : to_replay_[partition]) Fill(state, &found_.answers[i]);
    }
    return absl::OkStatus();
  }

  static void Fill(const StateAt& state, KeyAnswer* answer) {
    if (state.state == nullptr) {
      answer->reason = state.reason;
      return;
    }
    answer->label = state.label;
    state.state->VisitSnapshots(
        [&](absl::string_view key) { return key == answer->key; },
        [&](absl::string_view /*key*/, absl::string_view snapshot) {
          // Where in the log it is, was not found out.
          answer->label = AnswerLabel::kReplayed;
          answer->snapshot = std::string(snapshot);
        });
  }

  TopicReader* const results_;
  const absl::Span<const Partition> partitions_;
  const KeyQuestion& question_;
  const KeyInput& input_;
  const ScanOptions& options_;
  KeyTracks log_;
  std::set<Partition> at_checkpoint_;  // asked for is what it has
  std::map<Partition, std::vector<size_t>> to_replay_;  // answers
  KeyAnswers found_;
};

}  // namespace

absl::StatusOr<KeyAnswers> GetKeys(TopicReader* results,
                                   absl::Span<const Partition> partitions,
                                   const KeyQuestion& question,
                                   const KeyInput& input,
                                   const ScanOptions& options) {
  return Finder(results, partitions, question, input, options).Run();
}

}  // namespace exactmean
