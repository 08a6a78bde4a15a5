// The admin client: its connection, its calls, and creating topics. What it
// describes is in admin_describe.cc.

#include "processor/kafka/admin.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kLookAgain = absl::Milliseconds(20);

// A handshake may fail because a broker is just going down; so long it may not.
constexpr absl::Duration kHandshakePatience = absl::Seconds(3);

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

absl::Status SetOptions(rd_kafka_admin_op_t op, absl::Duration timeout,
                        const std::string& what,
                        rd_kafka_AdminOptions_t* options) {
  char text[256];
  absl::Status status =
      ToStatus(rd_kafka_AdminOptions_set_request_timeout(
                   options, ToMilliseconds(timeout), text, sizeof(text)),
               what, text);
  if (!status.ok() || (op != RD_KAFKA_ADMIN_OP_DESCRIBETOPICS &&
                       op != RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS)) {
    return status;
  }
  const ErrorHandle error(
      rd_kafka_AdminOptions_set_include_authorized_operations(options, 1));
  return ToStatus(error.get(), what);
}

// The answer about the one topic that was asked for.
absl::Status TopicStatus(const rd_kafka_topic_result_t** results, size_t count,
                         const std::string& what) {
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  const char* text = rd_kafka_topic_result_error_string(results[0]);
  return ToStatus(rd_kafka_topic_result_error(results[0]), what,
                  text == nullptr ? "" : text);
}

}  // namespace

// What the client's threads have met, told while a call is waited for.
struct KafkaAdmin::Troubles {
  std::string last;
  bool credentials_refused = false;
  absl::Time handshakes_fail_since = absl::InfiniteFuture();

  static void Keep(rd_kafka_t* /*client*/, int error, const char* text,
                   void* opaque) {
    // That all are down says less than why the last one is.
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
    auto* self = static_cast<Troubles*>(opaque);
    self->last = text;
    self->credentials_refused |= error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
    // A broker that hangs up is another error; and none is told again at once.
    if (error == RD_KAFKA_RESP_ERR__SSL) {
      self->handshakes_fail_since =
          std::min(self->handshakes_fail_since, MonotonicClock().Now());
    }
  }

  // One of several brokers may fail while it starts.
  void Answered() {
    credentials_refused = false;
    handshakes_fail_since = absl::InfiniteFuture();
  }

  // Whether waiting is of no use.
  absl::Status Final() const {
    if (credentials_refused) {
      return absl::UnauthenticatedError(
          absl::StrCat("a broker refuses the credentials: ", last,
                       ". Check the properties security.protocol and sasl.*"));
    }
    if (MonotonicClock().Now() - handshakes_fail_since > kHandshakePatience) {
      return absl::UnauthenticatedError(
          absl::StrCat("no TLS connection can be made: ", last,
                       ". Check kafka.bootstrap_servers and the properties "
                       "security.protocol and ssl.*"));
    }
    return absl::OkStatus();
  }
};

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Create(
    const KafkaOptions& options, const std::atomic<bool>* stop) {
  absl::Status status = CheckLibraryVersion();
  if (!status.ok()) return status;
  absl::StatusOr<ConfHandle> conf = NewConf(options, ClientKind::kAdmin);
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_error_cb(conf->get(), &Troubles::Keep);
  std::unique_ptr<KafkaAdmin> admin(new KafkaAdmin(options, stop));
  admin->troubles_ = std::make_shared<Troubles>();
  auto client =
      NewClient(*std::move(conf), ClientKind::kAdmin, admin->troubles_);
  if (!client.ok()) return client.status();
  admin->client_ = *std::move(client);
  return admin;
}

absl::StatusOr<EventHandle> KafkaAdmin::Call(rd_kafka_admin_op_t op,
                                             absl::Duration timeout,
                                             const std::string& what, Ask ask) {
  MonotonicClock clock;
  const absl::Time deadline = clock.Now() + timeout;
  const AdminOptionsHandle options(
      rd_kafka_AdminOptions_new(client_.get(), op));
  absl::Status status = SetOptions(op, timeout, what, options.get());
  if (!status.ok()) return status;
  const QueueHandle answers(rd_kafka_queue_new(client_.get()));
  ask(options.get(), answers.get());
  while (true) {
    EventHandle event(
        rd_kafka_queue_poll(answers.get(), ToMilliseconds(kLookAgain)));
    rd_kafka_poll(client_.get(), 0);  // lets it tell its troubles
    if (event != nullptr) {
      status = ToStatus(rd_kafka_event_error(event.get()), what,
                        rd_kafka_event_error_string(event.get()));
      if (!status.ok()) return Explain(status);
      troubles_->Answered();
      return event;
    }
    status = troubles_->Final();
    if (!status.ok()) return status;
    if (stop_ != nullptr && *stop_) {
      return absl::CancelledError(absl::StrCat(what, ": told to stop"));
    }
    if (clock.Now() >= deadline) {
      return Explain(absl::UnavailableError(absl::StrCat(
          what, ": no answer within ", absl::FormatDuration(timeout))));
    }
  }
}

