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
  auto& [last, count] = asked_[partition];
  if (last != offset) count = 0;
  last = offset;
  ++count;
}

int Probe::Asked(Partition partition, Offset offset) const {
  const auto found = asked_.find(partition);
  if (found == asked_.end() || found->second.first != offset) return 0;
  return found->second.second;
}

}  // namespace exactmean
