// Which librdkafka is loaded.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_LIBRARY_H_
#define EXACTMEAN_PROCESSOR_KAFKA_LIBRARY_H_

#include <string>

namespace exactmean {

// As "2.8.0": of the library loaded, not of that compiled against.
std::string KafkaLibraryVersion();

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_LIBRARY_H_