absl::Status KafkaAdmin::Explain(const absl::Status& status) const {
  if (!absl::IsUnavailable(status) || troubles_->last.empty()) return status;
  return absl::Status(status.code(), absl::StrCat(status.message(),
                                                  "; last: ", troubles_->last));
}

absl::StatusOr<std::vector<int32_t>> KafkaAdmin::Brokers(
    absl::Duration timeout) {
  // A listener of another protocol hangs up, and says nothing.
  const auto set = options_.properties.find("security.protocol");
  const std::string protocol =
      set == options_.properties.end() ? "PLAINTEXT" : set->second;
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER, timeout,
           absl::StrCat("no broker of ", options_.bootstrap_servers,
                        " can be reached (security.protocol: ", protocol, ")"),
           [this](auto* options, auto* answers) {
             rd_kafka_DescribeCluster(client_.get(), options, answers);
           });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_Node_t** const nodes = rd_kafka_DescribeCluster_result_nodes(
      rd_kafka_event_DescribeCluster_result(event->get()), &count);
  std::vector<int32_t> ids;
  for (size_t i = 0; i < count; ++i) ids.push_back(rd_kafka_Node_id(nodes[i]));
  return ids;
}

absl::StatusOr<int> KafkaAdmin::CountBrokers(absl::Duration timeout) {
  const auto ids = Brokers(timeout);
  if (!ids.ok()) return ids.status();
  return static_cast<int>(ids->size());
}

absl::Status KafkaAdmin::CreateTopic(const NewTopic& topic,
                                     absl::Duration timeout) {
  MonotonicClock clock;
  const absl::Time deadline = clock.Now() + timeout;
  const std::string what = absl::StrCat("creating topic ", topic.name);
  NewTopicHandle handle;
  absl::Status status = FillNewTopic(topic, &handle);
  if (!status.ok()) return status;
  rd_kafka_NewTopic_t* asked[] = {handle.get()};
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout, what,
           [&](auto* options, auto* answers) {
             rd_kafka_CreateTopics(client_.get(), asked, 1, options, answers);
           });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event->get()), &count);
  status = TopicStatus(results, count, what);
  // It is created before every broker knows it.
  while (status.ok()) {
    const auto known =
        FetchPartitionCount(client_.get(), topic.name, absl::Seconds(1));
    // Whoever may create it need not be allowed to see it.
    if (known.ok() || absl::IsPermissionDenied(known.status())) break;
    if (clock.Now() >= deadline) status = known.status();
    clock.Sleep(kLookAgain);
  }
  return status;
}

absl::Status KafkaAdmin::DeleteTopic(const std::string& topic,
                                     absl::Duration timeout) {
  const std::string what = absl::StrCat("deleting topic ", topic);
  const DeleteTopicHandle handle(rd_kafka_DeleteTopic_new(topic.c_str()));
  rd_kafka_DeleteTopic_t* asked[] = {handle.get()};
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout, what,
           [&](auto* options, auto* answers) {
             rd_kafka_DeleteTopics(client_.get(), asked, 1, options, answers);
           });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(event->get()), &count);
  return TopicStatus(results, count, what);
}

absl::Status KafkaAdmin::DeleteGroup(const std::string& group,
                                     absl::Duration timeout) {
  const std::string what = absl::StrCat("deleting group ", group);
  const DeleteGroupHandle handle(rd_kafka_DeleteGroup_new(group.c_str()));
  rd_kafka_DeleteGroup_t* asked[] = {handle.get()};
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_DELETEGROUPS, timeout, what,
           [&](auto* options, auto* answers) {
             rd_kafka_DeleteGroups(client_.get(), asked, 1, options, answers);
           });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_group_result_t** results = rd_kafka_DeleteGroups_result_groups(
      rd_kafka_event_DeleteGroups_result(event->get()), &count);
  if (count != 1) {
    return absl::InternalError(absl::StrCat(what, ": ", count, " answers"));
  }
  return ToStatus(rd_kafka_group_result_error(results[0]), what);
}

}  // namespace exactmean
