// Diagnose: copies of topics, and how long they keep what waits in them.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/program/kafka_tool.h"
#include "state/counts.h"
#include "tools/inspect/cluster/diagnosis.h"
#include "tools/inspect/cluster/diagnosis_parts.h"
#include "tools/inspect/cluster/status_text.h"

namespace exactmean {
namespace {

// Partitions of a topic, each on as many brokers as there are, up to three.
std::string Reassignment(const ClusterFacts& facts, const TopicFacts& topic) {
  const size_t copies = std::min<size_t>(3, facts.brokers.size());
  if (copies < 2) {
    return "start more brokers, 3 in all; `doctor` then names the command that "
           "spreads the topic";
  }
  std::vector<std::string> partitions;
  for (int32_t p = 0; p < topic.description->partitions; ++p) {
    std::vector<int32_t> replicas;
    for (size_t i = 0; i < copies; ++i) {
      replicas.push_back(
          facts.brokers[(static_cast<size_t>(p) + i) % facts.brokers.size()]);
    }
    partitions.push_back(
        absl::StrCat(R"({"topic":")", topic.name, R"(","partition":)", p,
                     R"(,"replicas":[)", absl::StrJoin(replicas, ","), "]}"));
  }
  return absl::StrCat(
      R"(echo '{"version":1,"partitions":[)", absl::StrJoin(partitions, ","),
      "]}' > ", topic.name, ".json && ",
      KafkaTool("reassign-partitions", facts.status.bootstrap_servers),
      " --reassignment-json-file ", topic.name, ".json --execute");
}

// Of a topic of ours, or of one of Kafka's own. Whether a commit outlives a
// broker rests on all of them; on few brokers there is nothing to choose.
void DiagnoseCopies(const ClusterFacts& facts, const TopicFacts& topic,
                    bool kafkas, std::vector<Finding>* out) {
  const int copies = topic.description->replication_factor;
  const std::string where = absl::StrCat("topic ", topic.name, ": ");
  const int wanted = !kafkas ? 2 : facts.brokers.size() >= 3 ? 3 : 1;
  if (copies < wanted) {
    const std::string found =
        copies == 1 ? absl::StrCat("one copy (",
                                   Plural(facts.brokers.size(), "broker"), ")")
                    : absl::StrCat(copies, " copies on ",
                                   Plural(facts.brokers.size(), "broker"));
    out->push_back(
        {Grade::kWarn, "replication", where + found,
         kafkas ? "the outcome of transactions, and the group's offsets, are "
                  "there: without them nobody commits, and what is lost of "
                  "them may be committed twice or not at all"
                : "a disk that dies takes it along",
         Reassignment(facts, topic)});
  } else {
    out->push_back(
        {Grade::kOk, "replication",
         absl::StrCat(where, copies, copies == 1 ? " copy, " : " copies, ",
                      topic.description->in_sync, " in sync"),
         "", ""});
  }
}

void DiagnoseInSync(const ClusterFacts& facts, const TopicFacts& topic,
                    std::vector<Finding>* out) {
  const int copies = topic.description->replication_factor;
  const std::string where = absl::StrCat("topic ", topic.name, ": ");
  const auto least = NumberOf(topic.configs, "min.insync.replicas");
  if (least.has_value() && topic.description->in_sync < *least) {
    out->push_back({Grade::kFail, "in-sync",
                    absl::StrCat(where, topic.description->in_sync,
                                 " replicas are in sync, min.insync.replicas "
                                 "is ",
                                 *least),
                    "nothing can be written to it now", "start the brokers"});
  } else if (least.has_value() && copies >= 3 && *least < 2) {
    out->push_back({Grade::kWarn, "min.insync.replicas",
                    absl::StrCat(where, "1, with ", copies, " copies"),
                    "a commit that one broker has alone is lost with it",
                    Alter(facts, topic.name, "min.insync.replicas=2")});
  }
  const auto unclean = topic.configs.find("unclean.leader.election.enable");
  if (unclean != topic.configs.end() && unclean->second == "true") {
    out->push_back(
        {Grade::kWarn, "unclean.leader.election.enable",
         absl::StrCat(where, "true"),
         "a broker that lacks committed records may become leader: they are "
         "lost, and no guarantee holds",
         Alter(facts, topic.name, "unclean.leader.election.enable=false")});
  }
}

bool IsCompacted(const TopicFacts& topic) {
  const auto policy = topic.configs.find("cleanup.policy");
  return policy != topic.configs.end() &&
         absl::StrContains(policy->second, "compact");
}

}  // namespace

std::string Alter(const ClusterFacts& facts, const std::string& topic,
                  const std::string& configs) {
  return AlterCommand(facts.status.bootstrap_servers, topic, configs);
}

void DiagnoseDurability(const ClusterFacts& facts, std::vector<Finding>* out) {
  const auto diagnose = [&](const TopicFacts& topic, bool kafkas) {
    if (!topic.description.has_value()) return;
    DiagnoseCopies(facts, topic, kafkas, out);
    DiagnoseInSync(facts, topic, out);
  };
  diagnose(facts.input, false);
  diagnose(facts.results, false);
  for (const TopicFacts& topic : facts.of_kafka) diagnose(topic, true);
}

// Records keep the timestamps that they have in the input, by which they are
// deleted.
void DiagnoseDiverted(const ClusterFacts& facts, std::vector<Finding>* out) {
  for (const DivertedFacts& its : facts.diverted) {
    const TopicFacts& topic = its.topic;
    const bool retries = its.delay.has_value();
    const std::string check = retries ? "retry topic" : "dead letters";
    const std::string where = absl::StrCat("topic ", topic.name, ": ");
    if (IsCompacted(topic)) {
      out->push_back({Grade::kFail, check, where + "it is compacted",
                      "of records with the same key all but the newest are "
                      "lost, and those without a key are refused",
                      Alter(facts, topic.name, "cleanup.policy=delete")});
    }
    const auto retention = NumberOf(topic.configs, "retention.ms");
    if (!retention.has_value()) continue;
    const absl::Duration kept = absl::Milliseconds(*retention);
    const std::string keep = Alter(facts, topic.name, "retention.ms=-1");
    if (*retention < 0) {
      out->push_back({Grade::kOk, check, where + "kept for ever", "", ""});
    } else if (!retries) {
      out->push_back({Grade::kOk, check,
                      absl::StrCat(where, "kept for ", ShortDuration(kept),
                                   " after the record's own time; what is not "
                                   "redriven by then is lost"),
                      "", ""});
    } else {
      const bool lost = kept < *its.delay;
      out->push_back(
          {lost ? Grade::kFail : Grade::kWarn, check,
           absl::StrCat(where, "kept for ", ShortDuration(kept),
                        " after the record's own time, tried again after ",
                        ShortDuration(*its.delay)),
           lost ? "records are deleted before they are tried again, and a "
                  "start refuses to go on without them"
                : "records that are old when they come there, or wait for a "
                  "processor for so long, are deleted before they are tried "
                  "again, and a start refuses to go on without them",
           keep});
    }
  }
}

}  // namespace exactmean
