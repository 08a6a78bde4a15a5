// Transactions in trouble: the traps that are known of librdkafka and Kafka.

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/testing/broker_fixture.h"
#include "processor/kafka/transaction.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Partition kP0{0};
constexpr absl::Duration kOpening = absl::Seconds(20);

class TransactionBrokerTest : public BrokerTest {
 protected:
  void Open() {
    auto transaction = KafkaTransaction::Create(options_);
    ASSERT_THAT(transaction, IsOk());
    transaction_ = *std::move(transaction);
    ASSERT_THAT(transaction_->Open(kOpening), IsOk());
  }

  // A member of the group, for its token.
  void Join() {
    auto log = KafkaInputLog::Create(options_);
    ASSERT_THAT(log, IsOk());
    log_ = *std::move(log);
    ASSERT_THAT(log_->Subscribe(&listener_), IsOk());
    ASSERT_TRUE(PollUntil(
        log_.get(), [](const LogRecord&) {},
        [&] { return !listener_.held.empty(); }));
    auto token = log_->Token();
    ASSERT_THAT(token, IsOk());
    token_ = *token;
  }

  absl::Status WriteOne(absl::string_view value) {
    absl::Status status = transaction_->Begin();
    if (!status.ok()) return status;
    return transaction_->Write(Destination::kResults, kP0, "k", value);
  }

  absl::Status CommitOne(absl::string_view value, int64_t next) {
    absl::Status status = WriteOne(value);
    if (!status.ok()) return status;
    status = transaction_->AddOffsets({{kP0, Offset(next)}}, token_);
    return status.ok() ? transaction_->Commit() : status;
  }

  std::string LastResult() {
    const auto records = client().ReadTopic(results(), Isolation::kCommitted);
    if (!records.ok()) return records.status().ToString();
    return records->empty() ? "none" : records->back().value.value_or("null");
  }

  HeldPartitions listener_;
  std::unique_ptr<KafkaInputLog> log_;
  GroupToken token_;
  std::unique_ptr<KafkaTransaction> transaction_;
};

// librdkafka #4849: an abort that overtakes the request which adds the
// partition to the transaction would be fatal. That request is on its way some
// milliseconds after the first write.
TEST_F(TransactionBrokerTest, AbortsRightAfterTheFirstWrite) {
  CreateTopics(1);
  Join();
  Open();
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE(i);
    ASSERT_THAT(WriteOne("no"), IsOk());
    const absl::Time then = absl::Now() + i * absl::Microseconds(500);
    while (absl::Now() < then) continue;
    ASSERT_THAT(transaction_->Abort(), IsOk());
    ASSERT_THAT(CommitOne(absl::StrCat(i), i), IsOk());
  }
  EXPECT_EQ(LastResult(), "59");
  EXPECT_THAT(client().ReadTopic(results(), Isolation::kCommitted),
              IsOkAndHolds(SizeIs(60)));
}

// The default of librdkafka would allow ten a second.
TEST_F(TransactionBrokerTest, CommitsInQuickSuccession) {
  CreateTopics(1);
  Join();
  Open();
  ASSERT_THAT(CommitOne("warm", 0), IsOk());
  absl::Duration least = absl::InfiniteDuration();  // this machine may be busy
  for (int round = 0; round < 5; ++round) {
    const absl::Time start = absl::Now();
    for (int i = 1; i <= 10; ++i) {
      ASSERT_THAT(CommitOne("v", 10 * round + i), IsOk());
    }
    least = std::min(least, absl::Now() - start);
  }
  EXPECT_LT(least, absl::Milliseconds(800));
}

TEST_F(TransactionBrokerTest, FirstWriteIsNotLate) {
  CreateTopics(1);
  Join();
  Open();
  const absl::Time start = absl::Now();
  ASSERT_THAT(CommitOne("v", 0), IsOk());
  EXPECT_LT(absl::Now() - start, absl::Milliseconds(700));
}

