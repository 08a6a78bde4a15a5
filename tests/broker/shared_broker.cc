// SharedKafka and SharedBroker.

#include "tests/broker/shared_broker.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

namespace exactmean {

LocalKafka& SharedKafka(const LocalKafkaOptions& options) {
  static auto* kafka = [&] {
    auto started = LocalKafka::Start(options);
    if (!started.ok()) {
      std::cerr << started.status() << std::endl;
      std::abort();
    }
    // Ended by the kernel with this process at the latest.
    return new std::unique_ptr<LocalKafka>(*std::move(started));
  }();
  static const bool registered = [] {
    std::atexit([] { kafka->reset(); });
    return true;
  }();
  (void)registered;
  return **kafka;
}

const std::string& SharedBroker() {
  static const auto* servers =
      new std::string(SharedKafka().bootstrap_servers());
  return *servers;
}

}  // namespace exactmean
