// Probe: what it wraps with.

#include "tests/simulation/probe.h"

#include <utility>

#include "tests/simulation/input_probe.h"
#include "tests/simulation/results_probe.h"
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

void Probe::CountAsked(Partition partition, Offset offset) {
  Question& question = asked_[partition];
  const absl::Time now = hooks_.cluster->now();
  if (question.offset != offset) question.times = 0;
  if (question.times > 0 && now - question.last < hooks_.least_wait) {
    asked_too_soon_ = true;
  }
  question.offset = offset;
  ++question.times;
  question.last = now;
}

int Probe::Asked(Partition partition, Offset offset) const {
  const auto found = asked_.find(partition);
  if (found == asked_.end() || found->second.offset != offset) return 0;
  return found->second.times;
}

}  // namespace exactmean
