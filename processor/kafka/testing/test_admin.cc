// Admin requests and the waiting for their effect.

#include "processor/kafka/testing/test_admin.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"
#include "processor/kafka/testing/raw_client.h"

namespace exactmean {
namespace {

absl::Status FirstTopicError(const rd_kafka_topic_result_t** results,
                             size_t count, const std::string& what) {
  if (count == 0) return absl::InternalError(absl::StrCat(what, ": no answer"));
  const char* text = rd_kafka_topic_result_error_string(results[0]);
  return ToStatus(rd_kafka_topic_result_error(results[0]), what,
                  text == nullptr ? "" : text);
}

// Repeats `done` until it is OK.
absl::Status Eventually(absl::FunctionRef<absl::Status()> done) {
  const absl::Time deadline = absl::Now() + kTestPatience;
  while (true) {
    const absl::Status status = done();
    if (status.ok() || absl::Now() >= deadline) return status;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<TestAdmin>> TestAdmin::Create(
    const std::string& bootstrap_servers) {
  // A consumer, though it consumes nothing: librdkafka 2.8 crashes when another
  // kind of client is told that a group's coordinator is still loading.
  auto client = NewRawClient(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", bootstrap_servers}, {"group.id", "test-admin"}});
  if (!client.ok()) return client.status();
  return std::unique_ptr<TestAdmin>(new TestAdmin(*std::move(client)));
}

absl::StatusOr<EventHandle> TestAdmin::Call(rd_kafka_admin_op_t op,
                                            const std::string& what,
                                            Isolation isolation, Ask ask) {
  const AdminOptionsHandle options(
      rd_kafka_AdminOptions_new(client_.get(), op));
  if (op == RD_KAFKA_ADMIN_OP_LISTOFFSETS) {
    const ErrorHandle error(rd_kafka_AdminOptions_set_isolation_level(
        options.get(), isolation == Isolation::kCommitted
                           ? RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED
                           : RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
    if (error != nullptr) return ToStatus(error.get(), what);
  }
  const QueueHandle answers(rd_kafka_queue_new(client_.get()));
  ask(options.get(), answers.get());
  EventHandle event(rd_kafka_queue_poll(answers.get(), kTestPatienceMs));
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat(what, ": no answer"));
  }
  const absl::Status status =
      ToStatus(rd_kafka_event_error(event.get()), what,
               rd_kafka_event_error_string(event.get()));
  if (!status.ok()) return status;
  return event;
}

absl::Status TestAdmin::CreateTopic(
    const std::string& name, int32_t partitions,
    const std::map<std::string, std::string>& configs, int replication_factor) {
  const std::string what = absl::StrCat("creating topic ", name);
  char text[256];
  const NewTopicHandle topic(rd_kafka_NewTopic_new(
      name.c_str(), partitions, replication_factor, text, sizeof(text)));
  if (topic == nullptr) return absl::InvalidArgumentError(text);
  for (const auto& [key, value] : configs) {
    rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
  }
  rd_kafka_NewTopic_t* asked[] = {topic.get()};
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_CREATETOPICS, what, Isolation::kUncommitted,
           [&](auto* opt, auto* queue) {
             rd_kafka_CreateTopics(client_.get(), asked, 1, opt, queue);
           });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event->get()), &count);
  const absl::Status status = FirstTopicError(results, count, what);
  if (!status.ok()) return status;
  return Eventually(
      [&] { return EndOffsets(name, Isolation::kUncommitted).status(); });
}

absl::Status TestAdmin::DeleteTopic(const std::string& name) {
  const std::string what = absl::StrCat("deleting topic ", name);
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name.c_str());
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_DELETETOPICS, what, Isolation::kUncommitted,
           [&](auto* opt, auto* queue) {
             rd_kafka_DeleteTopics(client_.get(), &topic, 1, opt, queue);
           });
  rd_kafka_DeleteTopic_destroy(topic);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** results = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(event->get()), &count);
  const absl::Status status = FirstTopicError(results, count, what);
  if (!status.ok()) return status;
  return Eventually([&]() -> absl::Status {
    if (absl::IsNotFound(PartitionCount(name).status())) {
      return absl::OkStatus();
    }
    return absl::UnavailableError(absl::StrCat(what, ": it is still there"));
  });
}

absl::Status TestAdmin::AddPartitions(const std::string& name, int32_t total) {
  const std::string what = absl::StrCat("adding partitions to ", name);
  char text[256];
  rd_kafka_NewPartitions_t* partitions = rd_kafka_NewPartitions_new(
      name.c_str(), static_cast<size_t>(total), text, sizeof(text));
  if (partitions == nullptr) return absl::InvalidArgumentError(text);
  const auto event = Call(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, what,
                          Isolation::kUncommitted, [&](auto* opt, auto* queue) {
                            rd_kafka_CreatePartitions(
                                client_.get(), &partitions, 1, opt, queue);
                          });
  rd_kafka_NewPartitions_destroy(partitions);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** results = rd_kafka_CreatePartitions_result_topics(
      rd_kafka_event_CreatePartitions_result(event->get()), &count);
  const absl::Status status = FirstTopicError(results, count, what);
  if (!status.ok()) return status;
  return Eventually([&]() -> absl::Status {
    const auto now = PartitionCount(name);
    if (now.ok() && *now == total) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(what, ": not yet"));
  });
}

