// The table of error codes and their consequences.

#include "processor/kafka/status.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

using Code = absl::StatusCode;

struct Consequence {
  rd_kafka_resp_err_t error;
  Code code;
};

// What is not here is kInternal.
constexpr Consequence kConsequences[] = {
    {RD_KAFKA_RESP_ERR_NO_ERROR, Code::kOk},

    {RD_KAFKA_RESP_ERR__TRANSPORT, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__RESOLVE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__SSL, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__WAIT_COORD, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__WAIT_CACHE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__IN_PROGRESS, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__RETRY, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__QUEUE_FULL, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR__OUTDATED, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_NOT_CONTROLLER, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_STALE_BROKER_EPOCH, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_ELIGIBLE_LEADERS_NOT_AVAILABLE, Code::kUnavailable},
    {RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, Code::kUnavailable},

    {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, Code::kAborted},
    {RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, Code::kAborted},
    {RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, Code::kAborted},
    {RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, Code::kAborted},
    {RD_KAFKA_RESP_ERR__INCONSISTENT, Code::kAborted},
    {RD_KAFKA_RESP_ERR__PURGE_QUEUE, Code::kAborted},
    {RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, Code::kAborted},

    {RD_KAFKA_RESP_ERR__FATAL, Code::kUnknown},
    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, Code::kUnknown},
    {RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER, Code::kUnknown},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, Code::kUnknown},
    {RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, Code::kUnknown},
    {RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, Code::kUnknown},

    {RD_KAFKA_RESP_ERR__FENCED, Code::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, Code::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, Code::kFailedPrecondition},
    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, Code::kFailedPrecondition},

    {RD_KAFKA_RESP_ERR__AUTHENTICATION, Code::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, Code::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Code::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, Code::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, Code::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
     Code::kPermissionDenied},
    {RD_KAFKA_RESP_ERR_DELEGATION_TOKEN_AUTHORIZATION_FAILED,
     Code::kPermissionDenied},

    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, Code::kNotFound},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, Code::kNotFound},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, Code::kNotFound},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID, Code::kNotFound},
    {RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND, Code::kNotFound},

    {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, Code::kOutOfRange},
    {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, Code::kOutOfRange},
    {RD_KAFKA_RESP_ERR__LOG_TRUNCATION, Code::kOutOfRange},

    {RD_KAFKA_RESP_ERR__INVALID_ARG, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_GROUP_MAX_SIZE_REACHED, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_INVALID_CONFIG, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, Code::kInvalidArgument},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, Code::kInvalidArgument},

    {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, Code::kAlreadyExists},

    {RD_KAFKA_RESP_ERR__BAD_MSG, Code::kDataLoss},
    {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, Code::kDataLoss},
    {RD_KAFKA_RESP_ERR_INVALID_MSG, Code::kDataLoss},

    {RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, Code::kUnimplemented},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, Code::kUnimplemented},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, Code::kUnimplemented},
};

constexpr bool EachIsThereOnce() {
  for (const Consequence& one : kConsequences) {
    int times = 0;
    for (const Consequence& other : kConsequences) {
      times += one.error == other.error ? 1 : 0;
    }
    if (times != 1) return false;
  }
  return true;
}
static_assert(EachIsThereOnce(), "an error with two consequences");

bool IsFenced(rd_kafka_resp_err_t error) {
  return CodeOf(error) == absl::StatusCode::kFailedPrecondition;
}

bool IsAuthorization(rd_kafka_resp_err_t error) {
  return CodeOf(error) == absl::StatusCode::kPermissionDenied;
}

std::string Describe(absl::string_view what, absl::string_view text,
                     rd_kafka_resp_err_t error) {
  const absl::string_view meaning = rd_kafka_err2str(error);
  return absl::StrCat(what, ": ", text.empty() ? meaning : text, " (",
                      rd_kafka_err2name(error), ")");
}

}  // namespace

absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  const auto* const found = std::find_if(
      std::begin(kConsequences), std::end(kConsequences),
      [error](const Consequence& one) { return one.error == error; });
  return found == std::end(kConsequences) ? absl::StatusCode::kInternal
                                          : found->code;
}

absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what,
                      absl::string_view text) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::Status(CodeOf(error), Describe(what, text, error));
}

absl::Status ToStatus(const rd_kafka_error_t* error, absl::string_view what) {
  if (error == nullptr) return absl::OkStatus();
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  return absl::Status(CodeOf(code),
                      Describe(what, rd_kafka_error_string(error), code));
}

absl::StatusCode TransactionCodeOf(rd_kafka_resp_err_t error, bool is_fatal,
                                   bool requires_abort, bool is_retriable,
                                   absl::StatusCode otherwise) {
  if (is_fatal) {
    if (IsFenced(error)) return absl::StatusCode::kFailedPrecondition;
    if (IsAuthorization(error)) return absl::StatusCode::kPermissionDenied;
    if (error == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT) {
      return absl::StatusCode::kInvalidArgument;
    }
    return absl::StatusCode::kUnknown;
  }
  if (requires_abort) {
    if (IsAuthorization(error)) return absl::StatusCode::kPermissionDenied;
    return absl::StatusCode::kAborted;
  }
  return is_retriable ? absl::StatusCode::kUnavailable : otherwise;
}

absl::Status ToTransactionStatus(rd_kafka_t* client,
                                 const rd_kafka_error_t* error,
                                 absl::string_view what,
                                 absl::StatusCode otherwise) {
  if (error == nullptr) return absl::OkStatus();
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    const absl::Status fatal = FatalStatus(client, what);
    if (!fatal.ok()) return fatal;
    // The client does not know of one (yet): an error all the same.
  }
  return absl::Status(
      TransactionCodeOf(code,
                        code == RD_KAFKA_RESP_ERR__FATAL ||
                            rd_kafka_error_is_fatal(error) != 0,
                        rd_kafka_error_txn_requires_abort(error) != 0,
                        rd_kafka_error_is_retriable(error) != 0, otherwise),
      Describe(what, rd_kafka_error_string(error), code));
}

absl::Status FatalStatus(rd_kafka_t* client, absl::string_view what) {
  char text[512];
  const rd_kafka_resp_err_t error =
      rd_kafka_fatal_error(client, text, sizeof(text));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::Status(TransactionCodeOf(error, /*is_fatal=*/true, false, false,
                                        absl::StatusCode::kUnknown),
                      Describe(what, text, error));
}

std::string PartitionName(absl::string_view topic, int32_t partition) {
  return absl::StrCat(topic, "[", partition, "]");
}

}  // namespace exactmean