// Why Token and AddOffsets refuse a writer without membership.
TEST_F(TransactionBrokerTest, ABrokerFencesNobodyWithoutMembership) {
  CreateTopics(1);
  Join();
  auto zombie = client().BeginTransaction("zombie");
  ASSERT_THAT(zombie, IsOk());
  EXPECT_THAT((*zombie)->AddOffsetsUnfenced(options_.application_id, input(),
                                            {{0, 77}}),
              IsOk());
  EXPECT_THAT((*zombie)->Commit(), IsOk());
  ASSERT_TRUE(Eventually([&] {
    const auto committed = log_->Committed(kP0);
    return committed.ok() && *committed == Offset(77);
  }));
}

// The broker is frozen while the end is asked for: the answer comes later, and
// a copy of the request may be on its way (KAFKA-17754).
TEST_F(TransactionBrokerTest, CommitWithoutAnAnswer) {
  CreateTopics(1);
  options_.session_timeout = absl::Seconds(30);
  Join();
  Open();
  ASSERT_THAT(WriteOne("a"), IsOk());
  ASSERT_THAT(transaction_->AddOffsets({{kP0, Offset(1)}}, token_), IsOk());
  ASSERT_THAT(kafka().Pause(0), IsOk());
  EXPECT_THAT(transaction_->Commit(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(transaction_->Abort(), StatusIs(absl::StatusCode::kUnknown))
      << "nobody knows whether it committed";
  EXPECT_THAT(transaction_->Begin(), StatusIs(absl::StatusCode::kInternal));
  ASSERT_THAT(kafka().Resume(0), IsOk());
  absl::Status status;
  ASSERT_TRUE(Eventually([&] {
    status = transaction_->Commit();
    return !absl::IsUnavailable(status);
  }));
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(LastResult(), "a");

  // The next transaction is another producer's.
  testing::internal::CaptureStderr();
  ASSERT_TRUE(Eventually([&] {
    status = transaction_->Begin();
    return !absl::IsUnavailable(status);
  }));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("new producer epoch"));
  ASSERT_THAT(status, IsOk());
  ASSERT_THAT(transaction_->Write(Destination::kResults, kP0, "k", "b"),
              IsOk());
  ASSERT_THAT(transaction_->AddOffsets({{kP0, Offset(2)}}, token_), IsOk());
  ASSERT_THAT(transaction_->Commit(), IsOk());
  EXPECT_EQ(LastResult(), "b");
}

// A record that the client lets pass and the broker does not.
TEST_F(TransactionBrokerTest, RecordTooLargeForTheTopic) {
  ASSERT_THAT(admin().CreateTopic(input(), 1), IsOk());
  ASSERT_THAT(
      admin().CreateTopic(results(), 1, {{"max.message.bytes", "10000"}}),
      IsOk());
  options_.properties["compression.codec"] = "none";
  Join();
  Open();
  const std::string big(20000, 'x');
  ASSERT_THAT(WriteOne(big), IsOk());
  EXPECT_THAT(transaction_->AddOffsets({{kP0, Offset(1)}}, token_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("20001 bytes"), HasSubstr(results()),
                             HasSubstr("MSG_SIZE_TOO_LARGE"))));
  ASSERT_THAT(transaction_->Abort(), IsOk());
  EXPECT_THAT(CommitOne("small", 1), IsOk());
  EXPECT_EQ(LastResult(), "small");
}

