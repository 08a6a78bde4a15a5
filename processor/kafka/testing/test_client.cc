// Producing, plain and transactional, and reading.

#include "processor/kafka/testing/test_client.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/kafka/client.h"
#include "processor/kafka/message_batch.h"
#include "processor/kafka/record_headers.h"
#include "processor/kafka/status.h"
#include "processor/kafka/testing/raw_client.h"

namespace exactmean {
namespace {

void OnDelivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message,
                void* opaque) {
  auto* deliveries = static_cast<TestDeliveries*>(opaque);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    deliveries->error.Update(MessageStatus(*message));
    return;
  }
  deliveries->last_offset = message->offset;
  deliveries->first.emplace(
      std::make_pair(rd_kafka_topic_name(message->rkt), message->partition),
      message->offset);
}

// Null for an absent key or value.
void SetBytes(rd_kafka_vtype_t type, const absl::optional<std::string>& bytes,
              rd_kafka_vu_t* field) {
  field->vtype = type;
  field->u.mem.ptr =
      bytes.has_value() ? const_cast<char*>(bytes->data()) : nullptr;
  field->u.mem.size = bytes.has_value() ? bytes->size() : 0;
}

absl::Status Enqueue(rd_kafka_t* client, const std::string& topic,
                     const TestRecord& record) {
  rd_kafka_vu_t fields[7];
  fields[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  fields[0].u.cstr = topic.c_str();
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = record.partition;
  fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[2].u.i = RD_KAFKA_MSG_F_COPY;
  SetBytes(RD_KAFKA_VTYPE_KEY, record.key, &fields[3]);
  SetBytes(RD_KAFKA_VTYPE_VALUE, record.value, &fields[4]);
  fields[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  fields[5].u.i64 = record.timestamp_ms;
  const std::string what = absl::StrCat("producing to ", topic);
  fields[6].vtype = RD_KAFKA_VTYPE_HEADERS;
  while (true) {
    HeadersHandle headers = ToHandle(record.headers);
    fields[6].u.headers = headers.get();
    const ErrorHandle error(rd_kafka_produceva(client, fields, 7));
    if (error == nullptr) {
      static_cast<void>(headers.release());  // the message's
      return absl::OkStatus();
    }
    if (rd_kafka_error_code(error.get()) != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      return ToStatus(error.get(), what);
    }
    rd_kafka_poll(client, 10);
  }
}

absl::Status Know(rd_kafka_t* client, const std::string& topic,
                  TestTopics* topics) {
  if (topics->count(topic) > 0) return absl::OkStatus();
  const auto count = FetchPartitionCount(client, topic, kTestPatience);
  if (!count.ok()) return count.status();
  (*topics)[topic].reset(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  return absl::OkStatus();
}

absl::Status Flush(rd_kafka_t* client, TestDeliveries* deliveries) {
  auto status = ToStatus(rd_kafka_flush(client, kTestPatienceMs), "flush");
  status.Update(std::exchange(deliveries->error, absl::OkStatus()));
  return status;
}

absl::Status Check(rd_kafka_error_t* error, absl::string_view what) {
  const ErrorHandle owner(error);
  return ToStatus(error, what);
}

absl::StatusOr<ClientHandle> NewProducer(
    const std::string& bootstrap_servers, const std::string& transactional_id,
    absl::Duration timeout, std::shared_ptr<TestDeliveries> deliveries,
    const std::map<std::string, std::string>& more = {}) {
  std::map<std::string, std::string> properties = {
      {"bootstrap.servers", bootstrap_servers},
      {"enable.idempotence", "true"},
      {"linger.ms", "1"},
      {"socket.nagle.disable", "true"},
      {"compression.codec", "lz4"},
      {"queue.buffering.max.messages", "1000000"},
      {"retry.backoff.ms", "10"},
  };
  if (!transactional_id.empty()) {
    properties["transactional.id"] = transactional_id;
    properties["transaction.timeout.ms"] =
        absl::StrCat(absl::ToInt64Milliseconds(timeout));
  }
  for (const auto& [name, value] : more) properties[name] = value;
  return NewRawClient(RD_KAFKA_PRODUCER, properties, &OnDelivery,
                      std::move(deliveries));
}

// Reads each assigned partition until it is known to have ended at or after
// its `end`.
absl::StatusOr<std::vector<StoredRecord>> ReadUntil(rd_kafka_queue_t* queue,
                                                    const TestOffsets& end) {
  std::vector<StoredRecord> records;
  std::set<int32_t> unfinished;
  for (const auto& [partition, offset] : end) unfinished.insert(partition);
  MessageBatch batch(10000);
  const absl::Time deadline = absl::Now() + 4 * kTestPatience;
  while (!unfinished.empty()) {
    if (absl::Now() >= deadline) {
      return absl::DeadlineExceededError("reading takes too long");
    }
    for (const rd_kafka_message_t* message :
         batch.Fetch(queue, absl::Milliseconds(100))) {
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        records.push_back(ToStoredRecord(*message));
      } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        return MessageStatus(*message);
      } else if (message->offset >= end.at(message->partition)) {
        unfinished.erase(message->partition);
      }
    }
  }
  return records;
}

}  // namespace

