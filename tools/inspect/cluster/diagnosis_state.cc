// The parts of a diagnosis about the state, the group and the input.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/program/kafka_tool.h"
#include "state/counts.h"
#include "tools/inspect/cluster/diagnosis_parts.h"
#include "tools/inspect/cluster/status_text.h"

namespace exactmean {
namespace {

// Of a record that waits, left until its input's retention deletes it.
constexpr absl::Duration kSoon = absl::Hours(24);

void DiagnoseFingerprint(const ClusterFacts& facts, std::vector<Finding>* out) {
  if (!facts.fingerprint.has_value()) return;
  bool any = false;
  for (const PartitionStatus& at : facts.status.partitions) {
    if (!at.checkpoint.has_value()) continue;
    any = true;
    if (at.checkpoint->fingerprint() == facts.fingerprint->hash) continue;
    out->push_back(
        {Grade::kFail, "configuration",
         absl::StrCat("the state of partition ", at.partition.value(),
                      " was made under another one:\n",
                      DescribeDifference(at.checkpoint->fingerprint_text(),
                                         facts.fingerprint->text)),
         "a start refuses it",
         "restore these settings; or compute the state anew under the new "
         "ones, from the input: exactmean-inspect rewind"});
    return;
  }
  if (any) {
    out->push_back({Grade::kOk, "configuration",
                    "the state was made under this one", "", ""});
  }
}

void DiagnoseMembers(const ClusterFacts& facts, std::vector<Finding>* out) {
  if (!facts.status.group.has_value()) return;
  for (const GroupMember& member : facts.status.group->members) {
    for (const auto& [topic, partition] : member.partitions) {
      if (topic == facts.status.input_topic) continue;
      out->push_back(
          {Grade::kFail, "group",
           absl::StrCat("member ", member.client, " on ", member.host,
                        " reads topic ", topic),
           "another program uses the application's group: its rebalances and "
           "offsets are mixed up with ours",
           "give it a group of its own"});
      break;
    }
  }
}

// Under compaction alone nothing is deleted for its age, nor for the topic's
// size.
bool Deletes(const KafkaConfigs& configs) {
  const auto policy = configs.find("cleanup.policy");
  return policy == configs.end() || absl::StrContains(policy->second, "delete");
}

// Does what waits lie in the oldest quarter of what is retained? Where deletion
// by size comes next; a processor at work is far from it.
bool WaitsNearTheTail(const ClusterFacts& facts, Partition partition) {
  for (const PartitionStatus& at : facts.status.partitions) {
    if (at.partition != partition || !at.input.has_value()) continue;
    if (!at.checkpoint.has_value()) return true;
    const int64_t retained = at.input->high.value() - at.input->low.value();
    return at.checkpoint->next_offset() - at.input->low.value() < retained / 4;
  }
  return false;
}

// How soon it comes to that, records' sizes would tell, and who writes more.
void DiagnoseRetentionBySize(const ClusterFacts& facts,
                             std::vector<Finding>* out) {
  const auto bytes = NumberOf(facts.input.configs, "retention.bytes");
  if (bytes.value_or(-1) < 0 || !Deletes(facts.input.configs)) return;
  std::vector<std::string> waiting;
  for (const InputPartitionFacts& input : facts.input_partitions) {
    if (!input.oldest_waiting.has_value()) continue;
    if (!WaitsNearTheTail(facts, input.partition)) continue;
    waiting.push_back(absl::StrCat(input.partition.value()));
  }
  if (waiting.empty()) return;
  out->push_back(
      {Grade::kWarn, "retention",
       absl::StrCat("records wait near the end of what is retained, in "
                    "partition ",
                    absl::StrJoin(waiting, ", "),
                    ", and the topic's retention.bytes=", *bytes,
                    " deletes the oldest by size: when, is not known"),
       "what is deleted unread cannot be folded in: a start would refuse",
       absl::StrCat("start processors; meanwhile ",
                    Alter(facts, facts.input.name, "retention.bytes=-1"))});
}

void DiagnoseRetention(const ClusterFacts& facts,
                       const InputPartitionFacts& input,
                       std::vector<Finding>* out) {
  const auto retention = NumberOf(facts.input.configs, "retention.ms");
  if (!input.oldest_waiting.has_value() || !retention.has_value() ||
      *retention < 0 || !Deletes(facts.input.configs)) {
    return;
  }
  const absl::Duration left =
      *input.oldest_waiting + absl::Milliseconds(*retention) - facts.status.now;
  if (left > std::min(kSoon, absl::Milliseconds(*retention) / 4)) return;
  out->push_back(
      {Grade::kWarn, "retention",
       left > absl::ZeroDuration()
           ? absl::StrCat("partition ", input.partition.value(),
                          ": the oldest record that waits is deleted in ",
                          ShortDuration(left))
           : absl::StrCat("partition ", input.partition.value(),
                          ": the oldest record that waits may be deleted at "
                          "any moment"),
       "what is deleted unread cannot be folded in: a start would refuse",
       absl::StrCat(
           "start processors; meanwhile ",
           AlterCommand(
               facts.status.bootstrap_servers, facts.input.name,
               absl::StrCat("retention.ms=",
                            std::max<int64_t>(*retention, 604800000) * 2)))});
}

// What was proven of it, and what was not seen.
Finding StateWithoutTrouble(const ApplicationStatus& status) {
  if (status.partitions.empty()) {
    return {Grade::kWarn, "state",
            "not seen: the results topic is not there, or may not be read", "",
            "see the findings about the check and what is unseen"};
  }
  size_t states = 0;
  size_t unknown = 0;
  size_t undecided = 0;
  size_t behind = 0;   // or ahead, as the mode allows it
  size_t foreign = 0;  // and taken over, or it would be a trouble
  for (const PartitionStatus& at : status.partitions) {
    if (at.checkpoint.has_value()) ++states;
    if (at.agreement == Agreement::kUnknown) ++unknown;
    if (at.agreement == Agreement::kUndecided) ++undecided;
    if (at.agreement == Agreement::kForeign) ++foreign;
    if (at.agreement == Agreement::kBehind ||
        at.agreement == Agreement::kAhead) {
      ++behind;
    }
  }
  Finding finding{Grade::kOk, "state", "", "", ""};
  finding.what = states == 0 ? "no state yet" : "proven";
  if (states > 0 && states < status.partitions.size()) {
    absl::StrAppend(&finding.what, " in ", states, " of ",
                    Plural(status.partitions.size(), "partition"),
                    ", the others have none yet");
  }
  if (foreign > 0) {
    absl::StrAppend(&finding.what, "; in ", Plural(foreign, "partition"),
                    " a start goes on from another program's offset");
  }
  std::vector<std::string> unseen;
  if (unknown > 0) {
    unseen.emplace_back("whether the group's offsets agree with it");
  } else if (undecided > 0) {
    unseen.emplace_back(
        "whether the group's offsets agree with it (a transaction that moves "
        "them is open)");
  } else if (states > 0) {
    finding.what += behind > 0 ? ", the group's offsets as the mode has them"
                               : ", in agreement with the group";
  }
  if (!status.group.has_value()) {
    unseen.emplace_back("whether a processor works on it");
  } else {
    finding.what += "; each partition has its processor";
  }
  if (unseen.empty()) return finding;
  finding.grade = Grade::kWarn;
  absl::StrAppend(&finding.what, "; not seen: ", absl::StrJoin(unseen, ", "));
  finding.mend = unknown == 0 && status.group.has_value()
                     ? "ask again"
                     : "let this user Describe the group";
  return finding;
}

// Nothing is wrong with it, as far as it was seen.
Finding InputWithoutTrouble(const ClusterFacts& facts) {
  Finding finding{Grade::kOk, "input", "", "", ""};
  if (facts.input_partitions.empty()) {
    return {Grade::kWarn, "input", "not seen: it is not there, or not read", "",
            "see the findings about the check and what is unseen"};
  }
  finding.what = "no timestamp is ahead of the clock";
  if (facts.input.configs.count("retention.ms") > 0) {
    finding.what = "nothing is about to be deleted unread; " + finding.what;
    return finding;
  }
  finding.grade = Grade::kWarn;
  finding.what +=
      "; not seen: whether records are about to be deleted unread, as the "
      "topic's retention.ms is not known";
  finding.mend = "let this user DescribeConfigs of the input topic";
  return finding;
}

}  // namespace

void DiagnoseState(const ClusterFacts& facts, std::vector<Finding>* out) {
  const size_t before = out->size();
  for (const Trouble& trouble : TroublesOf(facts.status)) {
    out->push_back(
        {trouble.fatal ? Grade::kFail : Grade::kWarn, "state", trouble.text,
         trouble.fatal ? "a start refuses this state" : "", trouble.mend});
  }
  if (out->size() == before) out->push_back(StateWithoutTrouble(facts.status));
  DiagnoseFingerprint(facts, out);
  DiagnoseMembers(facts, out);
}

void DiagnoseInput(const ClusterFacts& facts, std::vector<Finding>* out) {
  const size_t before = out->size();
  const auto policy = facts.input.configs.find("cleanup.policy");
  if (policy != facts.input.configs.end() &&
      absl::StrContains(policy->second, "compact")) {
    out->push_back(
        {Grade::kWarn, "input",
         absl::StrCat("topic ", facts.input.name, " is compacted"),
         "records that are compacted away before they were read are not "
         "folded in, and a replay (verify, rewind) lacks them",
         "read an input with cleanup.policy=delete"});
  }
  DiagnoseRetentionBySize(facts, out);
  for (const InputPartitionFacts& input : facts.input_partitions) {
    DiagnoseRetention(facts, input, out);
    if (!input.ahead.has_value()) continue;
    out->push_back(
        {Grade::kWarn, "clock",
         absl::StrCat("partition ", input.partition.value(), ", offset ",
                      input.ahead->value(),
                      ": a record's timestamp is ahead of this machine's "
                      "clock"),
         "one clock that is ahead makes all other records late, and their keys "
         "idle",
         "compare the clocks of producers, brokers and this machine"});
  }
  for (const PartitionStatus& at : facts.status.partitions) {
    if (!at.checkpoint.has_value() || !at.input.has_value() ||
        at.input->low.value() <= at.checkpoint->start_offset()) {
      continue;
    }
    out->push_back(
        {Grade::kWarn, "replay",
         absl::StrCat("partition ", at.partition.value(),
                      ": the input before offset ", at.input->low.value(),
                      " is no longer retained"),
         "verify and rewind cannot fold it again",
         "nothing brings it back; keep what is still there with a longer "
         "retention.ms"});
  }
  if (out->size() == before) out->push_back(InputWithoutTrouble(facts));
}

}  // namespace exactmean