TEST_F(TransactionBrokerTest, RecordTooLargeForTheClientIsRefusedAtOnce) {
  CreateTopics(1);
  options_.properties["message.max.bytes"] = "5000";
  Open();
  ASSERT_THAT(transaction_->Begin(), IsOk());
  EXPECT_THAT(transaction_->Write(Destination::kResults, kP0, "k",
                                  std::string(6000, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("6001 bytes"), HasSubstr("5000"))));
  EXPECT_THAT(transaction_->Write(Destination::kUpdates, kP0, "k", "v"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(transaction_->Abort(), IsOk());
}

// More than the producer's queue takes at once.
TEST_F(TransactionBrokerTest, LargerThanTheQueue) {
  CreateTopics(1);
  options_.properties["queue.buffering.max.messages"] = "1000";
  Join();
  Open();
  ASSERT_THAT(transaction_->Begin(), IsOk());
  for (int i = 0; i < 20000; ++i) {
    ASSERT_THAT(
        transaction_->Write(Destination::kResults, kP0, "k", absl::StrCat(i)),
        IsOk());
  }
  ASSERT_THAT(transaction_->AddOffsets({{kP0, Offset(1)}}, token_), IsOk());
  ASSERT_THAT(transaction_->Commit(), IsOk());
  EXPECT_THAT(client().ReadTopic(results(), Isolation::kCommitted),
              IsOkAndHolds(SizeIs(20000)));
}

TEST_F(TransactionBrokerTest, OrderOfCalls) {
  CreateTopics(1);
  auto transaction = KafkaTransaction::Create(options_);
  ASSERT_THAT(transaction, IsOk());
  EXPECT_THAT((*transaction)->Begin(), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT((*transaction)->Commit(), StatusIs(absl::StatusCode::kInternal));
  Open();
  EXPECT_THAT(transaction_->Write(Destination::kResults, kP0, "k", "v"),
              StatusIs(absl::StatusCode::kInternal));
  ASSERT_THAT(transaction_->Begin(), IsOk());
  EXPECT_THAT(transaction_->Begin(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(transaction_->Commit(), IsOk()) << "of nothing";
}

TEST_F(TransactionBrokerTest, OffsetsOfAnEmptyGroup) {
  CreateTopics(1);
  GroupToken nobody;
  nobody.group = options_.application_id;
  // Not for who did not ask for it.
  Open();
  ASSERT_THAT(WriteOne("a"), IsOk());
  EXPECT_THAT(transaction_->AddOffsets({{kP0, Offset(5)}}, nobody),
              StatusIs(absl::StatusCode::kAborted));
  ASSERT_THAT(transaction_->Abort(), IsOk());
  auto transaction =
      KafkaTransaction::Create(options_, OffsetsFence::kEmptyGroup);
  ASSERT_THAT(transaction, IsOk());
  transaction_ = *std::move(transaction);
  ASSERT_THAT(transaction_->Open(kOpening), IsOk());
  ASSERT_THAT(WriteOne("b"), IsOk());
  GroupToken member = nobody;
  member.generation = 1;
  member.member = "somebody";
  EXPECT_THAT(transaction_->AddOffsets({{kP0, Offset(5)}}, member),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_THAT(transaction_->AddOffsets({{kP0, Offset(5)}}, nobody), IsOk());
  ASSERT_THAT(transaction_->Commit(), IsOk());
  // Commit does not wait for the marker in the group's partition.
  EXPECT_TRUE(Eventually([&] {
    const auto offsets = admin().CommittedOffsets(nobody.group, input());
    return offsets.ok() && offsets->count(0) > 0 && offsets->at(0) == 5;
  }));
}

TEST_F(TransactionBrokerTest, TopicThatIsNotThere) {
  auto transaction = KafkaTransaction::Create(options_);
  ASSERT_THAT(transaction, IsOk());
  EXPECT_THAT((*transaction)->Open(kOpening),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(results())));
}

TEST_F(TransactionBrokerTest, OpenIsBounded) {
  CreateTopics(1);
  auto transaction = KafkaTransaction::Create(options_);
  ASSERT_THAT(transaction, IsOk());
  ASSERT_THAT(kafka().Pause(0), IsOk());
  const absl::Time start = absl::Now();
  EXPECT_THAT((*transaction)->Open(absl::Seconds(1)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_LT(absl::Now() - start, absl::Seconds(8));
  ASSERT_THAT(kafka().Resume(0), IsOk());
  EXPECT_THAT((*transaction)->Open(kOpening), IsOk());
}

}  // namespace
}  // namespace exactmean
