// librdkafka clients that owe nothing to the code under test but its handles.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_RAW_CLIENT_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_RAW_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/kafka/handles.h"

namespace exactmean {

// How long any step of a test client may take.
constexpr absl::Duration kTestPatience = absl::Seconds(30);
constexpr int kTestPatienceMs = 30000;

// `on_delivery` (producers) may be null; `opaque` is kept for it.
absl::StatusOr<ClientHandle> NewRawClient(
    rd_kafka_type_t type, const std::map<std::string, std::string>& properties,
    void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*,
                        void*) = nullptr,
    std::shared_ptr<void> opaque = nullptr);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_RAW_CLIENT_H_
