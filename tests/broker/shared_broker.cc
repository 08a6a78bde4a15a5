// The shared broker.

#include "tests/broker/shared_broker.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/status/status.h"

namespace exactmean {
namespace {

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << std::endl;
  std::abort();
}

}  // namespace

LocalKafka& SharedKafka(const LocalKafkaOptions& options) {
  static auto* kafka = [&] {
    auto started = LocalKafka::Start(options);
    Must(started.status());
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

BrokerSilence::BrokerSilence() { Must(SharedKafka().Pause(0)); }

BrokerSilence::~BrokerSilence() { Must(SharedKafka().Resume(0)); }

const std::string& SharedBroker() {
  static const auto* servers =
      new std::string(SharedKafka().bootstrap_servers());
  return *servers;
}

}  // namespace exactmean
