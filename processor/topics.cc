// CheckTopics, CheckCluster and CreateTopics.

#include "processor/topics.h"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/config/kafka_options.h"
#include "processor/kafka/admin.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);

absl::StatusOr<std::unique_ptr<KafkaAdmin>> Connect(const Settings& settings) {
  auto admin = KafkaAdmin::Create(KafkaOptionsOf(settings, "admin"));
  if (!admin.ok()) return Stop(StopReason::kConfig, admin.status().message());
  const absl::Status reachable =
      (*admin)->CountBrokers(settings.unreachable_deadline).status();
  if (absl::IsPermissionDenied(reachable)) {
    return Stop(StopReason::kConfig, reachable.message());
  }
  if (!reachable.ok()) {
    return Stop(StopReason::kUnreachable, reachable.message());
  }
  return admin;
}

std::string Missing(const std::string& topic, absl::string_view mend) {
  return absl::StrCat("topic \"", topic, "\" does not exist. ", mend);
}

// What is wrong with the results topic of an input with `partitions`.
std::vector<std::string> ResultsProblems(const std::string& topic,
                                         const TopicDescription& found,
                                         int32_t partitions) {
  std::vector<std::string> problems;
  if (found.partitions != partitions) {
    problems.push_back(absl::StrCat(
        "results topic \"", topic, "\" has ", found.partitions,
        " partitions, the input ", partitions,
        ": they must be equal. Delete it if it holds nothing yet, and run "
        "exactmean --create_topics"));
  }
  const auto policy = found.configs.find("cleanup.policy");
  if (policy == found.configs.end() || policy->second != "compact") {
    problems.push_back(absl::StrCat(
        "results topic \"", topic, "\" has cleanup.policy=",
        policy == found.configs.end() ? "?" : policy->second,
        ", so Kafka may delete state. Set it: kafka-configs --alter "
        "--entity-type topics --entity-name ",
        topic, " --add-config cleanup.policy=compact"));
  }
  return problems;
}

// Partitions of the input; appends to `problems`.
absl::StatusOr<int32_t> CheckInput(KafkaAdmin* admin,
                                   const std::string& topic) {
  const auto found = admin->DescribeTopic(topic, kPatience);
  if (absl::IsNotFound(found.status())) {
    return absl::NotFoundError(
        Missing(topic, "It is the input: check input.topic for a slip"));
  }
  if (!found.ok()) return found.status();
  return found->partitions;
}

absl::Status CheckOutputs(KafkaAdmin* admin, const Settings& settings,
                          int32_t partitions) {
  constexpr absl::string_view kCreate = "Run exactmean --create_topics";
  std::vector<std::string> problems;
  const auto results = admin->DescribeTopic(settings.results_topic, kPatience);
  if (absl::IsNotFound(results.status())) {
    problems.push_back(Missing(settings.results_topic, kCreate));
  } else if (!results.ok()) {
    problems.emplace_back(results.status().message());
  } else {
    problems = ResultsProblems(settings.results_topic, *results, partitions);
  }
  if (!settings.updates_topic.empty()) {
    const auto updates =
        admin->DescribeTopic(settings.updates_topic, kPatience);
    if (absl::IsNotFound(updates.status())) {
      problems.push_back(Missing(settings.updates_topic, kCreate));
    } else if (!updates.ok()) {
      problems.emplace_back(updates.status().message());
    } else if (updates->partitions != partitions) {
      problems.push_back(
          absl::StrCat("updates topic \"", settings.updates_topic, "\" has ",
                       updates->partitions, " partitions, the input ",
                       partitions, ": they must be equal"));
    }
  }
  if (problems.empty()) return absl::OkStatus();
  return Stop(StopReason::kConfig, absl::StrJoin(problems, "\n"));
}

absl::Status CreateOne(KafkaAdmin* admin, const Settings& settings,
                       const std::string& topic, int32_t partitions,
                       const std::map<std::string, std::string>& configs) {
  NewTopic wanted;
  wanted.name = topic;
  wanted.partitions = partitions;
  if (settings.replication_factor > 0) {
    wanted.replication_factor = settings.replication_factor;
  }
  wanted.configs = configs;
  const absl::Status created = admin->CreateTopic(wanted, kPatience);
  if (absl::IsAlreadyExists(created)) {
    std::cout << "topic \"" << topic << "\" exists already\n";
    return absl::OkStatus();
  }
  if (!created.ok()) return Stop(StopReason::kConfig, created.message());
  std::cout << "created topic \"" << topic << "\" with " << partitions
            << " partitions\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int32_t> CheckTopics(const Settings& settings) {
  const auto admin = Connect(settings);
  if (!admin.ok()) return admin.status();
  const auto partitions = CheckInput(admin->get(), settings.input_topic);
  if (!partitions.ok()) {
    return Stop(StopReason::kConfig, partitions.status().message());
  }
  const absl::Status outputs =
      CheckOutputs(admin->get(), settings, *partitions);
  if (!outputs.ok()) return outputs;
  return *partitions;
}

absl::Status CheckCluster(const Settings& settings) {
  const auto partitions = CheckTopics(settings);
  if (!partitions.ok()) return partitions.status();
  std::cout << "ok: input \"" << settings.input_topic << "\" with "
            << *partitions << " partitions, results \""
            << settings.results_topic << "\" compacted\n";
  return absl::OkStatus();
}

absl::Status CreateTopics(const Settings& settings) {
  const auto admin = Connect(settings);
  if (!admin.ok()) return admin.status();
  const auto partitions = CheckInput(admin->get(), settings.input_topic);
  if (!partitions.ok()) {
    return Stop(StopReason::kConfig, partitions.status().message());
  }
  // Small segments roll soon and are compacted soon: a restore reads what
  // compaction has not removed yet.
  absl::Status status =
      CreateOne(admin->get(), settings, settings.results_topic, *partitions,
                {{"cleanup.policy", "compact"},
                 {"segment.bytes", "67108864"},
                 {"min.cleanable.dirty.ratio", "0.3"}});
  if (status.ok() && !settings.updates_topic.empty()) {
    status = CreateOne(admin->get(), settings, settings.updates_topic,
                       *partitions, {});
  }
  if (!status.ok()) return status;
  return CheckOutputs(admin->get(), settings, *partitions);
}

}  // namespace exactmean
