// KafkaAdmin.

#include "processor/kafka/admin.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "processor/kafka/properties.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr int kTimeoutMs = 15000;

using Event =
    std::unique_ptr<rd_kafka_event_t,
                    KafkaDelete<rd_kafka_event_t, rd_kafka_event_destroy>>;
using AdminOptions = std::unique_ptr<
    rd_kafka_AdminOptions_t,
    KafkaDelete<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>>;
using NewTopic = std::unique_ptr<
    rd_kafka_NewTopic_t,
    KafkaDelete<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>>;
using ConfigResource = std::unique_ptr<
    rd_kafka_ConfigResource_t,
    KafkaDelete<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>>;

// The answer to a request of the admin API.
absl::StatusOr<Event> Await(rd_kafka_queue_t* queue, absl::string_view what) {
  Event event(rd_kafka_queue_poll(queue, kTimeoutMs));
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat(what, ": no answer"));
  }
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return event;
  return ToStatus(
      error,
      absl::StrCat(what, ": ", rd_kafka_event_error_string(event.get())));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Create(
    const KafkaOptions& options) {
  const absl::Status version = CheckLibraryVersion();
  if (!version.ok()) return version;
  auto client = MakeClient(RD_KAFKA_PRODUCER, AdminProperties(options));
  if (!client.ok()) return client.status();
  return absl::WrapUnique(
      new KafkaAdmin(*std::move(client), options.bootstrap_servers));
}

absl::Status KafkaAdmin::CheckReachable(absl::Duration timeout) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_.get(), 0, nullptr, &metadata,
                        static_cast<int>(absl::ToInt64Milliseconds(timeout)));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_metadata_destroy(metadata);
    return absl::OkStatus();
  }
  return ToStatus(error, absl::StrCat("no broker answers at ", servers_));
}

absl::StatusOr<TopicDescription> KafkaAdmin::DescribeTopic(
    const std::string& topic) {
  const std::string what = absl::StrCat("topic \"", topic, "\"");
  const KafkaTopic handle(
      rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_.get(), 0, handle.get(), &metadata, kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, what);
  TopicDescription description;
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  error = found.err;
  description.partitions = found.partition_cnt;
  if (found.partition_cnt > 0) {
    description.replication_factor = found.partitions[0].replica_cnt;
  }
  rd_kafka_metadata_destroy(metadata);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, what);
  const absl::Status configs = DescribeConfigs(topic, &description.configs);
  if (!configs.ok()) return configs;
  return description;
}

absl::Status KafkaAdmin::DescribeConfigs(
    const std::string& topic, std::map<std::string, std::string>* configs) {
  const std::string what = absl::StrCat("settings of topic \"", topic, "\"");
  const ConfigResource resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const KafkaQueue queue(rd_kafka_queue_new(client_.get()));
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  rd_kafka_DescribeConfigs(client_.get(), resources, 1, nullptr, queue.get());
  const absl::StatusOr<Event> event = Await(queue.get(), what);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** described =
      rd_kafka_DescribeConfigs_result_resources(
          rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": none"));
  const rd_kafka_resp_err_t error = rd_kafka_ConfigResource_error(described[0]);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, what);
  const rd_kafka_ConfigEntry_t** entries =
      rd_kafka_ConfigResource_configs(described[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    (*configs)[rd_kafka_ConfigEntry_name(entries[i])] =
        value == nullptr ? "" : value;
  }
  return absl::OkStatus();
}

absl::Status KafkaAdmin::CreateTopic(
    const std::string& topic, int32_t partitions, int32_t replication_factor,
    const std::map<std::string, std::string>& configs) {
  const std::string what = absl::StrCat("creating topic \"", topic, "\"");
  char text[512];
  const NewTopic wanted(rd_kafka_NewTopic_new(
      topic.c_str(), partitions,
      replication_factor == 0 ? -1 : replication_factor, text, sizeof(text)));
  if (wanted == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": ", text));
  }
  for (const auto& [name, value] : configs) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  const KafkaQueue queue(rd_kafka_queue_new(client_.get()));
  const AdminOptions options(
      rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  // Until every broker knows it, or a next call might not find it.
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), 10000, text,
                                              sizeof(text));
  rd_kafka_NewTopic_t* topics[] = {wanted.get()};
  rd_kafka_CreateTopics(client_.get(), topics, 1, options.get(), queue.get());
  const absl::StatusOr<Event> event = Await(queue.get(), what);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no answer"));
  const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[0]);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const char* reason = rd_kafka_topic_result_error_string(results[0]);
  return ToStatus(error,
                  absl::StrCat(what, ": ", reason == nullptr ? "" : reason));
}

}  // namespace exactmean
