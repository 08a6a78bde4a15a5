// PartitionList and OffsetList.

#include "processor/kafka/offset_list.h"

#include <cstring>

namespace exactmean {

PartitionListHandle PartitionList(const std::string& topic,
                                  absl::Span<const Partition> partitions,
                                  Offset offset) {
  PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const Partition partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                      partition.value())
        ->offset = offset.value();
  }
  return list;
}

PartitionListHandle OffsetList(const std::string& topic,
                               absl::Span<const PartitionOffset> offsets) {
  PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const PartitionOffset& offset : offsets) {
    rd_kafka_topic_partition_t* const added = rd_kafka_topic_partition_list_add(
        list.get(), topic.c_str(), offset.partition.value());
    added->offset = offset.next.value();
    // The list frees it.
    added->metadata = strndup(kOffsetNote.data(), kOffsetNote.size());
    added->metadata_size = kOffsetNote.size();
  }
  return list;
}

}  // namespace exactmean
