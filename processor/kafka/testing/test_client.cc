// TestWriter and TestClient.

#include "processor/kafka/testing/test_client.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/kafka/batch.h"
#include "processor/kafka/properties.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr int kTimeoutMs = 30000;

using Event =
    std::unique_ptr<rd_kafka_event_t,
                    KafkaDelete<rd_kafka_event_t, rd_kafka_event_destroy>>;

absl::Status AwaitAdmin(rd_kafka_queue_t* queue, const std::string& what,
                        rd_kafka_resp_err_t (*result)(rd_kafka_event_t*)) {
  const Event event(rd_kafka_queue_poll(queue, kTimeoutMs));
  if (event == nullptr) {
    return absl::DeadlineExceededError(absl::StrCat(what, ": no answer"));
  }
  rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = result(event.get());
  return ToStatus(error, what);
}

absl::StatusOr<KafkaHandle> Consumer(const std::string& servers,
                                     const std::string& group,
                                     Isolation isolation) {
  return MakeClient(RD_KAFKA_CONSUMER,
                    {{"bootstrap.servers", servers},
                     {"group.id", group},
                     {"isolation.level", isolation == Isolation::kReadCommitted
                                             ? "read_committed"
                                             : "read_uncommitted"},
                     {"enable.auto.commit", "false"},
                     {"auto.offset.reset", "error"},
                     {"enable.partition.eof", "true"},
                     {"fetch.wait.max.ms", "20"}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<TestWriter>> TestWriter::Create(
    const std::string& servers, const std::string& transactional_id,
    absl::Duration transaction_timeout) {
  Properties properties = {{"bootstrap.servers", servers},
                           {"enable.idempotence", "true"},
                           {"linger.ms", "2"},
                           {"queue.buffering.max.messages", "1000000"}};
  if (!transactional_id.empty()) {
    const std::string timeout =
        absl::StrCat(absl::ToInt64Milliseconds(transaction_timeout));
    properties.insert(properties.end(), {{"transactional.id", transactional_id},
                                         {"transaction.timeout.ms", timeout},
                                         {"message.timeout.ms", timeout}});
  }
  auto client = MakeClient(RD_KAFKA_PRODUCER, properties);
  if (!client.ok()) return client.status();
  if (!transactional_id.empty()) {
    const absl::Status status = TransactionStatus(
        rd_kafka_init_transactions(client->get(), kTimeoutMs), "init");
    if (!status.ok()) return status;
  }
  return absl::WrapUnique(new TestWriter(*std::move(client)));
}

absl::Status TestWriter::Begin() {
  return TransactionStatus(rd_kafka_begin_transaction(client_.get()), "begin");
}

absl::Status TestWriter::Write(const std::string& topic,
                               const std::vector<TestRecord>& records) {
  for (const TestRecord& record : records) {
    while (true) {
      const rd_kafka_resp_err_t error = rd_kafka_producev(
          client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
          RD_KAFKA_V_PARTITION(record.partition.value()),
          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
          RD_KAFKA_V_KEY(record.key.has_value() ? record.key->data() : nullptr,
                         record.key.has_value() ? record.key->size() : 0),
          RD_KAFKA_V_VALUE(record.value.has_value()
                               ? const_cast<char*>(record.value->data())
                               : nullptr,
                           record.value.has_value() ? record.value->size() : 0),
          RD_KAFKA_V_TIMESTAMP(record.timestamp_ms), RD_KAFKA_V_END);
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
      if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        return ToStatus(error, absl::StrCat("writing to ", topic));
      }
      rd_kafka_poll(client_.get(), 100);
    }
  }
  return ToStatus(rd_kafka_flush(client_.get(), kTimeoutMs), "flush");
}

absl::Status TestWriter::Commit() {
  return TransactionStatus(
      rd_kafka_commit_transaction(client_.get(), kTimeoutMs), "commit");
}

absl::Status TestWriter::Abort() {
  return TransactionStatus(
      rd_kafka_abort_transaction(client_.get(), kTimeoutMs), "abort");
}

absl::StatusOr<std::unique_ptr<TestClient>> TestClient::Create(
    const std::string& servers) {
  auto admin = MakeClient(RD_KAFKA_PRODUCER, {{"bootstrap.servers", servers}});
  if (!admin.ok()) return admin.status();
  return absl::WrapUnique(new TestClient(servers, *std::move(admin)));
}

absl::Status TestClient::CreateTopic(
    const std::string& topic, int32_t partitions,
    const std::map<std::string, std::string>& configs) {
  char text[256];
  rd_kafka_NewTopic_t* wanted =
      rd_kafka_NewTopic_new(topic.c_str(), partitions, -1, text, sizeof(text));
  for (const auto& [name, value] : configs) {
    rd_kafka_NewTopic_set_config(wanted, name.c_str(), value.c_str());
  }
  rd_kafka_AdminOptions_t* options =
      rd_kafka_AdminOptions_new(admin_.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_AdminOptions_set_operation_timeout(options, 10000, text,
                                              sizeof(text));
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_CreateTopics(admin_.get(), &wanted, 1, options, queue.get());
  rd_kafka_AdminOptions_destroy(options);
  rd_kafka_NewTopic_destroy(wanted);
  return AwaitAdmin(queue.get(), "creating " + topic, [](rd_kafka_event_t* e) {
    size_t count = 0;
    return rd_kafka_topic_result_error(rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(e), &count)[0]);
  });
}

absl::Status TestClient::DeleteTopic(const std::string& topic) {
  rd_kafka_DeleteTopic_t* gone = rd_kafka_DeleteTopic_new(topic.c_str());
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_DeleteTopics(admin_.get(), &gone, 1, nullptr, queue.get());
  rd_kafka_DeleteTopic_destroy(gone);
  return AwaitAdmin(queue.get(), "deleting " + topic, [](rd_kafka_event_t* e) {
    size_t count = 0;
    return rd_kafka_topic_result_error(rd_kafka_DeleteTopics_result_topics(
        rd_kafka_event_DeleteTopics_result(e), &count)[0]);
  });
}

absl::Status TestClient::DeleteRecords(const std::string& topic,
                                       Partition partition, Offset before) {
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                    partition.value())
      ->offset = before.value();
  rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(list.get());
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_DeleteRecords(admin_.get(), &request, 1, nullptr, queue.get());
  rd_kafka_DeleteRecords_destroy(request);
  return AwaitAdmin(queue.get(), "deleting records of " + topic,
                    [](rd_kafka_event_t* e) {
                      return rd_kafka_DeleteRecords_result_offsets(
                                 rd_kafka_event_DeleteRecords_result(e))
                          ->elems[0]
                          .err;
                    });
}

absl::Status TestClient::DeleteGroup(const std::string& group) {
  rd_kafka_DeleteGroup_t* gone = rd_kafka_DeleteGroup_new(group.c_str());
  const KafkaQueue queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_DeleteGroups(admin_.get(), &gone, 1, nullptr, queue.get());
  rd_kafka_DeleteGroup_destroy(gone);
  return AwaitAdmin(queue.get(), "deleting " + group, [](rd_kafka_event_t* e) {
    size_t count = 0;
    const rd_kafka_error_t* error =
        rd_kafka_group_result_error(rd_kafka_DeleteGroups_result_groups(
            rd_kafka_event_DeleteGroups_result(e), &count)[0]);
    return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                            : rd_kafka_error_code(error);
  });
}

absl::Status TestClient::CommitOffset(const std::string& group,
                                      const std::string& topic,
                                      Partition partition, Offset offset) {
  auto consumer = Consumer(servers_, group, Isolation::kReadCommitted);
  if (!consumer.ok()) return consumer.status();
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                    partition.value())
      ->offset = offset.value();
  return ToStatus(rd_kafka_commit(consumer->get(), list.get(), 0),
                  "committing for " + group);
}

