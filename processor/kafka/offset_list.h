// Offsets to be committed, as librdkafka takes them.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_OFFSET_LIST_H_
#define EXACTMEAN_PROCESSOR_KAFKA_OFFSET_LIST_H_

#include <string>

#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/log.h"

namespace exactmean {

// Each with kOffsetNote.
PartitionListHandle OffsetList(const std::string& topic,
                               absl::Span<const PartitionOffset> offsets);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_OFFSET_LIST_H_
