// What librdkafka's threads tell of a producer.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_PRODUCER_EVENTS_H_
#define EXACTMEAN_PROCESSOR_KAFKA_PRODUCER_EVENTS_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The opaque of a producer's callbacks: counts requests, on the broker threads,
// and keeps the first delivery that failed in the transaction at hand, on the
// thread that calls the producer.
class ProducerEvents {
 public:
  ProducerEvents() = default;
  ProducerEvents(const ProducerEvents&) = delete;
  ProducerEvents& operator=(const ProducerEvents&) = delete;

  // Makes the callbacks of `conf` this object's, which is also to be its
  // client's opaque.
  void Install(rd_kafka_conf_t* conf);

  // For a new transaction.
  void Reset();

  // Requests to end the transaction that have been sent; librdkafka sends one
  // again by itself when the answer does not come.
  int end_requests() const { return end_requests_.load(); }

  // Requests with records: sent in this transaction, and not answered yet.
  int produce_requests() const { return produce_requests_.load(); }
  int under_way() const { return under_way_.load(); }

  bool delivery_failed() const {
    return failure_ != RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  // OK while no delivery has failed. kInvalidArgument and kPermissionDenied: it
  // will fail again. kAborted otherwise.
  absl::Status DeliveryStatus(absl::string_view what) const;

 private:
  static rd_kafka_resp_err_t OnNew(rd_kafka_t* client,
                                   const rd_kafka_conf_t* conf, void* opaque,
                                   char* text, size_t text_size);
  static rd_kafka_resp_err_t OnRequestSent(rd_kafka_t* client, int socket,
                                           const char* broker,
                                           int32_t broker_id, int16_t api_key,
                                           int16_t api_version,
                                           int32_t correlation, size_t size,
                                           void* opaque);
  static rd_kafka_resp_err_t OnResponse(
      rd_kafka_t* client, int socket, const char* broker, int32_t broker_id,
      int16_t api_key, int16_t api_version, int32_t correlation, size_t size,
      int64_t round_trip, rd_kafka_resp_err_t error, void* opaque);
  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message,
                         void* opaque);

  std::atomic<int> end_requests_{0};
  std::atomic<int> produce_requests_{0};
  std::atomic<int> under_way_{0};
  rd_kafka_resp_err_t failure_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string failed_;  // which record
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_PRODUCER_EVENTS_H_