absl::StatusOr<absl::optional<Offset>> TestClient::CommittedOffset(
    const std::string& group, const std::string& topic, Partition partition) {
  auto consumer = Consumer(servers_, group, Isolation::kReadCommitted);
  if (!consumer.ok()) return consumer.status();
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                    partition.value());
  const rd_kafka_resp_err_t error =
      rd_kafka_committed(consumer->get(), list.get(), kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(error, "committed offset of " + group);
  }
  const int64_t offset = list->elems[0].offset;
  return offset < 0 ? absl::optional<Offset>()
                    : absl::optional<Offset>(Offset(offset));
}

absl::StatusOr<Offset> TestClient::EndOffset(const std::string& topic,
                                             Partition partition,
                                             Isolation isolation) {
  auto consumer = Consumer(servers_, "test-ends", isolation);
  if (!consumer.ok()) return consumer.status();
  int64_t low = 0, high = 0;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      consumer->get(), topic.c_str(), partition.value(), &low, &high,
      kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, topic);
  return Offset(high);
}

absl::StatusOr<int32_t> TestClient::PartitionCount(const std::string& topic) {
  const KafkaTopic handle(
      rd_kafka_topic_new(admin_.get(), topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(admin_.get(), 0, handle.get(), &metadata, kTimeoutMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, topic);
  const int32_t count = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

absl::StatusOr<std::vector<TestRecord>> TestClient::ReadTopic(
    const std::string& topic, Isolation isolation) {
  const auto partitions = PartitionCount(topic);
  if (!partitions.ok()) return partitions.status();
  auto consumer = Consumer(servers_, "test-reader", isolation);
  if (!consumer.ok()) return consumer.status();
  rd_kafka_poll_set_consumer(consumer->get());
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(*partitions));
  for (int32_t p = 0; p < *partitions; ++p) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(consumer->get(), list.get());
  std::vector<TestRecord> records;
  const absl::Time deadline = absl::Now() + absl::Milliseconds(kTimeoutMs);
  for (int ends = 0; ends < *partitions;) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError("reading " + topic);
    }
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer->get(), 100);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      ++ends;
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const absl::Status status =
          ToStatus(message->err, rd_kafka_message_errstr(message));
      rd_kafka_message_destroy(message);
      return status;
    } else {
      const LogRecord from = ToRecord(*message);
      TestRecord& to = records.emplace_back();
      to.partition = from.partition;
      to.offset = from.offset;
      to.timestamp_ms = from.timestamp_ms;
      if (from.key.has_value()) to.key = std::string(*from.key);
      if (from.value.has_value()) to.value = std::string(*from.value);
    }
    rd_kafka_message_destroy(message);
  }
  return records;
}

}  // namespace exactmean