absl::Status TestTransaction::Begin(absl::Duration timeout) {
  topics_.clear();
  deliveries_ = std::make_shared<TestDeliveries>();
  auto client = NewProducer(bootstrap_servers_, id_, timeout, deliveries_);
  if (!client.ok()) return client.status();
  client_ = *std::move(client);
  const absl::Status status =
      Check(rd_kafka_init_transactions(client_.get(), kTestPatienceMs), "init");
  if (!status.ok()) return status;
  return Check(rd_kafka_begin_transaction(client_.get()), "begin");
}

absl::StatusOr<int64_t> TestTransaction::Write(const std::string& topic,
                                               const TestRecord& record) {
  const absl::Status status = WriteAll(topic, {record});
  if (!status.ok()) return status;
  return deliveries_->last_offset;
}

absl::Status TestTransaction::WriteAll(const std::string& topic,
                                       absl::Span<const TestRecord> records) {
  const absl::Status known = Know(client_.get(), topic, &topics_);
  if (!known.ok()) return known;
  for (const TestRecord& record : records) {
    const absl::Status status = Enqueue(client_.get(), topic, record);
    if (!status.ok()) return status;
  }
  return Flush(client_.get(), deliveries_.get());
}

absl::Status TestTransaction::AddOffsetsUnfenced(const std::string& group,
                                                 const std::string& topic,
                                                 const TestOffsets& offsets) {
  const PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)
        ->offset = offset;
  }
  const GroupMetadataHandle nobody(
      rd_kafka_consumer_group_metadata_new(group.c_str()));
  return Check(rd_kafka_send_offsets_to_transaction(
                   client_.get(), list.get(), nobody.get(), kTestPatienceMs),
               "unfenced offsets");
}

absl::Status TestTransaction::Commit() {
  const absl::Status status = Check(
      rd_kafka_commit_transaction(client_.get(), kTestPatienceMs), "commit");
  return status.ok() ? AwaitMarkers() : status;
}

absl::Status TestTransaction::Abort() {
  const absl::Status status = Check(
      rd_kafka_abort_transaction(client_.get(), kTestPatienceMs), "abort");
  return status.ok() ? AwaitMarkers() : status;
}

// The markers come after the answer. They are there when the last stable offset
// has passed; if another transaction holds that back, when the coordinator
// gives the id to somebody else.
absl::Status TestTransaction::AwaitMarkers() {
  const absl::Time look_until = absl::Now() + absl::Milliseconds(300);
  auto waiting = deliveries_->first;
  while (!waiting.empty() && absl::Now() < look_until) {
    const auto& [where, first] = *waiting.begin();
    const auto stable =
        admin_->EndOffset(where.first, where.second, Isolation::kCommitted);
    if (!stable.ok()) return stable.status();
    if (*stable > first) waiting.erase(waiting.begin());
  }
  if (waiting.empty()) return absl::OkStatus();
  return Begin(absl::Minutes(1));
}

