// The logs on librdkafka hold to the contract of processor/log.h, on a real
// broker; and so the fake, which passes the same suite, behaves as Kafka does.

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/options.h"
#include "processor/kafka/plain_writer.h"
#include "processor/kafka/testing/raw_coordinator.h"
#include "processor/kafka/testing/test_client.h"
#include "processor/kafka/topic_reader.h"
#include "processor/kafka/transaction.h"
#include "tests/conformance/log_conformance.h"
#include "tests/conformance/log_world.h"
#include "tools/cluster/local_kafka.h"

namespace exactmean {
namespace {

// A failure of the world is none of the code under test: it ends the program.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    ADD_FAILURE() << result.status().ToString();
    std::abort();
  }
  return *std::move(result);
}
void Must(const absl::Status& status) {
  if (status.ok()) return;
  ADD_FAILURE() << status.ToString();
  std::abort();
}

// One broker and one foreign client for the whole suite.
class KafkaEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    kafka_ = Must(LocalKafka::Start());
    client_ = Must(TestClient::Create(kafka_->bootstrap_servers()));
  }
  void TearDown() override {
    client_.reset();
    kafka_.reset();
  }
  std::string servers() const { return kafka_->bootstrap_servers(); }
  // Of the only broker, which coordinates everything.
  int port() const { return kafka_->broker_port(0); }
  TestClient& client() { return *client_; }

 private:
  std::unique_ptr<LocalKafka> kafka_;
  std::unique_ptr<TestClient> client_;
};

KafkaEnvironment* const environment = static_cast<KafkaEnvironment*>(
    testing::AddGlobalTestEnvironment(new KafkaEnvironment));

TestRecord Record(Partition partition, absl::optional<absl::string_view> key,
                  absl::optional<absl::string_view> value) {
  TestRecord record;
  record.partition = partition.value();
  if (key.has_value()) record.key.emplace(key->data(), key->size());
  if (value.has_value()) record.value.emplace(value->data(), value->size());
  return record;
}

class KafkaForeignTransaction : public ForeignTransaction {
 public:
  explicit KafkaForeignTransaction(const std::string& id)
      : transaction_(Must(environment->client().BeginTransaction(id))) {}

  Offset Write(const std::string& topic, Partition partition,
               absl::string_view key, absl::string_view value) override {
    return Offset(
        Must(transaction_->Write(topic, Record(partition, key, value))));
  }
  void Commit() override { Must(transaction_->Commit()); }
  void Abort() override { Must(transaction_->Abort()); }

 private:
  const std::unique_ptr<TestTransaction> transaction_;
};

class KafkaCommitRequest : public CommitRequest {
 public:
  explicit KafkaCommitRequest(const std::string& id)
      : id_(id), producer_(Must(DescribeProducer(environment->port(), id))) {}

