// The admin client.

#include "processor/kafka/admin.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kLookAgain = absl::Milliseconds(20);

// The answer to an admin request, or an error if there was none in time.
absl::StatusOr<EventHandle> Await(rd_kafka_queue_t* answers,
                                  absl::Duration timeout,
                                  const std::string& what) {
  EventHandle event(rd_kafka_queue_poll(answers, ToMilliseconds(timeout)));
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat(what, ": no answer within ",
                                               absl::FormatDuration(timeout)));
  }
  const absl::Status status =
      ToStatus(rd_kafka_event_error(event.get()), what,
               rd_kafka_event_error_string(event.get()));
  if (!status.ok()) return status;
  return event;
}

AdminOptionsHandle NewAdminOptions(rd_kafka_t* client, rd_kafka_admin_op_t op,
                                   absl::Duration timeout) {
  AdminOptionsHandle options(rd_kafka_AdminOptions_new(client, op));
  char text[256];
  rd_kafka_AdminOptions_set_request_timeout(
      options.get(), ToMilliseconds(timeout), text, sizeof(text));
  return options;
}

absl::Status FillNewTopic(const NewTopic& topic, NewTopicHandle* handle) {
  char text[256];
  handle->reset(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                      topic.replication_factor, text,
                                      sizeof(text)));
  if (*handle == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("new topic ", topic.name, ": ", text));
  }
  for (const auto& [name, value] : topic.configs) {
    const absl::Status status =
        ToStatus(rd_kafka_NewTopic_set_config(handle->get(), name.c_str(),
                                              value.c_str()),
                 absl::StrCat("new topic ", topic.name, ": ", name));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

// What the client's threads met last, read after a call has failed.
struct KafkaAdmin::LastError {
  std::string text;
  static void Keep(rd_kafka_t* /*client*/, int error, const char* text,
                   void* opaque) {
    // That all are down says less than why the last one is.
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
    static_cast<LastError*>(opaque)->text = text;
  }
};

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Create(
    const KafkaOptions& options) {
  absl::Status status = CheckLibraryVersion();
  if (!status.ok()) return status;
  absl::StatusOr<ConfHandle> conf = NewConf(options, ClientKind::kAdmin);
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_error_cb(conf->get(), &LastError::Keep);
  std::unique_ptr<KafkaAdmin> admin(new KafkaAdmin(options));
  admin->last_error_ = std::make_shared<LastError>();
  auto client =
      NewClient(*std::move(conf), ClientKind::kAdmin, admin->last_error_);
  if (!client.ok()) return client.status();
  admin->client_ = *std::move(client);
  return admin;
}

absl::Status KafkaAdmin::Explain(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return status;
  rd_kafka_poll(client_.get(), 0);
  if (last_error_->text.empty()) return status;
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; last: ", last_error_->text));
}

absl::StatusOr<int> KafkaAdmin::CountBrokers(absl::Duration timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const absl::Status status = ToStatus(
      rd_kafka_metadata(client_.get(), /*all_topics=*/0, nullptr, &raw,
                        ToMilliseconds(timeout)),
      absl::StrCat("no broker of ", options_.bootstrap_servers,
                   " has answered within ", absl::FormatDuration(timeout)));
  if (!status.ok()) return Explain(status);
  const MetadataHandle metadata(raw);
  return metadata->broker_cnt;
}

absl::StatusOr<TopicDescription> KafkaAdmin::DescribeTopic(
    const std::string& topic, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const std::string what = absl::StrCat("topic ", topic);
  const TopicHandle handle(
      rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  if (handle == nullptr) return ToStatus(rd_kafka_last_error(), what);
  const rd_kafka_metadata_t* raw = nullptr;
  absl::Status status =
      ToStatus(rd_kafka_metadata(client_.get(), /*all_topics=*/0, handle.get(),
                                 &raw, ToMilliseconds(timeout)),
               what);
  if (!status.ok()) return Explain(status);
  const MetadataHandle metadata(raw);
  if (metadata->topic_cnt != 1) {
    return absl::UnavailableError(absl::StrCat(what, ": no metadata"));
  }
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  status = ToStatus(found.err, what);
  if (!status.ok()) return status;
  TopicDescription description;
  description.partitions = found.partition_cnt;
  description.replication_factor = std::numeric_limits<int>::max();
  for (int i = 0; i < found.partition_cnt; ++i) {
    description.replication_factor = std::min(description.replication_factor,
                                              found.partitions[i].replica_cnt);
  }
  status = DescribeConfigs(topic, deadline - absl::Now(), &description.configs);
  if (!status.ok()) return status;
  return description;
}

absl::Status KafkaAdmin::DescribeConfigs(
    const std::string& topic, absl::Duration timeout,
    std::map<std::string, std::string>* configs) {
  const std::string what = absl::StrCat("configuration of topic ", topic);
  const ConfigResourceHandle resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const AdminOptionsHandle options = NewAdminOptions(
      client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout);
  const QueueHandle answers(rd_kafka_queue_new(client_.get()));
  rd_kafka_DescribeConfigs(client_.get(), asked, 1, options.get(),
                           answers.get());
  const auto event = Await(answers.get(), timeout, what);
  if (!event.ok()) return Explain(event.status());
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(
          rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const char* text = rd_kafka_ConfigResource_error_string(resources[0]);
  const absl::Status status =
      ToStatus(rd_kafka_ConfigResource_error(resources[0]), what,
               text == nullptr ? "" : text);
  if (!status.ok()) return status;
  const rd_kafka_ConfigEntry_t** entries =
      rd_kafka_ConfigResource_configs(resources[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    (*configs)[rd_kafka_ConfigEntry_name(entries[i])] =
        value == nullptr ? "" : value;
  }
  return absl::OkStatus();
}

absl::Status KafkaAdmin::CreateTopic(const NewTopic& topic,
                                     absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const std::string what = absl::StrCat("creating topic ", topic.name);
  NewTopicHandle handle;
  absl::Status status = FillNewTopic(topic, &handle);
  if (!status.ok()) return status;
  rd_kafka_NewTopic_t* asked[] = {handle.get()};
  const AdminOptionsHandle options =
      NewAdminOptions(client_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout);
  const QueueHandle answers(rd_kafka_queue_new(client_.get()));
  rd_kafka_CreateTopics(client_.get(), asked, 1, options.get(), answers.get());
  const auto event = Await(answers.get(), timeout, what);
  if (!event.ok()) return Explain(event.status());
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const char* text = rd_kafka_topic_result_error_string(results[0]);
  status = ToStatus(rd_kafka_topic_result_error(results[0]), what,
                    text == nullptr ? "" : text);
  // It is created before every broker knows it.
  while (status.ok()) {
    const auto known =
        FetchPartitionCount(client_.get(), topic.name, absl::Seconds(1));
    if (known.ok()) break;
    if (absl::Now() >= deadline) status = known.status();
    absl::SleepFor(kLookAgain);
  }
  return status;
}

absl::Status KafkaAdmin::DeleteTopic(const std::string& topic,
                                     absl::Duration timeout) {
  const std::string what = absl::StrCat("deleting topic ", topic);
  const DeleteTopicHandle handle(rd_kafka_DeleteTopic_new(topic.c_str()));
  rd_kafka_DeleteTopic_t* asked[] = {handle.get()};
  const AdminOptionsHandle options =
      NewAdminOptions(client_.get(), RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout);
  const QueueHandle answers(rd_kafka_queue_new(client_.get()));
  rd_kafka_DeleteTopics(client_.get(), asked, 1, options.get(), answers.get());
  const auto event = Await(answers.get(), timeout, what);
  if (!event.ok()) return Explain(event.status());
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const char* text = rd_kafka_topic_result_error_string(results[0]);
  return ToStatus(rd_kafka_topic_result_error(results[0]), what,
                  text == nullptr ? "" : text);
}

absl::Status KafkaAdmin::DeleteGroup(const std::string& group,
                                     absl::Duration timeout) {
  const std::string what = absl::StrCat("deleting group ", group);
  const DeleteGroupHandle handle(rd_kafka_DeleteGroup_new(group.c_str()));
  rd_kafka_DeleteGroup_t* asked[] = {handle.get()};
  const AdminOptionsHandle options =
      NewAdminOptions(client_.get(), RD_KAFKA_ADMIN_OP_DELETEGROUPS, timeout);
  const QueueHandle answers(rd_kafka_queue_new(client_.get()));
  rd_kafka_DeleteGroups(client_.get(), asked, 1, options.get(), answers.get());
  const auto event = Await(answers.get(), timeout, what);
  if (!event.ok()) return Explain(event.status());
  size_t count = 0;
  const rd_kafka_group_result_t** results = rd_kafka_DeleteGroups_result_groups(
      rd_kafka_event_DeleteGroups_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const rd_kafka_error_t* error = rd_kafka_group_result_error(results[0]);
  if (error == nullptr) return absl::OkStatus();
  return ToStatus(rd_kafka_error_code(error), what,
                  rd_kafka_error_string(error));
}

}  // namespace exactmean
