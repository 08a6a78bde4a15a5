// KafkaAdmin: a consumer group, its members and what they are assigned.

#include "absl/strings/str_cat.h"
#include "processor/clock.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/admin_allowed.h"
#include "processor/kafka/status.h"
#include "processor/retry.h"

namespace exactmean {
namespace {

std::string TextOrEmpty(const char* text) {
  return text == nullptr ? "" : text;
}

GroupMember ToMember(const rd_kafka_MemberDescription_t* found) {
  GroupMember member;
  member.id = TextOrEmpty(rd_kafka_MemberDescription_consumer_id(found));
  member.instance =
      TextOrEmpty(rd_kafka_MemberDescription_group_instance_id(found));
  member.client = TextOrEmpty(rd_kafka_MemberDescription_client_id(found));
  member.host = TextOrEmpty(rd_kafka_MemberDescription_host(found));
  const rd_kafka_MemberAssignment_t* const assignment =
      rd_kafka_MemberDescription_assignment(found);
  const rd_kafka_topic_partition_list_t* const list =
      assignment == nullptr ? nullptr
                            : rd_kafka_MemberAssignment_partitions(assignment);
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    member.partitions.emplace_back(list->elems[i].topic,
                                   list->elems[i].partition);
  }
  return member;
}

GroupDescription ToDescription(const rd_kafka_ConsumerGroupDescription_t* g) {
  GroupDescription group;
  group.state = rd_kafka_consumer_group_state_name(
      rd_kafka_ConsumerGroupDescription_state(g));
  const size_t members = rd_kafka_ConsumerGroupDescription_member_count(g);
  for (size_t i = 0; i < members; ++i) {
    group.members.push_back(
        ToMember(rd_kafka_ConsumerGroupDescription_member(g, i)));
  }
  size_t count = 0;
  const rd_kafka_AclOperation_t* const operations =
      rd_kafka_ConsumerGroupDescription_authorized_operations(g, &count);
  group.allowed = ToAllowed(operations, count);
  return group;
}

}  // namespace

// librdkafka does not ask again when the coordinator is moving, or a broker
// that has just started is still reading its groups.
absl::StatusOr<GroupDescription> KafkaAdmin::DescribeGroup(
    const std::string& group, absl::Duration timeout) {
  MonotonicClock clock;
  return AskWhileUnavailable(&clock, timeout,
                             [&] { return DescribeGroupOnce(group, timeout); });
}

absl::StatusOr<GroupDescription> KafkaAdmin::DescribeGroupOnce(
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
  return ToDescription(groups[0]);
}

absl::StatusOr<AllowedOperations> KafkaAdmin::GroupOperations(
    const std::string& group, absl::Duration timeout) {
  const auto found = DescribeGroup(group, timeout);
  if (!found.ok()) return found.status();
  return found->allowed;
}

}  // namespace exactmean
