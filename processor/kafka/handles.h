// Owners of librdkafka's objects, so that none is freed twice or not at all.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_HANDLES_H_
#define EXACTMEAN_PROCESSOR_KAFKA_HANDLES_H_

#include <librdkafka/rdkafka.h>

#include <memory>

namespace exactmean {

template <auto kDestroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

template <typename T, auto kDestroy>
using Handle = std::unique_ptr<T, Destroyer<kDestroy>>;

using ConfHandle = Handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using TopicHandle = Handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using QueueHandle = Handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using ErrorHandle = Handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using EventHandle = Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using MetadataHandle =
    Handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using PartitionListHandle = Handle<rd_kafka_topic_partition_list_t,
                                   rd_kafka_topic_partition_list_destroy>;
using GroupMetadataHandle = Handle<rd_kafka_consumer_group_metadata_t,
                                   rd_kafka_consumer_group_metadata_destroy>;
using HeadersHandle = Handle<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using AdminOptionsHandle =
    Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using NewTopicHandle = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using DeleteTopicHandle =
    Handle<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using DeleteGroupHandle =
    Handle<rd_kafka_DeleteGroup_t, rd_kafka_DeleteGroup_destroy>;
using TopicCollectionHandle =
    Handle<rd_kafka_TopicCollection_t, rd_kafka_TopicCollection_destroy>;
using ConfigResourceHandle =
    Handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

// Ends a client without leaving its group, and waits for its threads, but only
// so long: if one of them hangs, it is left behind with a log line. Whatever
// the client's callbacks use is kept alive until they are gone. The memory that
// is free then goes back to the system.
struct ClientDestroyer {
  std::shared_ptr<void> used_by_callbacks;
  void operator()(rd_kafka_t* client) const;
};
using ClientHandle = std::unique_ptr<rd_kafka_t, ClientDestroyer>;

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_HANDLES_H_
