// The part of TestAdmin that is about groups.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/kafka/status.h"
#include "processor/kafka/testing/test_admin.h"

namespace exactmean {
namespace {

absl::Status GroupError(const rd_kafka_group_result_t* result,
                        const std::string& what) {
  absl::Status status = ToStatus(rd_kafka_group_result_error(result), what);
  if (!status.ok()) return status;
  const auto* partitions = rd_kafka_group_result_partitions(result);
  return partitions == nullptr ? absl::OkStatus()
                               : FirstPartitionError(partitions, what);
}

}  // namespace

absl::StatusOr<TestOffsets> TestAdmin::CommittedOffsets(
    const std::string& group, const std::string& topic) {
  const std::string what = absl::StrCat("offsets of group ", group);
  auto* asked = rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr);
  const auto event = Call(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, what,
                          Isolation::kUncommitted, [&](auto* opt, auto* queue) {
                            rd_kafka_ListConsumerGroupOffsets(
                                client_.get(), &asked, 1, opt, queue);
                          });
  rd_kafka_ListConsumerGroupOffsets_destroy(asked);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no answer"));
  const absl::Status status = GroupError(groups[0], what);
  if (!status.ok()) return status;
  TestOffsets offsets;
  const auto* list = rd_kafka_group_result_partitions(groups[0]);
  for (int i = 0; list != nullptr && i < list->cnt; ++i) {
    if (topic == list->elems[i].topic && list->elems[i].offset >= 0) {
      offsets[list->elems[i].partition] = list->elems[i].offset;
    }
  }
  return offsets;
}

absl::Status TestAdmin::AlterGroupOffsets(const std::string& group,
                                          const std::string& topic,
                                          const TestOffsets& offsets) {
  const std::string what = absl::StrCat("setting offsets of group ", group);
  const PartitionListHandle list = ListOf(topic, offsets);
  auto* asked =
      rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get());
  const auto event = Call(RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, what,
                          Isolation::kUncommitted, [&](auto* opt, auto* queue) {
                            rd_kafka_AlterConsumerGroupOffsets(
                                client_.get(), &asked, 1, opt, queue);
                          });
  rd_kafka_AlterConsumerGroupOffsets_destroy(asked);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
      rd_kafka_event_AlterConsumerGroupOffsets_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no answer"));
  return GroupError(groups[0], what);
}

absl::Status TestAdmin::DeleteGroupOffsets(
    const std::string& group, const std::string& topic,
    const std::vector<int32_t>& partitions) {
  const std::string what = absl::StrCat("deleting offsets of group ", group);
  TestOffsets offsets;
  for (const int32_t partition : partitions) offsets[partition] = 0;
  const PartitionListHandle list = ListOf(topic, offsets);
  auto* asked =
      rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get());
  const auto event = Call(RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, what,
                          Isolation::kUncommitted, [&](auto* opt, auto* queue) {
                            rd_kafka_DeleteConsumerGroupOffsets(
                                client_.get(), &asked, 1, opt, queue);
                          });
  rd_kafka_DeleteConsumerGroupOffsets_destroy(asked);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
      rd_kafka_event_DeleteConsumerGroupOffsets_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no answer"));
  return GroupError(groups[0], what);
}

}  // namespace exactmean
