// Callbacks of a producer.

#include "processor/kafka/producer_events.h"

#include "absl/strings/str_cat.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr char kInterceptor[] = "exactmean";
// Kafka's ApiKeys.
constexpr int16_t kProduce = 0;
constexpr int16_t kEndTxn = 26;

}  // namespace

void ProducerEvents::Install(rd_kafka_conf_t* conf) {
  rd_kafka_conf_interceptor_add_on_new(conf, kInterceptor, &OnNew, this);
  rd_kafka_conf_set_dr_msg_cb(conf, &OnDelivery);
}

rd_kafka_resp_err_t ProducerEvents::OnNew(rd_kafka_t* client,
                                          const rd_kafka_conf_t* /*conf*/,
                                          void* opaque, char* /*text*/,
                                          size_t /*text_size*/) {
  const rd_kafka_resp_err_t error = rd_kafka_interceptor_add_on_request_sent(
      client, kInterceptor, &OnRequestSent, opaque);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  return rd_kafka_interceptor_add_on_response_received(client, kInterceptor,
                                                       &OnResponse, opaque);
}

rd_kafka_resp_err_t ProducerEvents::OnRequestSent(
    rd_kafka_t* /*client*/, int /*socket*/, const char* /*broker*/,
    int32_t /*broker_id*/, int16_t api_key, int16_t /*api_version*/,
    int32_t /*correlation*/, size_t /*size*/, void* opaque) {
  auto* self = static_cast<ProducerEvents*>(opaque);
  if (api_key == kEndTxn) ++self->end_requests_;
  if (api_key == kProduce) {
    ++self->under_way_;
    ++self->produce_requests_;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t ProducerEvents::OnResponse(
    rd_kafka_t* /*client*/, int /*socket*/, const char* /*broker*/,
    int32_t /*broker_id*/, int16_t api_key, int16_t /*api_version*/,
    int32_t /*correlation*/, size_t /*size*/, int64_t /*round_trip*/,
    rd_kafka_resp_err_t /*error*/, void* opaque) {
  if (api_key == kProduce) --static_cast<ProducerEvents*>(opaque)->under_way_;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void ProducerEvents::OnDelivery(rd_kafka_t* /*client*/,
                                const rd_kafka_message_t* message,
                                void* opaque) {
  auto* self = static_cast<ProducerEvents*>(opaque);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (self->failure_ != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  self->failure_ = message->err;
  self->failed_ = absl::StrCat(
      "a record of ", message->key_len + message->len, " bytes for ",
      PartitionName(rd_kafka_topic_name(message->rkt), message->partition));
}

void ProducerEvents::Reset() {
  end_requests_ = 0;
  produce_requests_ = 0;
  under_way_ = 0;
  failure_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  failed_.clear();
}

absl::Status ProducerEvents::DeliveryStatus(absl::string_view what) const {
  const absl::Status status =
      ToStatus(failure_, absl::StrCat(what, ": ", failed_, " was not written"));
  if (status.ok() || absl::IsPermissionDenied(status) ||
      absl::IsInvalidArgument(status) || absl::IsNotFound(status)) {
    return status;
  }
  return absl::AbortedError(status.message());
}

}  // namespace exactmean