absl::Status TestAdmin::AlterTopicConfig(const std::string& topic,
                                         const std::string& name,
                                         const std::string& value) {
  const std::string what = absl::StrCat("setting ", name, " of ", topic);
  const ConfigResourceHandle resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const ErrorHandle error(rd_kafka_ConfigResource_add_incremental_config(
      resource.get(), name.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET,
      value.c_str()));
  if (error != nullptr) return ToStatus(error.get(), what);
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const auto event = Call(RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS, what,
                          Isolation::kUncommitted, [&](auto* opt, auto* queue) {
                            rd_kafka_IncrementalAlterConfigs(
                                client_.get(), asked, 1, opt, queue);
                          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** results = rd_kafka_IncrementalAlterConfigs_result_resources(
      rd_kafka_event_IncrementalAlterConfigs_result(event->get()), &count);
  if (count == 0) return absl::InternalError(absl::StrCat(what, ": no answer"));
  return ToStatus(rd_kafka_ConfigResource_error(results[0]), what);
}

absl::Status TestAdmin::DeleteRecordsBefore(const std::string& topic,
                                            int32_t partition, int64_t offset) {
  const std::string what =
      absl::StrCat("deleting records of ", PartitionName(topic, partition));
  const PartitionListHandle list = ListOf(topic, {{partition, offset}});
  rd_kafka_DeleteRecords_t* asked = rd_kafka_DeleteRecords_new(list.get());
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_DELETERECORDS, what, Isolation::kUncommitted,
           [&](auto* opt, auto* queue) {
             rd_kafka_DeleteRecords(client_.get(), &asked, 1, opt, queue);
           });
  rd_kafka_DeleteRecords_destroy(asked);
  if (!event.ok()) return event.status();
  return FirstPartitionError(
      rd_kafka_DeleteRecords_result_offsets(
          rd_kafka_event_DeleteRecords_result(event->get())),
      what);
}

absl::StatusOr<int32_t> TestAdmin::PartitionCount(const std::string& topic) {
  return FetchPartitionCount(client_.get(), topic, kTestPatience);
}

absl::StatusOr<std::vector<TestReplicas>> TestAdmin::Replicas(
    const std::string& topic) {
  const std::string what = absl::StrCat("replicas of ", topic);
  const TopicHandle handle(
      rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  const absl::Status status = ToStatus(
      rd_kafka_metadata(client_.get(), 0, handle.get(), &raw, kTestPatienceMs),
      what);
  if (!status.ok()) return status;
  const MetadataHandle metadata(raw);
  if (raw->topic_cnt != 1) return absl::InternalError(what + ": no answer");
  const rd_kafka_metadata_topic_t& found = raw->topics[0];
  const absl::Status known = ToStatus(found.err, what);
  if (!known.ok()) return known;
  std::vector<TestReplicas> all(static_cast<size_t>(found.partition_cnt));
  for (int i = 0; i < found.partition_cnt; ++i) {
    const rd_kafka_metadata_partition_t& partition = found.partitions[i];
    TestReplicas& replicas = all.at(static_cast<size_t>(partition.id));
    replicas.leader = partition.leader;
    replicas.replicas.assign(partition.replicas,
                             partition.replicas + partition.replica_cnt);
    replicas.in_sync.assign(partition.isrs, partition.isrs + partition.isr_cnt);
  }
  return all;
}

absl::StatusOr<int64_t> TestAdmin::ListOffset(const std::string& topic,
                                              int32_t partition, int64_t spec,
                                              Isolation isolation) {
  const std::string what =
      absl::StrCat("offset of ", PartitionName(topic, partition));
  const PartitionListHandle list = ListOf(topic, {{partition, spec}});
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_LISTOFFSETS, what, isolation,
           [&](auto* opt, auto* queue) {
             rd_kafka_ListOffsets(client_.get(), list.get(), opt, queue);
           });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** infos = rd_kafka_ListOffsets_result_infos(
      rd_kafka_event_ListOffsets_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no answer"));
  const auto* found = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[0]);
  const absl::Status status = ToStatus(found->err, what);
  if (!status.ok()) {
    // From 2.10 on the client asks under the leader's epoch as it knows it, and
    // does not look anew for a topic that it does not read.
    Replicas(topic).IgnoreError();
    return status;
  }
  return found->offset;
}

absl::StatusOr<int64_t> TestAdmin::EndOffset(const std::string& topic,
                                             int32_t partition,
                                             Isolation isolation) {
  return ListOffset(topic, partition, RD_KAFKA_OFFSET_SPEC_LATEST, isolation);
}

absl::StatusOr<int64_t> TestAdmin::BeginOffset(const std::string& topic,
                                               int32_t partition) {
  return ListOffset(topic, partition, RD_KAFKA_OFFSET_SPEC_EARLIEST,
                    Isolation::kUncommitted);
}

absl::StatusOr<TestOffsets> TestAdmin::EndOffsets(const std::string& topic,
                                                  Isolation isolation) {
  const auto count = PartitionCount(topic);
  if (!count.ok()) return count.status();
  TestOffsets ends;
  for (int32_t partition = 0; partition < *count; ++partition) {
    const auto end = EndOffset(topic, partition, isolation);
    if (!end.ok()) return end.status();
    ends[partition] = *end;
  }
  return ends;
}

}  // namespace exactmean