absl::StatusOr<std::unique_ptr<TestClient>> TestClient::Create(
    const std::string& bootstrap_servers,
    const std::map<std::string, std::string>& properties) {
  std::unique_ptr<TestClient> client(new TestClient(bootstrap_servers));
  auto admin = TestAdmin::Create(bootstrap_servers);
  if (!admin.ok()) return admin.status();
  client->admin_ = *std::move(admin);
  client->deliveries_ = std::make_shared<TestDeliveries>();
  auto producer = NewProducer(bootstrap_servers, "", absl::ZeroDuration(),
                              client->deliveries_, properties);
  if (!producer.ok()) return producer.status();
  client->producer_ = *std::move(producer);
  return client;
}

absl::StatusOr<int64_t> TestClient::Produce(const std::string& topic,
                                            const TestRecord& record) {
  const absl::Status status = ProduceRecords(topic, {record});
  if (!status.ok()) return status;
  return deliveries_->last_offset;
}

absl::Status TestClient::ProduceRecords(const std::string& topic,
                                        absl::Span<const TestRecord> records) {
  return ProduceMany(
      topic, static_cast<int64_t>(records.size()),
      [&](int64_t i) { return records[static_cast<size_t>(i)]; });
}

absl::Status TestClient::ProduceMany(
    const std::string& topic, int64_t count,
    absl::FunctionRef<TestRecord(int64_t)> make) {
  const absl::Status known = Know(producer_.get(), topic, &topics_);
  if (!known.ok()) return known;
  for (int64_t i = 0; i < count; ++i) {
    const absl::Status status = Enqueue(producer_.get(), topic, make(i));
    if (!status.ok()) return status;
    if (i % 1000 == 0) rd_kafka_poll(producer_.get(), 0);
  }
  return Flush(producer_.get(), deliveries_.get());
}

absl::StatusOr<std::vector<StoredRecord>> TestClient::ReadTopic(
    const std::string& topic, Isolation isolation) {
  auto end = admin_->EndOffsets(topic, isolation);
  if (!end.ok()) return end.status();
  auto client = NewRawClient(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", bootstrap_servers_},
       {"group.id", absl::StrCat("reader-of-", topic)},  // never joined
       {"enable.auto.commit", "false"},
       {"enable.partition.eof", "true"},
       {"auto.offset.reset", "error"},
       {"fetch.wait.max.ms", "20"},
       {"fetch.queue.backoff.ms", "2"},
       {"isolation.level", isolation == Isolation::kCommitted
                               ? "read_committed"
                               : "read_uncommitted"}});
  if (!client.ok()) return client.status();
  const PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
  for (const auto& [partition, offset] : *end) {
    const auto begin = admin_->BeginOffset(topic, partition);
    if (!begin.ok()) return begin.status();
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)
        ->offset = *begin;
  }
  const absl::Status status =
      ToStatus(rd_kafka_assign(client->get(), list.get()),
               absl::StrCat("reading ", topic));
  if (!status.ok()) return status;
  const QueueHandle queue(rd_kafka_queue_get_consumer(client->get()));
  return ReadUntil(queue.get(), *end);
}

absl::StatusOr<std::unique_ptr<TestTransaction>> TestClient::BeginTransaction(
    const std::string& transactional_id, absl::Duration timeout) {
  std::unique_ptr<TestTransaction> transaction(
      new TestTransaction(bootstrap_servers_, transactional_id, admin_.get()));
  const absl::Status status = transaction->Begin(timeout);
  if (!status.ok()) return status;
  return transaction;
}

}  // namespace exactmean
