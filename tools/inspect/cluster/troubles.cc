// TroublesOf.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/program/kafka_tool.h"
#include "state/counts.h"
#include "tools/inspect/cluster/status.h"

namespace exactmean {
namespace {

// Longer without a commit, though there are records, a processor stands.
constexpr absl::Duration kStands = absl::Minutes(1);
// When neither a start nor `rewind` takes the state.
constexpr char kBeginAnew[] =
    "begin anew from the input: a new application_id and a new results topic";

std::string Ago(absl::Duration age) {
  return absl::FormatDuration(absl::Trunc(age, absl::Seconds(1)));
}

class Troubles {
 public:
  explicit Troubles(const ApplicationStatus& status) : status_(status) {}

  std::vector<Trouble> All() {
    for (const PartitionStatus& partition : status_.partitions) {
      OfState(partition);
      OfInput(partition);
      OfTransactions(partition);
      OfLag(partition);
    }
    OfOwners();
    std::stable_sort(
        all_.begin(), all_.end(),
        [](const Trouble& a, const Trouble& b) { return a.fatal > b.fatal; });
    return std::move(all_);
  }

 private:
  void Add(const PartitionStatus& at, bool fatal, const std::string& text,
           const std::string& mend) {
    all_.push_back(
        {at.partition,
         absl::StrCat("partition ", at.partition.value(), ": ", text), mend,
         fatal});
  }

  void OfState(const PartitionStatus& at) {
    OfCheckpoint(at);
    if (!at.checkpoint.has_value()) {
      OfForeignOffset(at);
      if (at.keys > 0 && at.checkpoint_problem.empty()) {
        Add(at, true,
            absl::StrCat(Plural(at.keys, "key"),
                         " but no checkpoint: another program writes to "
                         "the results topic, or records were deleted from it"),
            kBeginAnew);
      }
      if (at.agreement == Agreement::kDiffer) {
        Add(at, true,
            absl::StrCat("the group has committed offset ",
                         at.group_offset->value(),
                         ", but there is no state: the results topic was "
                         "deleted, made anew, or is another one"),
            absl::StrCat("name the right results_topic; if it is gone, ",
                         kBeginAnew));
      }
      return;
    }
    if (at.step_under_way) {
      Add(at, false,
          "the digest cannot be told: a step is under way, or was not "
          "finished, and compaction has taken away what it replaces. A start "
          "without transactions takes what is there",
          at.owner.empty() ? "start a processor" : "ask again");
    } else if (!at.digest_verified && at.checkpoint_problem.empty()) {
      Add(at, true,
          absl::StrCat(
              "the digest DIFFERS: ", Plural(at.keys, "key", "is", "are"),
              " there, the checkpoint counts ",
              WithCommas(at.checkpoint->keys()),
              ". Keys are lost, or somebody else wrote to the topic; "
              "`exactmean-inspect verify` names them"),
          Rewind(at));
    }
    OfUnfinishedStep(at);
    if (at.agreement == Agreement::kDiffer) {
      Add(at, true,
          absl::StrCat("the group's offset is ", at.group_offset->value(),
                       ", the state ends before offset ",
                       at.checkpoint->next_offset(),
                       ": somebody reset the group"),
          absl::StrCat("stop all processors, then\n",
                       KafkaTool("consumer-groups", status_.bootstrap_servers),
                       " --group ", status_.application_id, " --topic ",
                       status_.input_topic, ":", at.partition.value(),
                       " --reset-offsets --to-offset ",
                       at.checkpoint->next_offset(), " --execute"));
    }
  }

  // There is no state: refused as by a start (processor/start_position.h).
  void OfForeignOffset(const PartitionStatus& at) {
    if (at.agreement != Agreement::kForeign) return;
    const std::string text =
        absl::StrCat("another program has committed offset ",
                     at.group_offset->value(), " for the group, ");
    if (!status_.start_is_committed) {
      Add(at, true, text + "and there is no state",
          "to go on from there, set input.start: \"committed\"; else use a new "
          "application_id");
    } else if (at.input.has_value() && (*at.group_offset < at.input->low ||
                                        *at.group_offset > at.input->high)) {
      Add(at, true,
          absl::StrCat(text, "but the input holds offsets ",
                       at.input->low.value(), " to ", at.input->high.value()),
          "set it to one of these, or delete it and name another input.start "
          "(with kafka-consumer-groups.sh)");
    }
  }

  // Without transactions a process that dies leaves one; nobody's fault.
  void OfUnfinishedStep(const PartitionStatus& at) {
    if (!at.owner.empty()) return;
    if (at.agreement == Agreement::kAhead) {
      Add(at, false,
          absl::StrCat(
              "AT_MOST_ONCE: the group has passed ",
              Plural(static_cast<uint64_t>(at.group_offset->value() -
                                           at.checkpoint->next_offset()),
                     "offset"),
              " more than the state: a start counts them as lost"),
          "start a processor");
    }
    if (at.after_checkpoint > 0) {
      Add(at, false,
          absl::StrCat(
              Plural(at.after_checkpoint, "record", "follows", "follow"),
              " the checkpoint, of a step that was not finished: a start "
              "counts nothing twice"),
          "start a processor");
    }
  }

