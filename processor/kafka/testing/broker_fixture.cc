// Starts the broker once.

#include "processor/kafka/testing/broker_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

std::unique_ptr<LocalKafka> BrokerTest::the_kafka;
std::unique_ptr<TestClient> BrokerTest::the_client;

void BrokerTest::SetUpTestSuite() {
  auto kafka = LocalKafka::Start();
  ASSERT_TRUE(kafka.ok()) << kafka.status();
  the_kafka = *std::move(kafka);
  auto client = TestClient::Create(the_kafka->bootstrap_servers());
  ASSERT_TRUE(client.ok()) << client.status();
  the_client = *std::move(client);
}

void BrokerTest::TearDownTestSuite() {
  the_client.reset();
  the_kafka.reset();
}

BrokerTest::BrokerTest() {
  const char* test =
      testing::UnitTest::GetInstance()->current_test_info()->name();
  options_.bootstrap_servers = the_kafka->bootstrap_servers();
  options_.application_id = test;
  options_.instance_id = absl::StrCat(test, "-one");
  options_.static_membership = false;
  options_.transactional_id = absl::StrCat(test, "-id");
  options_.input_topic = absl::StrCat(test, "-input");
  options_.results_topic = absl::StrCat(test, "-results");
}

void BrokerTest::CreateTopics(int32_t partitions) {
  for (const std::string& topic : {input(), results()}) {
    const absl::Status status = admin().CreateTopic(topic, partitions);
    ASSERT_TRUE(status.ok()) << status;
  }
}

void BrokerTest::Fill(const std::string& topic, int32_t partition, int count) {
  const absl::Status status =
      client().ProduceMany(topic, count, [&](int64_t i) {
        TestRecord record;
        record.partition = partition;
        record.value = absl::StrCat(i);
        return record;
      });
  ASSERT_TRUE(status.ok()) << status;
}

bool Eventually(absl::FunctionRef<bool()> condition) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

testing::AssertionResult PollUntil(
    InputLog* log, absl::FunctionRef<void(const LogRecord&)> use,
    absl::FunctionRef<bool()> done) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (!done()) {
    if (absl::Now() >= deadline) {
      return testing::AssertionFailure() << "it did not come to pass in time";
    }
    const auto records = log->Poll(absl::Milliseconds(20));
    if (!records.ok()) return testing::AssertionFailure() << records.status();
    for (const LogRecord& record : *records) use(record);
  }
  return testing::AssertionSuccess();
}

}  // namespace exactmean
