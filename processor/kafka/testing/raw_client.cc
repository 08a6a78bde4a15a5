// Raw clients from properties.

#include "processor/kafka/testing/raw_client.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace exactmean {

absl::StatusOr<ClientHandle> NewRawClient(
    rd_kafka_type_t type, const std::map<std::string, std::string>& properties,
    void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void*),
    std::shared_ptr<void> opaque) {
  ConfHandle conf(rd_kafka_conf_new());
  char text[512];
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text,
                          sizeof(text)) != RD_KAFKA_CONF_OK) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": ", text));
    }
  }
  if (on_delivery != nullptr) {
    rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
    rd_kafka_conf_set_opaque(conf.get(), opaque.get());
  }
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), text, sizeof(text));
  if (client == nullptr) return absl::InvalidArgumentError(text);
  static_cast<void>(conf.release());  // is the client's now
  return ClientHandle(client, ClientDestroyer{std::move(opaque)});
}

}  // namespace exactmean
