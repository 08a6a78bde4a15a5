// The fake log holds to the contract of processor/log.h.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/conformance/log_world.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_plain_writer.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/fake_log/fault_plan.h"

namespace exactmean {
namespace {

class FakeForeignTransaction : public ForeignTransaction {
 public:
  FakeForeignTransaction(FakeCluster* cluster, const std::string& id)
      : cluster_(cluster),
        producer_(cluster->InitProducer(id, absl::Minutes(1))) {}

  Offset Write(const std::string& topic, Partition partition,
               absl::string_view key, absl::string_view value) override {
    const Offset offset = cluster_->partition(topic, partition).high();
    Expect(cluster_->Append(producer_, topic, partition, key, value));
    return offset;
  }
  void Commit() override { Expect(cluster_->EndTransaction(producer_, true)); }
  void Abort() override { Expect(cluster_->EndTransaction(producer_, false)); }

 private:
  static void Expect(const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status.ToString();
  }

  FakeCluster* const cluster_;
  const FakeProducer producer_;
};

class FakeCommitRequest : public CommitRequest {
 public:
  FakeCommitRequest(FakeCluster* cluster, FakeProducer producer)
      : cluster_(cluster), producer_(producer) {}

  absl::Status Arrive() override {
    return cluster_->EndTransaction(producer_, /*commit=*/true);
  }

 private:
  FakeCluster* const cluster_;
  const FakeProducer producer_;
};

class FakeWorld : public LogWorld {
 public:
  explicit FakeWorld(bool buffer_writes) : buffer_writes_(buffer_writes) {}

  std::string Unique(absl::string_view stem) override {
    return absl::StrCat(stem, "-", ++names_);
  }
  void CreateTopic(const std::string& name, int32_t partitions) override {
    cluster_.CreateTopic(name, partitions);
  }
  void RecreateTopic(const std::string& name, int32_t /*partitions*/) override {
    cluster_.RecreateTopic(name);
  }
  std::unique_ptr<InputLog> NewInput(const Member& member) override {
    FakeInputLog::Options options;
    options.topic = member.topic;
    options.group = member.group;
    options.client = member.client;
    options.instance = member.instance;
    options.cooperative = member.cooperative;
    return std::make_unique<FakeInputLog>(&cluster_, &no_faults_, options);
  }
  std::unique_ptr<TopicReader> NewResults(const std::string& topic) override {
    FakeResultsLog::Options options;
    options.topic = topic;
    return std::make_unique<FakeResultsLog>(&cluster_, &no_faults_, options);
  }
  std::unique_ptr<Transaction> NewTransaction(const Writer& writer) override {
    FakeTransaction::Options options;
    options.id = writer.id;
    options.input_topic = writer.input_topic;
    options.results_topic = writer.results_topic;
    options.updates_topic = writer.updates_topic;
    options.dead_letter_topic = writer.dead_letter_topic;
    options.retry_topics = writer.retry_topics;
    options.timeout = writer.timeout;
    options.buffer_writes = buffer_writes_;
    if (!writer.transactional) {
      return std::make_unique<FakePlainWriter>(&cluster_, &no_faults_, options);
    }
    auto transaction =
        std::make_unique<FakeTransaction>(&cluster_, &no_faults_, options);
    transactions_[writer.id] = transaction.get();
    return transaction;
  }
  Offset Produce(const std::string& topic, Partition partition,
                 absl::optional<absl::string_view> key,
                 absl::optional<absl::string_view> value,
                 int64_t timestamp_ms) override {
    return cluster_.Produce(topic, partition, key, value, timestamp_ms);
  }
  void ProduceMany(const std::string& topic, Partition partition,
                   int count) override {
    for (int i = 0; i < count; ++i) {
      cluster_.Produce(topic, partition, "k", "v");
    }
  }
  std::unique_ptr<ForeignTransaction> BeginForeign() override {
    return std::make_unique<FakeForeignTransaction>(&cluster_,
                                                    Unique("foreign"));
  }
  std::unique_ptr<CommitRequest> RequestCommit(
      const std::string& transactional_id) override {
    return std::make_unique<FakeCommitRequest>(
        &cluster_, transactions_.at(transactional_id)->producer());
  }
  void MakeCompacted(const std::string& topic, Tombstones tombstones) override {
    FakePartition::Compaction& compaction = compactions_[topic];
    compaction.drop_tombstones = compaction.drop_markers =
        tombstones == Tombstones::kDropped;
  }
  void Compact(const std::string& topic, Partition partition) override {
    FakePartition::Compaction compaction = compactions_.at(topic);
    compaction.below = cluster_.Produce(topic, partition, kRollKey, "");
    cluster_.partition(topic, partition).Compact(compaction);
  }
  void DeleteRecordsBefore(const std::string& topic, Partition partition,
                           Offset offset) override {
    cluster_.partition(topic, partition).DeleteBefore(offset);
  }
  void Forget(const Member& member) override {
    cluster_.group(member.group, member.topic).Expire(member.client);
  }
  void Pass(absl::Duration duration) override { cluster_.Advance(duration); }
  bool Eventually(const std::function<bool()>& condition) override {
    // Nothing takes time here, only turns.
    for (int turn = 0; turn < 100; ++turn) {
      if (condition()) return true;
    }
    return false;
  }
  absl::Duration quiet() const override { return absl::ZeroDuration(); }

 private:
  FakeCluster cluster_;
  FaultPlan no_faults_;
  const bool buffer_writes_;
  std::map<std::string, const FakeTransaction*> transactions_;    // by id
  std::map<std::string, FakePartition::Compaction> compactions_;  // by topic
  int names_ = 0;
};

std::unique_ptr<LogWorld> NewWorld() {
  return std::make_unique<FakeWorld>(/*buffer_writes=*/false);
}
std::unique_ptr<LogWorld> NewBufferingWorld() {
  return std::make_unique<FakeWorld>(/*buffer_writes=*/true);
}

INSTANTIATE_TEST_SUITE_P(Fake, LogConformanceTest,
                         testing::Values(&NewWorld, &NewBufferingWorld));

}  // namespace
}  // namespace exactmean
