// Lists of partitions as librdkafka's admin calls take and return them.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_PARTITION_LISTS_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_PARTITION_LISTS_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/status.h"

namespace exactmean {

// By partition.
using TestOffsets = std::map<int32_t, int64_t>;

inline PartitionListHandle ListOf(const std::string& topic,
                                  const TestOffsets& offsets) {
  PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)
        ->offset = offset;
  }
  return list;
}

inline absl::Status FirstPartitionError(
    const rd_kafka_topic_partition_list_t* list, const std::string& what) {
  for (int i = 0; i < list->cnt; ++i) {
    absl::Status status = ToStatus(list->elems[i].err, what);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_PARTITION_LISTS_H_