  // One that cannot be read: a restore refuses it until a good one follows it.
  void OfCheckpoint(const PartitionStatus& at) {
    if (at.checkpoint_problem.empty()) return;
    const std::string text = absl::StrCat(
        at.checkpoint_problem, ". Somebody else wrote to the results topic");
    if (!at.checkpoint.has_value()) {
      Add(at, true, text + ", and no other checkpoint is left", kBeginAnew);
    } else {
      Add(at, true, text, Rewind(at));
    }
  }

  // What `rewind` folds anew is there, as far as is known.
  static bool CanRewind(const PartitionStatus& at) {
    return !at.input.has_value() ||
           (at.input->low.value() <= at.checkpoint->start_offset() &&
            at.checkpoint->next_offset() <= at.input->high.value());
  }

  // To where the state is; what is wrong in the topic is replaced.
  static std::string Rewind(const PartitionStatus& at) {
    if (!CanRewind(at)) {
      return absl::StrCat(
          "the input of the state is no longer all there, so "
          "that `rewind` cannot compute it: ",
          kBeginAnew);
    }
    return absl::StrCat("exactmean-inspect rewind --config=FILE --partition=",
                        at.partition.value(),
                        " --to_offset=", at.checkpoint->next_offset(),
                        " --execute");
  }

  void OfInput(const PartitionStatus& at) {
    if (!at.checkpoint.has_value() || !at.input.has_value()) return;
    const int64_t next = at.checkpoint->next_offset();
    if (next < at.input->low.value()) {
      Add(at, true,
          absl::StrCat("offsets ", next, " to ", at.input->low.value() - 1,
                       " were deleted from the input before they were read: a "
                       "start refuses"),
          absl::StrCat(kBeginAnew, ", and lengthen the input's retention.ms"));
    } else if (next > at.input->high.value()) {
      Add(at, true,
          absl::StrCat("the state ends before offset ", next,
                       ", the input before ", at.input->high.value(),
                       ": the input topic was made anew, or lost records"),
          kBeginAnew);
    }
    const absl::Duration age = status_.now - at.committed_at;
    if (at.lag.value_or(0) > 0 && !at.owner.empty() && age > kStands) {
      Add(at, false,
          absl::StrCat(at.owner, " has it, but the last commit was ", Ago(age),
                       " ago and records wait"),
          "look at its log");
    }
  }

  void OfTransactions(const PartitionStatus& at) {
    for (const OpenTransaction& open : at.open) {
      const absl::Duration age = status_.now - open.since;
      if (age <= status_.transaction_timeout) continue;
      const std::string tool =
          KafkaTool("transactions", status_.bootstrap_servers);
      const std::string where = absl::StrCat(
          " --topic ", open.topic, " --partition ", at.partition.value());
      Add(at, false,
          absl::StrCat("a transaction in ", open.topic, " is open since ",
                       Ago(age), ", from offset ", open.from.value(),
                       " on: readers stand before it", WritersAfter(open)),
          absl::StrCat(tool, " describe-producers", where,
                       "\nand, when its producer is gone:\n", tool, " abort",
                       where, " --start-offset ", open.from.value()));
    }
  }

  void OfLag(const PartitionStatus& at) {
    const uint64_t lag =
        at.checkpoint.has_value() ? at.lag.value_or(0) : at.WaitingForState();
    if (!status_.max_lag.has_value() || lag <= *status_.max_lag) return;
    const bool counted = at.checkpoint.has_value() && at.lag_counted;
    Add(at, false,
        absl::StrCat("its lag, ", counted ? "" : "<=", lag,
                     ", is above --max_lag=", *status_.max_lag),
        "`exactmean-inspect watch` shows whether it shrinks; if not, look at "
        "the processor's log, or start more instances");
  }

  void OfOwners() {
    if (!status_.group.has_value()) return;
    std::vector<std::string> without;
    for (const PartitionStatus& partition : status_.partitions) {
      if (partition.owner.empty()) {
        without.push_back(absl::StrCat(partition.partition.value()));
      }
    }
    if (without.empty()) return;
    if (status_.group->members.empty()) {
      all_.push_back({absl::nullopt,
                      absl::StrCat("no processor runs: group ",
                                   status_.application_id, " has no members"),
                      "start one", false});
      return;
    }
    all_.push_back({absl::nullopt,
                    absl::StrCat("no processor has partition ",
                                 absl::StrJoin(without, ", "), " (group ",
                                 status_.application_id, " is ",
                                 status_.group->state, ")"),
                    "start one, or wait for the rebalance", false});
  }

  const ApplicationStatus& status_;
  std::vector<Trouble> all_;
};

}  // namespace

std::vector<Trouble> TroublesOf(const ApplicationStatus& status) {
  return Troubles(status).All();
}

}  // namespace exactmean
