// KafkaLibraryVersion.

#include "processor/kafka/library.h"

#include <librdkafka/rdkafka.h>

namespace exactmean {

std::string KafkaLibraryVersion() { return rd_kafka_version_str(); }

}  // namespace exactmean
