// Clients from properties, and their log lines to glog.

#include "processor/kafka/client.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr int kMinimumVersion = 0x02080000;

// librdkafka's levels are syslog's; it calls a lost connection an error, though
// it mends it itself.
void LogToGlog(const rd_kafka_t* client, int level, const char* facility,
               const char* text) {
  // All of the user's properties are given to each kind of client.
  if (absl::StrContains(text, "property and will be ignored by this")) return;
  // "... property X set to `VALUE` but ...": it may be a secret.
  const absl::string_view line = text;
  const size_t value = line.find("set to `");
  if (value != absl::string_view::npos) {
    const size_t end = line.find('`', value + 8);
    LOG(WARNING) << line.substr(0, value) << "set"
                 << (end == absl::string_view::npos ? ""
                                                    : line.substr(end + 1));
    return;
  }
  const char* name = client == nullptr ? "" : rd_kafka_name(client);
  if (level < 3) {
    LOG(ERROR) << name << ": " << facility << ": " << text;
  } else if (level <= 4) {
    LOG(WARNING) << name << ": " << facility << ": " << text;
  } else {
    LOG(INFO) << name << ": " << facility << ": " << text;
  }
}

absl::Status SetProperty(rd_kafka_conf_t* conf, const std::string& name,
                         const std::string& value, bool hidden) {
  char text[512];
  const rd_kafka_conf_res_t result =
      rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text, sizeof(text));
  if (result == RD_KAFKA_CONF_OK) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the librdkafka property \"", name,
      "\" is refused: ", hidden ? "its value is not valid" : text));
}

}  // namespace

absl::Status CheckLibraryVersion() {
  if (rd_kafka_version() >= kMinimumVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "librdkafka ", rd_kafka_version_str(),
      " is loaded, but 2.8.0 or newer is needed: older ones can skip records. "
      "Run tools/setup.sh, and see that LD_LIBRARY_PATH leads to no other"));
}

absl::StatusOr<ConfHandle> NewConf(const KafkaOptions& options,
                                   ClientKind kind) {
  absl::Status status = CheckUserProperties(options.properties);
  if (!status.ok()) return status;
  ConfHandle conf(rd_kafka_conf_new());
  for (const auto& [name, value] : ClientProperties(options, kind)) {
    status =
        SetProperty(conf.get(), name, value,
                    options.hidden.count(name) > 0 || IsSecretProperty(name));
    if (!status.ok()) return status;
  }
  rd_kafka_conf_set_log_cb(conf.get(), LogToGlog);
  return conf;
}

absl::StatusOr<ClientHandle> NewClient(
    ConfHandle conf, ClientKind kind, std::shared_ptr<void> used_by_callbacks) {
  rd_kafka_conf_set_opaque(conf.get(), used_by_callbacks.get());
  const bool produces =
      kind == ClientKind::kProducer || kind == ClientKind::kAdmin;
  char text[512];
  rd_kafka_t* client =
      rd_kafka_new(produces ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf.get(),
                   text, sizeof(text));
  if (client == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("librdkafka refuses the configuration: ", text));
  }
  static_cast<void>(conf.release());  // is the client's now
  ClientHandle handle(client, ClientDestroyer{std::move(used_by_callbacks)});
  // The main queue's events are served with the records.
  if (!produces) rd_kafka_poll_set_consumer(client);
  return handle;
}

absl::StatusOr<ClientHandle> NewClient(const KafkaOptions& options,
                                       ClientKind kind) {
  absl::StatusOr<ConfHandle> conf = NewConf(options, kind);
  if (!conf.ok()) return conf.status();
  return NewClient(*std::move(conf), kind);
}

absl::StatusOr<int32_t> FetchPartitionCount(rd_kafka_t* client,
                                            absl::string_view topic,
                                            absl::Duration timeout) {
  const std::string name(topic.data(), topic.size());
  const std::string what = absl::StrCat("metadata of topic ", name);
  const TopicHandle handle(rd_kafka_topic_new(client, name.c_str(), nullptr));
  if (handle == nullptr) return ToStatus(rd_kafka_last_error(), what);
  const rd_kafka_metadata_t* raw = nullptr;
  absl::Status status =
      ToStatus(rd_kafka_metadata(client, /*all_topics=*/0, handle.get(), &raw,
                                 ToMilliseconds(timeout)),
               what);
  if (!status.ok()) return status;
  const MetadataHandle metadata(raw);
  if (metadata->topic_cnt != 1) {
    return absl::UnavailableError(absl::StrCat(what, ": none received"));
  }
  status = ToStatus(metadata->topics[0].err, what);
  if (!status.ok()) return status;
  if (metadata->topics[0].partition_cnt == 0) {
    return absl::UnavailableError(absl::StrCat(what, ": no partition yet"));
  }
  return metadata->topics[0].partition_cnt;
}

absl::StatusOr<TopicIdentity> FetchIdentity(rd_kafka_t* client,
                                            const std::string& topic,
                                            absl::Duration timeout) {
  const std::string what = absl::StrCat("identity of topic ", topic);
  const AdminOptionsHandle options(
      rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS));
  char text[256];
  absl::Status status =
      ToStatus(rd_kafka_AdminOptions_set_request_timeout(
                   options.get(), ToMilliseconds(timeout), text, sizeof(text)),
               what, text);
  if (!status.ok()) return status;
  const char* names[] = {topic.c_str()};
  const TopicCollectionHandle asked(
      rd_kafka_TopicCollection_of_topic_names(names, 1));
  const QueueHandle answers(rd_kafka_queue_new(client));
  rd_kafka_DescribeTopics(client, asked.get(), options.get(), answers.get());
  const EventHandle event(
      rd_kafka_queue_poll(answers.get(), ToMilliseconds(timeout)));
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat(what, ": no answer within ",
                                               absl::FormatDuration(timeout)));
  }
  status = ToStatus(rd_kafka_event_error(event.get()), what,
                    rd_kafka_event_error_string(event.get()));
  if (!status.ok()) return status;
  size_t count = 0;
  const rd_kafka_TopicDescription_t** topics =
      rd_kafka_DescribeTopics_result_topics(
          rd_kafka_event_DescribeTopics_result(event.get()), &count);
  if (count != 1) {
    return absl::UnavailableError(absl::StrCat(what, ": none received"));
  }
  status = ToStatus(rd_kafka_TopicDescription_error(topics[0]), what);
  if (!status.ok()) return status;
  TopicIdentity identity;
  const rd_kafka_Uuid_t* id = rd_kafka_TopicDescription_topic_id(topics[0]);
  identity.id =
      absl::StrCat(absl::Hex(rd_kafka_Uuid_most_significant_bits(id)), "-",
                   absl::Hex(rd_kafka_Uuid_least_significant_bits(id)));
  rd_kafka_TopicDescription_partitions(topics[0], &count);
  identity.partitions = static_cast<int32_t>(count);
  return identity;
}

int ToMilliseconds(absl::Duration duration) {
  const absl::Duration bounded =
      std::min(std::max(duration, absl::ZeroDuration()), absl::Hours(1));
  return static_cast<int>(
      absl::ToInt64Milliseconds(absl::Ceil(bounded, absl::Milliseconds(1))));
}

}  // namespace exactmean
