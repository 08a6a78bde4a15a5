// One error of each consequence.

#include "processor/kafka/status.h"

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using absl::StatusCode;

TEST(KafkaStatusTest, ByConsequence) {
  const struct {
    rd_kafka_resp_err_t error;
    StatusCode code;
  } cases[] = {
      {RD_KAFKA_RESP_ERR_NO_ERROR, StatusCode::kOk},
      {RD_KAFKA_RESP_ERR__TIMED_OUT, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, StatusCode::kAborted},
      {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, StatusCode::kAborted},
      {RD_KAFKA_RESP_ERR__FENCED, StatusCode::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, StatusCode::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
       StatusCode::kPermissionDenied},
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, StatusCode::kNotFound},
      {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, StatusCode::kOutOfRange},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, StatusCode::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_UNKNOWN, StatusCode::kInternal},
  };
  for (const auto& c : cases) EXPECT_EQ(CodeOf(c.error), c.code) << c.error;
}

TEST(KafkaStatusTest, SaysWhatAndWhy) {
  EXPECT_EQ(ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "waiting").message(),
            "waiting: Local: Timed out (_TIMED_OUT)");
}

TEST(KafkaStatusTest, OfATransactionWithoutAnError) {
  EXPECT_THAT(TransactionStatus(nullptr, "x"), IsOk());
}

}  // namespace
}  // namespace exactmean
