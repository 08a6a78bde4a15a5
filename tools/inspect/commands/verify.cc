// exactmean-inspect verify.

#include "tools/inspect/replay/verify.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/commands/replay_of.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/progress.h"
#include "tools/inspect/replay/verify_text.h"
#include "tools/inspect/text/text_width.h"

ABSL_FLAG(double, sample, 1,
          "Fold and compare this part of the keys, 0.1 for a tenth: the same "
          "ones each time. Their number and the digest take all keys, and are "
          "then not compared.");
ABSL_FLAG(uint32_t, differences, 10,
          "Show so many differing keys of each partition.");
ABSL_FLAG(bool, allow_partial, false,
          "Exit with 0 when nothing differs, though not everything could be "
          "compared.");

namespace exactmean {
namespace {

absl::Status Conclude(absl::Span<const PartitionVerdict> verdicts) {
  auto worst = PartitionVerdict::Outcome::kEmpty;
  for (const PartitionVerdict& verdict : verdicts) {
    worst = std::max(worst, verdict.outcome);
  }
  if (worst == PartitionVerdict::Outcome::kDiffers) {
    return Stop(StopReason::kState, "the state is not what the input gives");
  }
  if (worst == PartitionVerdict::Outcome::kPartial &&
      !absl::GetFlag(FLAGS_allow_partial)) {
    return Stop(StopReason::kIncomplete,
                "not verified: the input is no longer there in full "
                "(--allow_partial accepts that)");
  }
  return absl::OkStatus();
}

// More records of the results are not worth their memory: where partitions are
// that large, one is enough to read at full rate.
constexpr int64_t kRecordsAtOnce = 250000;

// Partitions one after the other, --at_once and kRecordsAtOnce at most, but one
// at least.
absl::StatusOr<std::vector<std::vector<Partition>>> Groups(
    const ReplayOf& of, const ScanOptions& options) {
  const auto stretches =
      WholePartitions(of.results.get(), of.partitions, options);
  if (!stretches.ok()) return stretches.status();
  std::vector<std::vector<Partition>> groups;
  int64_t records = 0;
  for (const Stretch& stretch : *stretches) {
    const int64_t more = stretch.to.value() - stretch.from.value();
    records += more;
    if (groups.empty() || records > kRecordsAtOnce ||
        groups.back().size() >= absl::GetFlag(FLAGS_at_once)) {
      groups.emplace_back();
      records = more;
    }
    groups.back().push_back(stretch.partition);
  }
  return groups;
}

// Reads the results of one group while the input of the one before is folded:
// only `of.results` is used on another thread. Ends a read that nobody waits
// for any more.
class ReadAhead {
 public:
  ReadAhead(ReplayOf* of, const std::vector<std::vector<Partition>>* groups,
            const VerifyOptions& options)
      : of_(of), groups_(groups), options_(options), asked_(options.scan.stop) {
    options_.scan.stop = &stop_;
    Start();
  }
  ~ReadAhead() { stop_ = true; }

  // Of the next group. REQUIRES: there is one.
  absl::StatusOr<CommittedStates> Next() {
    while (reading_.wait_for(kLook) != std::future_status::ready) {
      if (asked_ != nullptr && *asked_) stop_ = true;
    }
    auto states = reading_.get();
    if (states.ok()) Start();
    return states;
  }

 private:
  static constexpr std::chrono::milliseconds kLook{50};

  void Start() {
    if (next_ == groups_->size()) return;
    reading_ = std::async(std::launch::async, [this, group = next_++] {
      return ReadToVerify(of_->results.get(), (*groups_)[group], options_);
    });
  }

