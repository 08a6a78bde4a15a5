// Probe: what it wraps with.

#include "tests/simulation/probe.h"

#include <utility>

#include "tests/simulation/input_probe.h"
#include "tests/simulation/results_probe.h"
#include "tests/simulation/retry_probe.h"
#include "tests/simulation/transaction_probe.h"

namespace exactmean {

std::unique_ptr<InputLog> Probe::Wrap(std::unique_ptr<InputLog> log) {
  return std::make_unique<InputProbe>(this, std::move(log));
}

std::unique_ptr<ResultsLog> Probe::Wrap(std::unique_ptr<ResultsLog> log) {
  auto results = std::make_unique<ResultsProbe>(this, std::move(log));
  results_ = results.get();
  return results;
}

std::unique_ptr<Transaction> Probe::Wrap(
    std::unique_ptr<Transaction> transaction) {
  transaction_ = dynamic_cast<FakeTransaction*>(transaction.get());
  if (transaction_ != nullptr) {
    transaction_->set_renews(!sins(Mutation::kProducerKeptAfterRepeatedEndTxn));
  }
  return std::make_unique<TransactionProbe>(this, std::move(transaction));
}

std::unique_ptr<TopicReader> Probe::WrapRetries(
    std::unique_ptr<TopicReader> log) {
  return std::make_unique<RetryProbe>(this, std::move(log));
}

void Probe::CountAsked(Partition partition, Offset offset) {
  Question& question = asked_[partition][offset];
  const absl::Time now = hooks_.cluster->now();
  if (question.times > 0 && now - question.last < hooks_.least_wait &&
      hooks_.owns(partition)) {
    asked_too_soon_ = true;
  }
  ++question.times;
  question.last = now;
}

int Probe::Asked(Partition partition, Offset offset) const {
  const auto of_partition = asked_.find(partition);
  if (of_partition == asked_.end()) return 0;
  const auto found = of_partition->second.find(offset);
  return found == of_partition->second.end() ? 0 : found->second.times;
}

}  // namespace exactmean
