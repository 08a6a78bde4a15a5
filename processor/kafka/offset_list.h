// Partitions and their offsets, as librdkafka takes them.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_OFFSET_LIST_H_
#define EXACTMEAN_PROCESSOR_KAFKA_OFFSET_LIST_H_

#include <string>

#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/log.h"

namespace exactmean {

// Each with the same offset.
PartitionListHandle PartitionList(
    const std::string& topic, absl::Span<const Partition> partitions,
    Offset offset = Offset(RD_KAFKA_OFFSET_INVALID));

// To be committed: each with kOffsetNote.
PartitionListHandle OffsetList(const std::string& topic,
                               absl::Span<const PartitionOffset> offsets);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_OFFSET_LIST_H_
