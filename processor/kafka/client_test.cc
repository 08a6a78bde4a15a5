// Clients without a broker: what is refused, and how it is said.

#include "processor/kafka/client.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr ClientKind kKinds[] = {
    ClientKind::kGroupMember, ClientKind::kReader,   ClientKind::kPointReader,
    ClientKind::kWatermarks,  ClientKind::kProducer, ClientKind::kAdmin,
};

KafkaOptions Options() {
  KafkaOptions options;
  options.bootstrap_servers = "127.0.0.1:1";  // nobody listens
  options.application_id = "app";
  options.instance_id = "one";
  options.transactional_id = "app-one-0";
  return options;
}

TEST(ClientTest, TheLibraryIsNewEnough) {
  EXPECT_THAT(CheckLibraryVersion(), IsOk());
}

TEST(ClientTest, EachKindIsAcceptedByLibrdkafka) {
  for (const ClientKind kind : kKinds) {
    EXPECT_THAT(NewClient(Options(), kind), IsOk());
  }
  KafkaOptions quick = Options();
  quick.transaction_timeout = absl::Seconds(1);
  quick.session_timeout = absl::Seconds(1);
  for (const ClientKind kind : kKinds) {
    EXPECT_THAT(NewClient(quick, kind), IsOk());
  }
}

TEST(ClientTest, UnknownPropertyIsNamed) {
  KafkaOptions options = Options();
  options.properties = {{"linger.mz", "1"}};
  EXPECT_THAT(NewConf(options, ClientKind::kProducer),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"linger.mz\""),
                             HasSubstr("No such configuration property"))));
}

TEST(ClientTest, ReservedPropertyIsRefusedForEachKind) {
  KafkaOptions options = Options();
  options.properties = {{"isolation.level", "read_uncommitted"}};
  for (const ClientKind kind : kKinds) {
    EXPECT_THAT(
        NewConf(options, kind),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("isolation")));
  }
}

TEST(ClientTest, SecretsAreNotRepeated) {
  for (const std::string name : {"ssl.key.pem", "ssl.certificate.pem"}) {
    KafkaOptions options = Options();
    options.properties = {{"security.protocol", "ssl"}, {name, "very secret"}};
    const auto client = NewClient(options, ClientKind::kAdmin);
    ASSERT_FALSE(client.ok());
    EXPECT_THAT(client.status().ToString(), Not(HasSubstr("very secret")));
  }
}

TEST(ClientTest, WrongCombinationIsLibrdkafkasToRefuse) {
  KafkaOptions options = Options();
  options.properties = {{"max.in.flight.requests.per.connection", "9"}};
  EXPECT_THAT(
      NewClient(options, ClientKind::kProducer),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("max.in.flight")));
}

TEST(ClientTest, NoBrokerIsUnavailable) {
  const auto client = NewClient(Options(), ClientKind::kWatermarks);
  ASSERT_THAT(client, IsOk());
  EXPECT_THAT(
      FetchPartitionCount(client->get(), "topic", absl::Milliseconds(50)),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("topic")));
}

TEST(ClientTest, Milliseconds) {
  EXPECT_EQ(ToMilliseconds(absl::ZeroDuration()), 0);
  EXPECT_EQ(ToMilliseconds(absl::Seconds(-1)), 0);
  EXPECT_EQ(ToMilliseconds(absl::Microseconds(1)), 1);
  EXPECT_EQ(ToMilliseconds(absl::Milliseconds(7)), 7);
  EXPECT_EQ(ToMilliseconds(absl::InfiniteDuration()), 3600000);
}

}  // namespace
}  // namespace exactmean
