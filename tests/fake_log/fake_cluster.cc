// Brings the parts of the fake cluster together.

#include "tests/fake_log/fake_cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {

void FakeCluster::CreateTopic(absl::string_view name, int32_t partitions) {
  FakeTopic topic;
  topic.name = std::string(name.data(), name.size());
  topics_.emplace(topic.name, std::move(topic));
  AddPartitions(name, partitions);
}

void FakeCluster::AddPartitions(absl::string_view name, int32_t partitions) {
  FakeTopic& t = topic(name);
  for (int32_t i = 0; i < partitions; ++i) t.partitions.emplace_back();
}

void FakeCluster::RecreateTopic(absl::string_view name) {
  FakeTopic& t = topic(name);
  ++t.id;
  for (FakePartition& partition : t.partitions) partition.Recreate();
}

absl::StatusOr<FakeTopic*> FakeCluster::FindTopic(absl::string_view name) {
  const auto found = topics_.find(name);
  if (found == topics_.end()) {
    return absl::NotFoundError(absl::StrCat("no topic ", name));
  }
  return &found->second;
}

absl::StatusOr<FakePartition*> FakeCluster::FindPartition(
    absl::string_view topic, Partition partition) {
  absl::StatusOr<FakeTopic*> found = FindTopic(topic);
  if (!found.ok()) return found.status();
  if (!(*found)->Has(partition)) {
    return absl::NotFoundError(
        absl::StrCat("no partition ", topic, "[", partition.value(), "]"));
  }
  return &(*found)->at(partition);
}

FakeTopic& FakeCluster::topic(absl::string_view name) {
  return *FindTopic(name).value();
}

FakePartition& FakeCluster::partition(absl::string_view topic,
                                      Partition partition) {
  return *FindPartition(topic, partition).value();
}

Offset FakeCluster::Produce(absl::string_view topic, Partition partition,
                            absl::optional<absl::string_view> key,
                            absl::optional<absl::string_view> value,
                            int64_t timestamp_ms, Headers headers) {
  return this->partition(topic, partition)
      .Append(key, value, timestamp_ms, kNoProducer, std::move(headers));
}

absl::Status FakeCluster::Append(const FakeProducer& producer,
                                 absl::string_view topic, Partition partition,
                                 absl::optional<absl::string_view> key,
                                 absl::optional<absl::string_view> value,
                                 absl::optional<int64_t> timestamp_ms,
                                 Headers headers) {
  absl::StatusOr<FakePartition*> found = FindPartition(topic, partition);
  if (!found.ok()) return found.status();
  absl::Status status = coordinator_.Add(producer, *found, now_);
  if (!status.ok()) return status;
  (*found)->Append(key, value, timestamp_ms.value_or(absl::ToUnixMillis(now_)),
                   producer.producer, std::move(headers));
  return absl::OkStatus();
}

absl::Status FakeCluster::AddOffsets(
    const FakeProducer& producer, absl::string_view topic,
    absl::Span<const Transaction::PartitionOffset> offsets,
    const GroupToken& token) {
  for (const auto& offset : offsets) {
    absl::Status status = FindPartition(topic, offset.partition).status();
    if (!status.ok()) return status;
  }
  FakeGroup& g = group(token.group, topic);
  absl::Status status = coordinator_.Add(producer, &g, now_);
  if (status.ok()) status = g.Check(token);
  if (!status.ok()) return status;
  for (const auto& offset : offsets) {
    g.AddPending(producer.producer, offset.partition, offset.next, kOffsetNote);
  }
  return absl::OkStatus();
}

FakeGroup& FakeCluster::group(absl::string_view name, absl::string_view topic) {
  std::unique_ptr<FakeGroup>& g = groups_[absl::StrCat(name, "@", topic)];
  if (g == nullptr) {
    g = std::make_unique<FakeGroup>(std::string(name.data(), name.size()),
                                    &this->topic(topic));
  }
  return *g;
}

void FakeCluster::Advance(absl::Duration duration) {
  now_ += duration;
  coordinator_.AbortTimedOut(now_);
  for (auto& [name, g] : groups_) g->ExpireSilent(now_);
}

}  // namespace exactmean
