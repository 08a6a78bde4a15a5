// Making librdkafka clients: version check, properties, logging.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_CLIENT_H_
#define EXACTMEAN_PROCESSOR_KAFKA_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"
#include "processor/kafka/properties.h"
#include "processor/log.h"

#if RD_KAFKA_VERSION < 0x02080000
#error "librdkafka 2.8.0 or newer is needed: run tools/setup.sh"
#endif

namespace exactmean {

// Whether the librdkafka that is loaded, not only that compiled against, is
// new enough. kFailedPrecondition says which one it is.
absl::Status CheckLibraryVersion();

// kInvalidArgument: a property is unknown, has a wrong value, or is not the
// user's to set. The client's log lines go to glog.
absl::StatusOr<ConfHandle> NewConf(const KafkaOptions& options,
                                   ClientKind kind);

// A client of that kind. `used_by_callbacks` is handed to them as opaque, and
// kept until the client's threads have ended. Does not wait for a broker.
absl::StatusOr<ClientHandle> NewClient(
    ConfHandle conf, ClientKind kind,
    std::shared_ptr<void> used_by_callbacks = nullptr);

// For clients without callbacks.
absl::StatusOr<ClientHandle> NewClient(const KafkaOptions& options,
                                       ClientKind kind);

// The number of a topic's partitions. kNotFound: there is no such topic.
absl::StatusOr<int32_t> FetchPartitionCount(rd_kafka_t* client,
                                            absl::string_view topic,
                                            absl::Duration timeout);

// Likewise its id, too. Works with any client.
absl::StatusOr<TopicIdentity> FetchIdentity(rd_kafka_t* client,
                                            const std::string& topic,
                                            absl::Duration timeout);

// For librdkafka's timeouts: at least 1 ms unless zero, and never infinite.
int ToMilliseconds(absl::Duration duration);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_CLIENT_H_
