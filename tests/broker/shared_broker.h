// The broker that all tests of a binary share.

#ifndef EXACTMEAN_TESTS_BROKER_SHARED_BROKER_H_
#define EXACTMEAN_TESTS_BROKER_SHARED_BROKER_H_

#include <string>

#include "tools/cluster/local_kafka.h"

namespace exactmean {

// Started by the first call, with its options; ended with the process, however
// that ends.
LocalKafka& SharedKafka(const LocalKafkaOptions& options = {});

// The first broker answers nobody while this exists.
class BrokerSilence {
 public:
  BrokerSilence();
  ~BrokerSilence();
  BrokerSilence(const BrokerSilence&) = delete;
  BrokerSilence& operator=(const BrokerSilence&) = delete;
};

// Its address.
const std::string& SharedBroker();

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BROKER_SHARED_BROKER_H_
