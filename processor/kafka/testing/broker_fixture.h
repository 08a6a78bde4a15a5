// A broker for the tests of this package, and what they all do with it.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_BROKER_FIXTURE_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_BROKER_FIXTURE_H_

#include <memory>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "processor/kafka/options.h"
#include "processor/kafka/testing/test_client.h"
#include "processor/log.h"
#include "tools/cluster/local_kafka.h"

namespace exactmean {

// One broker for all tests of a test program; each test has names of its own.
class BrokerTest : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  BrokerTest();

  static LocalKafka& kafka() { return *the_kafka; }
  static TestClient& client() { return *the_client; }
  static TestAdmin& admin() { return the_client->admin(); }

  // Names of this test's topics; make them with CreateTopics.
  const std::string& input() const { return options_.input_topic; }
  const std::string& results() const { return options_.results_topic; }
  void CreateTopics(int32_t partitions);
  // `count` records without keys whose values are their offsets.
  void Fill(const std::string& topic, int32_t partition, int count);

  KafkaOptions options_;  // of a dynamic member

 private:
  static std::unique_ptr<LocalKafka> the_kafka;
  static std::unique_ptr<TestClient> the_client;
};

// Keeps what is held.
class HeldPartitions : public AssignmentListener {
 public:
  void OnAssigned(absl::Span<const Partition> partitions) override {
    held.insert(partitions.begin(), partitions.end());
  }
  void OnRevoked(absl::Span<const Partition> partitions) override {
    for (const Partition partition : partitions) held.erase(partition);
  }
  void OnLost(absl::Span<const Partition> partitions) override {
    OnRevoked(partitions);
    lost = true;
  }

  std::set<Partition> held;
  bool lost = false;
};

// Tries again until it holds or half a minute is over; whether it does.
bool Eventually(absl::FunctionRef<bool()> condition);

// Polls `log` and gives each record to `use` until `done`, likewise.
testing::AssertionResult PollUntil(
    InputLog* log, absl::FunctionRef<void(const LogRecord&)> use,
    absl::FunctionRef<bool()> done);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_BROKER_FIXTURE_H_