  ReplayOf* const of_;
  const std::vector<std::vector<Partition>>* const groups_;
  VerifyOptions options_;
  const std::atomic<bool>* const asked_;  // by the user to stop
  std::atomic<bool> stop_{false};
  size_t next_ = 0;
  std::future<absl::StatusOr<CommittedStates>> reading_;  // joined at the end
};

absl::StatusOr<std::vector<PartitionVerdict>> VerifyAll(Session& session,
                                                        ReplayOf& of) {
  VerifyOptions options;
  options.scan = ScanOptionsOf(session);
  options.sample = absl::GetFlag(FLAGS_sample);
  options.differences = absl::GetFlag(FLAGS_differences);
  options.input_compacted = of.input_compacted;
  const auto groups = Groups(of, options.scan);
  if (!groups.ok()) return groups.status();
  ReadAhead read_ahead(&of, &*groups, options);
  std::vector<PartitionVerdict> verdicts;
  for (const std::vector<Partition>& group : *groups) {
    auto states = read_ahead.Next();
    if (!states.ok()) return states.status();
    std::unique_ptr<Progress> progress;
    options.progress = [&](uint64_t records, uint64_t most) {
      if (progress == nullptr) {
        progress.reset(new Progress(session.MakeProgress(
            absl::StrCat("verify: partitions ", group.front().value(), " to ",
                         group.back().value()),
            most)));
      }
      progress->Update(records);
    };
    auto some = Verify(of.source, *std::move(states), of.input.get(), options);
    if (!some.ok()) return some.status();
    std::move(some->begin(), some->end(), std::back_inserter(verdicts));
  }
  return verdicts;
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const double sample = absl::GetFlag(FLAGS_sample);
  if (!(sample > 0 && sample <= 1)) {
    return Stop(StopReason::kConfig, "--sample is above 0 and at most 1");
  }
  const absl::Status step = session.RequireStep();
  if (!step.ok()) return step;
  RemarkOnStep(session, "the input is folded anew through it");
  auto of = OpenReplay(session);
  if (!of.ok()) return of.status();
  const auto verdicts = VerifyAll(session, **of);
  if (!verdicts.ok()) return verdicts.status();
  if (session.json()) {
    session.out() << VerdictsJson(*verdicts, (*of)->windows);
  } else {
    session.out() << VerdictsText(*verdicts, (*of)->windows, session.terminal())
                  << "\n"
                  << Wrapped(Summary(*verdicts, sample),
                             session.terminal().width, 2);
  }
  return Conclude(*verdicts);
}

}  // namespace

Command VerifyCommand() {
  Command command;
  command.name = "verify";
  command.summary = "Folds the input anew and compares every snapshot with it";
  command.description =
      R"(Replays each partition's input, from where its state was begun to the last
checkpoint, through the decoder and the windows of the configuration, and
compares with the results topic byte for byte: every snapshot, which keys
there are, and the checkpoint's end, anchor, stream time, key count, digest
and dispositions. A start of the processor proves the state against its own
digest; this proves it against the input. Processors may run meanwhile.

In memory are the keys of some partitions at a time: those whose input is
folded, and the results of the next ones, which are read meanwhile. --sample
holds the keys of the sample alone; where all ends, stream time and
dispositions are still compared whole, the number of keys and the digest are
not, and keys outside of the sample are not looked at.

FROM and TO are the input offsets that were folded; COMPARED counts snapshots
compared byte for byte. When the input is no longer retained from the
beginning of the state, or is compacted, the outcome is `partial` at best:
keys whose records are all retained are compared byte for byte, others in what
their count windows hold (IN PART), the rest is not compared (NOT). With grace
or idle_key_ttl nothing can then be compared.

A pipeline with a step is folded through it, which takes the program that has
the step; records that were given up are left out, as their dead letters say.

It cannot see: a record that the input lost before it was processed; a wrong
configuration that has been the same all along; whether the group's offset
agrees (see `status`, `audit`).

Exits with 0 when all is verified (or there is no state yet), 4 when anything
differs, 2 when the state is another configuration's, 7 when nothing differs
but not everything could be compared (0 with --allow_partial).

JSON, a partition a line: partition, outcome (verified, partial, differs,
empty), start_offset, next_offset, retained_from, replayed (records), keys,
compared, compared_in_part, not_compared, different, missing, extra,
checkpoint_differences [{field, stored, replayed}], first_differences [{key
(key_base64 when it is no UTF-8), kind, results_offset, fields [{field,
stored, replayed}]}], remarks.
)";
  command.examples = {
      "verify --config=prices.textproto",
      "verify --config=prices.textproto --sample=0.1 --partition=3",
      "verify --config=prices.textproto --output=json --allow_partial"};
  command.flags = {"sample", "partition", "differences", "at_once",
                   "allow_partial"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
