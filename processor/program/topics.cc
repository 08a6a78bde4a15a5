// CheckTopics, CheckCluster, ExplainDenied and CreateTopics.

#include "processor/program/topics.h"

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/config/kafka_options.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/client_check.h"
#include "processor/kafka/properties.h"
#include "processor/program/access.h"
#include "processor/program/cluster_check.h"
#include "processor/stop.h"
#include "state/counts.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(15);

absl::StatusOr<std::unique_ptr<KafkaAdmin>> Connect(
    const Settings& settings, const std::atomic<bool>* stop = nullptr) {
  const KafkaOptions options = KafkaOptionsOf(settings, "admin");
  auto admin = KafkaAdmin::Create(options, stop);
  if (!admin.ok()) return Stop(StopReason::kConfig, admin.status().message());
  for (const std::string& warning : SecurityWarnings(settings.properties)) {
    LOG(WARNING) << warning;
  }
  const absl::Status reachable =
      (*admin)->CountBrokers(settings.unreachable_deadline).status();
  if (!reachable.ok()) {
    return Stop(absl::IsUnavailable(reachable) ? StopReason::kUnreachable
                                               : StopReason::kConfig,
                reachable.message());
  }
  // Last: where nobody is, each of them would complain.
  const absl::Status clients = CheckClients(options);
  if (!clients.ok()) return Stop(StopReason::kConfig, clients.message());
  return admin;
}

// A dead letter, or what waits in a retry topic, has its record's timestamp:
// with a time to keep records, an old one would be deleted as soon as it is
// written, and one from the future refused (by Kafka 4's default, from an hour
// on). And it is larger than its record, by its headers.
std::map<std::string, std::string> DivertedConfigs() {
  return {{"cleanup.policy", "delete"},
          {"retention.ms", "-1"},
          {"retention.bytes", "-1"},
          {"message.timestamp.type", "CreateTime"},
          {"message.timestamp.before.max.ms", kAnyTime},
          {"message.timestamp.after.max.ms", kAnyTime},
          {"max.message.bytes", absl::StrCat(kMaxDeadLetterBytes)}};
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
  // Who finds it there need not be allowed to create it.
  const absl::Status created = admin->DescribeTopic(topic, kPatience).ok()
                                   ? absl::AlreadyExistsError(topic)
                                   : admin->CreateTopic(wanted, kPatience);
  if (absl::IsAlreadyExists(created)) {
    std::cout << "topic \"" << topic << "\" exists already\n";
    return absl::OkStatus();
  }
  if (absl::IsPermissionDenied(created)) {
    return Stop(
        StopReason::kConfig,
        ToString(Denial(settings.bootstrap_servers,
                        {ResourceKind::kTopic, topic}, {Operation::kCreate})));
  }
  if (!created.ok()) return Stop(StopReason::kConfig, created.message());
  std::cout << "created topic \"" << topic << "\" with "
            << Plural(static_cast<uint64_t>(partitions), "partition") << "\n";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int32_t> CheckTopics(const Settings& settings,
                                    const std::atomic<bool>* stop) {
  const auto admin = Connect(settings, stop);
  if (!admin.ok()) return admin.status();
  ClusterCheck check(admin->get(), settings);
  check.CheckForRun();
  const absl::Status found = check.Result();
  if (!found.ok()) return found;
  return check.partitions();
}

absl::Status CheckCluster(const Settings& settings) {
  const auto admin = Connect(settings);
  if (!admin.ok()) return admin.status();
  ClusterCheck check(admin->get(), settings);
  check.CheckForRun();
  check.CheckTransactionalIds();
  const absl::Status found = check.Result();
  if (!found.ok()) return found;
  std::cout << "ok: input \"" << settings.input_topic << "\" with "
            << Plural(static_cast<uint64_t>(check.partitions()), "partition")
            << ", results \"" << settings.results_topic << "\" compacted\n"
            << (check.access_known()
                    ? "ok: authorised for all that a run does\n"
                    : "not checked: the cluster does not tell what is "
                      "authorised\n");
  return absl::OkStatus();
}

absl::Status ExplainDenied(const Settings& settings,
                           const absl::Status& denied) {
  const auto stop = [&](const absl::Status& found) {
    return Stop(StopReason::kConfig,
                found.ok()
                    ? std::string(denied.message())
                    : absl::StrCat(denied.message(), "\n", found.message()));
  };
  const auto admin = Connect(settings);
  if (!admin.ok()) return stop(admin.status());
  ClusterCheck check(admin->get(), settings);
  check.CheckForRun();
  check.CheckTransactionalIds();
  return stop(check.Result());
}

absl::Status CreateTopics(const Settings& settings) {
  const auto admin = Connect(settings);
  if (!admin.ok()) return admin.status();
  ClusterCheck check(admin->get(), settings);
  check.CheckInput({Operation::kDescribe});
  absl::Status status = check.Result();
  if (!status.ok()) return status;
  // Small segments roll soon and are compacted soon: a restore reads what
  // compaction has not removed yet.
  status = CreateOne(admin->get(), settings, settings.results_topic,
                     check.partitions(),
                     {{"cleanup.policy", "compact"},
                      {"segment.bytes", "67108864"},
                      {"min.cleanable.dirty.ratio", "0.3"}});
  if (status.ok() && !settings.updates_topic.empty()) {
    status = CreateOne(admin->get(), settings, settings.updates_topic,
                       check.partitions(), {});
  }
  if (status.ok() && WritesDeadLetters(settings)) {
    status = CreateOne(admin->get(), settings, settings.dead_letter_topic,
                       check.partitions(), DivertedConfigs());
  }
  for (const RetryPolicy::Topic& topic : settings.retry.topics) {
    if (!status.ok()) break;
    status = CreateOne(admin->get(), settings, topic.name, check.partitions(),
                       DivertedConfigs());
  }
  if (!status.ok()) return status;
  check.CheckResults({Operation::kDescribe, Operation::kDescribeConfigs});
  check.CheckUpdates({Operation::kDescribe});
  check.CheckDeadLetters({Operation::kDescribe, Operation::kDescribeConfigs});
  check.CheckRetryTopics({Operation::kDescribe, Operation::kDescribeConfigs});
  return check.Result();
}

}  // namespace exactmean
