// KafkaAdmin: topics, their configuration, and what is allowed.

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

// None at all: as who may describe a thing may do at least that, the cluster
// has not told.
AllowedOperations ToAllowed(const rd_kafka_AclOperation_t* operations,
                            size_t count) {
  if (operations == nullptr || count == 0) return absl::nullopt;
  std::set<Operation> allowed;
  for (size_t i = 0; i < count; ++i) {
    switch (operations[i]) {
      case RD_KAFKA_ACL_OPERATION_READ:
        allowed.insert(Operation::kRead);
        break;
      case RD_KAFKA_ACL_OPERATION_WRITE:
        allowed.insert(Operation::kWrite);
        break;
      case RD_KAFKA_ACL_OPERATION_CREATE:
        allowed.insert(Operation::kCreate);
        break;
      case RD_KAFKA_ACL_OPERATION_DESCRIBE:
        allowed.insert(Operation::kDescribe);
        break;
      case RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS:
        allowed.insert(Operation::kDescribeConfigs);
        break;
      default:
        break;
    }
  }
  return allowed;
}

TopicDescription ToDescription(const rd_kafka_TopicDescription_t* found) {
  TopicDescription description;
  size_t count = 0;
  const rd_kafka_TopicPartitionInfo_t** partitions =
      rd_kafka_TopicDescription_partitions(found, &count);
  description.partitions = static_cast<int32_t>(count);
  description.replication_factor = std::numeric_limits<int>::max();
  for (size_t i = 0; i < count; ++i) {
    size_t replicas = 0;
    rd_kafka_TopicPartitionInfo_replicas(partitions[i], &replicas);
    description.replication_factor =
        std::min(description.replication_factor, static_cast<int>(replicas));
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
  const std::string what = absl::StrCat("configuration of topic ", topic);
  const ConfigResourceHandle resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
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

absl::StatusOr<AllowedOperations> KafkaAdmin::GroupOperations(
    const std::string& group, absl::Duration timeout) {
  const std::string what = absl::StrCat("group ", group);
  const char* asked[] = {group.c_str()};
  const auto event = Call(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, timeout,
                          what, [&](auto* options, auto* answers) {
                            rd_kafka_DescribeConsumerGroups(
                                client_.get(), asked, 1, options, answers);
                          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConsumerGroupDescription_t** groups =
      rd_kafka_DescribeConsumerGroups_result_groups(
          rd_kafka_event_DescribeConsumerGroups_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const absl::Status status =
      ToStatus(rd_kafka_ConsumerGroupDescription_error(groups[0]), what);
  if (!status.ok()) return status;
  const rd_kafka_AclOperation_t* operations =
      rd_kafka_ConsumerGroupDescription_authorized_operations(groups[0],
                                                              &count);
  return ToAllowed(operations, count);
}

}  // namespace exactmean
