// KafkaAdmin: topics, and the configuration of topics and brokers.

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/admin_allowed.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

TopicDescription ToDescription(const rd_kafka_TopicDescription_t* found) {
  TopicDescription description;
  size_t count = 0;
  const rd_kafka_TopicPartitionInfo_t** partitions =
      rd_kafka_TopicDescription_partitions(found, &count);
  description.partitions = static_cast<int32_t>(count);
  description.replication_factor = std::numeric_limits<int>::max();
  description.in_sync = std::numeric_limits<int>::max();
  for (size_t i = 0; i < count; ++i) {
    size_t replicas = 0;
    rd_kafka_TopicPartitionInfo_replicas(partitions[i], &replicas);
    description.replication_factor =
        std::min(description.replication_factor, static_cast<int>(replicas));
    size_t in_sync = 0;
    rd_kafka_TopicPartitionInfo_isr(partitions[i], &in_sync);
    description.in_sync =
        std::min(description.in_sync, static_cast<int>(in_sync));
  }
  const rd_kafka_AclOperation_t* operations =
      rd_kafka_TopicDescription_authorized_operations(found, &count);
  description.allowed = ToAllowed(operations, count);
  return description;
}

}  // namespace

absl::StatusOr<TopicDescription> KafkaAdmin::DescribeTopic(
    const std::string& topic, absl::Duration timeout) {
  const std::string what = absl::StrCat("topic ", topic);
  const char* names[] = {topic.c_str()};
  const TopicCollectionHandle asked(
      rd_kafka_TopicCollection_of_topic_names(names, 1));
  const auto event = Call(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, timeout, what,
                          [&](auto* options, auto* answers) {
                            rd_kafka_DescribeTopics(client_.get(), asked.get(),
                                                    options, answers);
                          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_TopicDescription_t** topics =
      rd_kafka_DescribeTopics_result_topics(
          rd_kafka_event_DescribeTopics_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const absl::Status status =
      ToStatus(rd_kafka_TopicDescription_error(topics[0]), what);
  if (!status.ok()) return status;
  return ToDescription(topics[0]);
}

absl::StatusOr<std::map<std::string, std::string>> KafkaAdmin::TopicConfigs(
    const std::string& topic, absl::Duration timeout) {
  return Configs(RD_KAFKA_RESOURCE_TOPIC, topic,
                 absl::StrCat("configuration of topic ", topic), timeout);
}

absl::StatusOr<std::map<std::string, std::string>> KafkaAdmin::BrokerConfigs(
    int32_t broker, absl::Duration timeout) {
  return Configs(RD_KAFKA_RESOURCE_BROKER, absl::StrCat(broker),
                 absl::StrCat("configuration of broker ", broker), timeout);
}

absl::StatusOr<std::map<std::string, std::string>> KafkaAdmin::Configs(
    rd_kafka_ResourceType_t type, const std::string& name,
    const std::string& what, absl::Duration timeout) {
  const ConfigResourceHandle resource(
      rd_kafka_ConfigResource_new(type, name.c_str()));
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const auto event = Call(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout, what,
                          [&](auto* options, auto* answers) {
                            rd_kafka_DescribeConfigs(client_.get(), asked, 1,
                                                     options, answers);
                          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(
          rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const char* text = rd_kafka_ConfigResource_error_string(resources[0]);
  const absl::Status status =
      ToStatus(rd_kafka_ConfigResource_error(resources[0]), what,
               text == nullptr ? "" : text);
  if (!status.ok()) return status;
  const rd_kafka_ConfigEntry_t** entries =
      rd_kafka_ConfigResource_configs(resources[0], &count);
  std::map<std::string, std::string> configs;
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    configs[rd_kafka_ConfigEntry_name(entries[i])] =
        value == nullptr ? "" : value;
  }
  return configs;
}

}  // namespace exactmean
