// The tables of error codes, and what messages say.

#include "processor/kafka/status.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/handles.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Code = absl::StatusCode;

TEST(StatusTest, CodeSaysWhatFollows) {
  const struct {
    rd_kafka_resp_err_t error;
    Code code;
  } kTable[] = {
      {RD_KAFKA_RESP_ERR_NO_ERROR, Code::kOk},
      {RD_KAFKA_RESP_ERR__TRANSPORT, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR__TIMED_OUT, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR__QUEUE_FULL, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Code::kUnavailable},
      {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, Code::kAborted},
      {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, Code::kAborted},
      {RD_KAFKA_RESP_ERR__PURGE_QUEUE, Code::kAborted},
      {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, Code::kUnknown},
      {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, Code::kUnknown},
      {RD_KAFKA_RESP_ERR__FENCED, Code::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, Code::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, Code::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Code::kPermissionDenied},
      {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, Code::kPermissionDenied},
      {RD_KAFKA_RESP_ERR__AUTHENTICATION, Code::kPermissionDenied},
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, Code::kNotFound},
      {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, Code::kNotFound},
      {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, Code::kOutOfRange},
      {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, Code::kOutOfRange},
      {RD_KAFKA_RESP_ERR__LOG_TRUNCATION, Code::kOutOfRange},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Code::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, Code::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, Code::kAlreadyExists},
      {RD_KAFKA_RESP_ERR__BAD_MSG, Code::kDataLoss},
      {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, Code::kUnimplemented},
      {RD_KAFKA_RESP_ERR_UNKNOWN, Code::kInternal},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(CodeOf(row.error), row.code) << rd_kafka_err2name(row.error);
  }
}

TEST(StatusTest, TransactionCodeSaysWhatFollows) {
  const struct {
    rd_kafka_resp_err_t error;
    bool fatal, abort, retriable;
    Code otherwise;
    Code code;
  } kTable[] = {
      {RD_KAFKA_RESP_ERR__FENCED, true, false, false, Code::kAborted,
       Code::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, true, false, false,
       Code::kAborted, Code::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, true, false,
       false, Code::kAborted, Code::kPermissionDenied},
      {RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, true, false, false,
       Code::kAborted, Code::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, true, false, false, Code::kAborted,
       Code::kUnknown},
      // Fatal says more than the other flags.
      {RD_KAFKA_RESP_ERR__INCONSISTENT, true, true, true, Code::kAborted,
       Code::kUnknown},
      {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, false, true, false,
       Code::kInternal, Code::kAborted},
      // The group member will be told that it is fenced; the producer is not.
      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, false, true, false,
       Code::kInternal, Code::kAborted},
      {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, false, true, false,
       Code::kAborted, Code::kPermissionDenied},
      // To abort is a duty, to try again a mere possibility.
      {RD_KAFKA_RESP_ERR__TIMED_OUT, false, true, true, Code::kInternal,
       Code::kAborted},
      {RD_KAFKA_RESP_ERR__TIMED_OUT, false, false, true, Code::kInternal,
       Code::kUnavailable},
      {RD_KAFKA_RESP_ERR__STATE, false, false, false, Code::kUnknown,
       Code::kUnknown},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(TransactionCodeOf(row.error, row.fatal, row.abort, row.retriable,
                                row.otherwise),
              row.code)
        << rd_kafka_err2name(row.error) << row.fatal << row.abort
        << row.retriable;
  }
}

TEST(StatusTest, MessageSaysWhatAndWhy) {
  EXPECT_THAT(ToStatus(RD_KAFKA_RESP_ERR_NO_ERROR, "x"), IsOk());
  EXPECT_THAT(ToStatus(nullptr, "x"), IsOk());
  EXPECT_THAT(
      ToStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "reading t[3] at 7"),
      StatusIs(Code::kNotFound, AllOf(HasSubstr("reading t[3] at 7: "),
                                      HasSubstr("Unknown topic or partition"),
                                      HasSubstr("(UNKNOWN_TOPIC_OR_PART)"))));
  EXPECT_THAT(ToStatus(RD_KAFKA_RESP_ERR__TRANSPORT, "x", "refused by h:1"),
              StatusIs(Code::kUnavailable, "x: refused by h:1 (_TRANSPORT)"));
  const ErrorHandle error(
      rd_kafka_error_new(RD_KAFKA_RESP_ERR__TIMED_OUT, "gone"));
  EXPECT_THAT(ToStatus(error.get(), "seek"),
              StatusIs(Code::kUnavailable, "seek: gone (_TIMED_OUT)"));
}

TEST(StatusTest, PartitionName) { EXPECT_EQ(PartitionName("t", 3), "t[3]"); }

}  // namespace
}  // namespace exactmean
