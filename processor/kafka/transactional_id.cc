// A producer that is not meant to get its id.

#include "processor/kafka/transactional_id.h"

#include <librdkafka/rdkafka.h>

#include "absl/strings/str_cat.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

// Brokers grant 15 minutes unless told otherwise; 2^31 ms is the largest that
// can be asked for.
constexpr absl::Duration kLongerThanGranted = absl::Hours(24 * 24);

}  // namespace

absl::Status CheckTransactionalId(KafkaOptions options,
                                  absl::Duration timeout) {
  options.transaction_timeout = kLongerThanGranted;
  options.properties["log_level"] = "0";  // the refusal is no error
  const auto client = NewClient(options, ClientKind::kProducer);
  if (!client.ok()) return client.status();
  const ErrorHandle error(
      rd_kafka_init_transactions(client->get(), ToMilliseconds(timeout)));
  if (error == nullptr) return absl::OkStatus();
  rd_kafka_resp_err_t cause = rd_kafka_fatal_error(client->get(), nullptr, 0);
  if (cause == RD_KAFKA_RESP_ERR_NO_ERROR) {
    cause = rd_kafka_error_code(error.get());
  }
  if (cause == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT) {
    return absl::OkStatus();
  }
  return ToStatus(cause,
                  absl::StrCat("transactional id ", options.transactional_id),
                  rd_kafka_error_string(error.get()));
}

}  // namespace exactmean
