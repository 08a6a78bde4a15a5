// Writer and BrokerClient.

#include "tests/broker/kafka.h"

#include "absl/memory/memory.h"

namespace exactmean {

absl::StatusOr<std::unique_ptr<Writer>> Writer::Create(
    const std::string& servers, const std::string& transactional_id,
    absl::Duration timeout) {
  auto client = TestClient::Create(servers);
  if (!client.ok()) return client.status();
  return absl::WrapUnique(
      new Writer(*std::move(client), transactional_id, timeout));
}

absl::Status Writer::Begin() {
  auto begun = client_->BeginTransaction(id_, timeout_);
  if (!begun.ok()) return begun.status();
  transaction_ = *std::move(begun);
  return absl::OkStatus();
}

absl::Status Writer::Write(const std::string& topic,
                           const std::vector<Record>& records) {
  std::vector<TestRecord> plain;
  for (const Record& record : records) {
    plain.push_back({record.partition.value(), record.key, record.value,
                     record.timestamp_ms, record.headers});
  }
  return id_.empty() ? client_->ProduceRecords(topic, plain)
                     : transaction_->WriteAll(topic, plain);
}

absl::StatusOr<std::unique_ptr<BrokerClient>> BrokerClient::Create(
    const std::string& servers) {
  auto client = TestClient::Create(servers);
  if (!client.ok()) return client.status();
  return absl::WrapUnique(new BrokerClient(*std::move(client)));
}

absl::Status BrokerClient::DeleteOffsets(const std::string& group,
                                         const std::string& topic) {
  const auto offsets = client_->admin().CommittedOffsets(group, topic);
  if (!offsets.ok()) return offsets.status();
  std::vector<int32_t> partitions;
  for (const auto& [partition, offset] : *offsets) {
    partitions.push_back(partition);
  }
  return client_->admin().DeleteGroupOffsets(group, topic, partitions);
}

absl::StatusOr<absl::optional<Offset>> BrokerClient::CommittedOffset(
    const std::string& group, const std::string& topic, Partition partition) {
  const auto offsets = client_->admin().CommittedOffsets(group, topic);
  if (!offsets.ok()) return offsets.status();
  const auto it = offsets->find(partition.value());
  return it == offsets->end() ? absl::optional<Offset>()
                              : absl::optional<Offset>(Offset(it->second));
}

absl::StatusOr<Offset> BrokerClient::EndOffset(const std::string& topic,
                                               Partition partition,
                                               Isolation isolation) {
  const auto end =
      client_->admin().EndOffset(topic, partition.value(), isolation);
  if (!end.ok()) return end.status();
  return Offset(*end);
}

absl::StatusOr<std::vector<Record>> BrokerClient::ReadTopic(
    const std::string& topic, Isolation isolation) {
  auto stored = client_->ReadTopic(topic, isolation);
  if (!stored.ok()) return stored.status();
  std::vector<Record> records;
  for (StoredRecord& record : *stored) {
    records.push_back({Partition(record.partition), std::move(record.key),
                       std::move(record.value), record.timestamp_ms,
                       Offset(record.offset), std::move(record.headers)});
  }
  return records;
}

}  // namespace exactmean
