// Conversion of headers.

#include "processor/kafka/record_headers.h"

#include <cstddef>
#include <utility>

namespace exactmean {

absl::StatusOr<Headers> ReadHeaders(const void* message) {
  // Parsed when they are first asked for, which is no change to be seen.
  auto* of = static_cast<rd_kafka_message_t*>(const_cast<void*>(message));
  rd_kafka_headers_t* list = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_message_headers(of, &list);
  if (error == RD_KAFKA_RESP_ERR__NOENT) return Headers();
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::DataLossError(rd_kafka_err2str(error));
  }
  Headers headers;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0; rd_kafka_header_get_all(list, i, &name, &value, &size) ==
                     RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    RecordHeader header;
    header.name = name;
    if (value != nullptr) {
      header.value.emplace(static_cast<const char*>(value), size);
    }
    headers.push_back(std::move(header));
  }
  return headers;
}

HeadersHandle ToHandle(const Headers& headers) {
  HeadersHandle list(rd_kafka_headers_new(headers.size()));
  for (const RecordHeader& header : headers) {
    const bool null = !header.value.has_value();
    // Fails for want of memory alone, which ends the process before.
    rd_kafka_header_add(list.get(), header.name.data(),
                        static_cast<ssize_t>(header.name.size()),
                        null ? nullptr : header.value->data(),
                        null ? -1 : static_cast<ssize_t>(header.value->size()));
  }
  return list;
}

}  // namespace exactmean