  absl::Status Arrive() override {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (true) {
      const absl::Status status =
          exactmean::RequestCommit(environment->port(), id_, producer_);
      if (!absl::IsUnavailable(status) || absl::Now() > deadline) return status;
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

 private:
  const std::string id_;
  const RawProducer producer_;
};

class KafkaWorld : public LogWorld {
 public:
  std::string Unique(absl::string_view stem) override {
    static int names = 0;
    return absl::StrCat(stem, "-", ++names);
  }
  void CreateTopic(const std::string& name, int32_t partitions) override {
    Must(client().admin().CreateTopic(name, partitions));
  }
  void RecreateTopic(const std::string& name, int32_t partitions) override {
    Must(client().admin().DeleteTopic(name));
    EXPECT_TRUE(Eventually(
        [&] { return client().admin().CreateTopic(name, partitions).ok(); }));
  }
  std::unique_ptr<InputLog> NewInput(const Member& member) override {
    KafkaOptions options = Options();
    options.application_id = member.group;
    options.static_membership = !member.instance.empty();
    options.instance_id =
        member.instance.empty() ? member.client : member.instance;
    options.assignor =
        member.cooperative ? Assignor::kCooperativeSticky : Assignor::kRange;
    options.input_topic = member.topic;
    if (member.forgettable) {
      options.session_timeout = kForgetAfter;
      options.properties["max.poll.interval.ms"] =
          absl::StrCat(absl::ToInt64Milliseconds(kForgetAfter));
    }
    return Must(KafkaInputLog::Create(options));
  }
  std::unique_ptr<TopicReader> NewResults(const std::string& topic) override {
    return Must(KafkaTopicReader::Create(Options(), topic));
  }
  std::unique_ptr<Transaction> NewTransaction(const Writer& writer) override {
    KafkaOptions options = Options();
    options.transactional_id = writer.id;
    options.transaction_timeout = writer.timeout;
    options.input_topic = writer.input_topic;
    options.results_topic = writer.results_topic;
    options.updates_topic = writer.updates_topic;
    options.dead_letter_topic = writer.dead_letter_topic;
    options.retry_topics = writer.retry_topics;
    options.transactional = writer.transactional;
    if (!writer.transactional) return Must(KafkaPlainWriter::Create(options));
    return Must(KafkaTransaction::Create(options));
  }
  Offset Produce(const std::string& topic, Partition partition,
                 absl::optional<absl::string_view> key,
                 absl::optional<absl::string_view> value,
                 int64_t timestamp_ms) override {
    TestRecord record = Record(partition, key, value);
    record.timestamp_ms = timestamp_ms;
    return Offset(Must(client().Produce(topic, record)));
  }
  void ProduceMany(const std::string& topic, Partition partition,
                   int count) override {
    Must(client().ProduceMany(topic, count, [&](int64_t) {
      return Record(partition, absl::string_view("k"), absl::string_view("v"));
    }));
  }
  std::unique_ptr<ForeignTransaction> BeginForeign() override {
    return std::make_unique<KafkaForeignTransaction>(Unique("foreign"));
  }
  std::unique_ptr<CommitRequest> RequestCommit(
      const std::string& transactional_id) override {
    return std::make_unique<KafkaCommitRequest>(transactional_id);
  }
  void MakeCompacted(const std::string& topic, Tombstones tombstones) override {
    const bool kept = tombstones == Tombstones::kKept;
    const std::pair<const char*, const char*> configs[] = {
        {"delete.retention.ms", kept ? "86400000" : "0"},
        {"segment.ms", "100"},
        {"min.cleanable.dirty.ratio", "0.001"},
        {"cleanup.policy", "compact"}};
    for (const auto& [name, value] : configs) {
      Must(client().admin().AlterTopicConfig(topic, name, value));
    }
  }
  void Compact(const std::string& topic, Partition partition) override {
    // Segments roll by the time of their records: each of these begins one, and
    // the cleaner takes all but the last.
    static int64_t hours = 0;
    const int64_t year_2100 = 4102444800000;
    Produce(topic, partition, absl::string_view(kRollKey),
            absl::string_view(""), year_2100 + 3600000 * ++hours);
    Pass(absl::Milliseconds(200));
  }
  void DeleteRecordsBefore(const std::string& topic, Partition partition,
                           Offset offset) override {
    Must(client().admin().DeleteRecordsBefore(topic, partition.value(),
                                              offset.value()));
  }
  void Forget(const Member& member) override {
    EXPECT_TRUE(member.forgettable);
    // librdkafka leaves the group, on a thread of its own, when it is not
    // polled for so long; it checks once a second.
    Pass(kForgetAfter + absl::Milliseconds(1200));
  }
  void Pass(absl::Duration duration) override { absl::SleepFor(duration); }
  bool Eventually(const std::function<bool()>& condition) override {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(2));
    }
    return true;
  }
  absl::Duration quiet() const override { return absl::Milliseconds(300); }

 private:
  static constexpr absl::Duration kForgetAfter = absl::Milliseconds(1000);

  static TestClient& client() { return environment->client(); }
  static KafkaOptions Options() {
    KafkaOptions options;
    options.bootstrap_servers = environment->servers();
    options.application_id = "conformance";
    options.instance_id = "conformance";
    return options;
  }
};

std::unique_ptr<LogWorld> NewKafkaWorld() {
  return std::make_unique<KafkaWorld>();
}

INSTANTIATE_TEST_SUITE_P(Kafka, LogConformanceTest,
                         testing::Values(&NewKafkaWorld));

}  // namespace
}  // namespace exactmean
