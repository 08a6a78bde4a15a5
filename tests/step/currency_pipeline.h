// The currency example as a pipeline of the broker tests, with the server that
// its step asks.

#ifndef EXACTMEAN_TESTS_STEP_CURRENCY_PIPELINE_H_
#define EXACTMEAN_TESTS_STEP_CURRENCY_PIPELINE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "examples/currency/rate_server.h"
#include "state/types.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"

namespace exactmean {

constexpr char kCurrencyInspector[] = "examples/currency/currency-inspect";

// The model knows the server's rates: a record without one is bad.
class CurrencyPipeline {
 public:
  // `retry`: of the configuration's step.retry, instead of quick ones for ever.
  CurrencyPipeline(const std::string& name, int32_t partitions,
                   const std::string& retry = "");

  // A price; `currency` XYZ is one that nobody knows. Days are back from today.
  static Record Price(Partition partition, const std::string& key, int price,
                      const std::string& currency, int days_ago = 0);
  absl::Status Write(const std::vector<Record>& records);

  BrokerPipeline& operator*() { return pipeline_; }
  BrokerPipeline* operator->() { return &pipeline_; }
  RateServer& server() { return server_; }

  // The group's committed offset; -1: none.
  Offset Committed(Partition partition);
  // Waits until it is that.
  absl::Status AwaitCommitted(Partition partition, Offset offset);

 private:
  RateServer server_;
  BrokerPipeline pipeline_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_STEP_CURRENCY_PIPELINE_H_
