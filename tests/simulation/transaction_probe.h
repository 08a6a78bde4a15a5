// A Transaction, followed, and its sins.

#ifndef EXACTMEAN_TESTS_SIMULATION_TRANSACTION_PROBE_H_
#define EXACTMEAN_TESTS_SIMULATION_TRANSACTION_PROBE_H_

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "processor/log.h"
#include "tests/simulation/probe.h"

namespace exactmean {

class TransactionProbe : public Transaction {
 public:
  TransactionProbe(Probe* probe, std::unique_ptr<Transaction> transaction)
      : probe_(probe), transaction_(std::move(transaction)) {}

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override;
  absl::Status WriteRecord(Destination destination, Partition partition,
                           const OwnedRecord& record) override;
  bool Delivered() override { return transaction_->Delivered(); }
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;
  absl::string_view id() const override { return transaction_->id(); }

 private:
  struct Held {
    Partition partition;
    std::string key;
    absl::optional<std::string> value;
    bool checkpoint = false;
  };

  absl::Status SpoiltWrite(Destination destination, Partition partition,
                           absl::string_view key,
                           absl::optional<absl::string_view> value);
  absl::Status SpoiltWriteRecord(Destination destination, Partition partition,
                                 const OwnedRecord& record);
  absl::Status SpoiltAddOffsets(std::vector<PartitionOffset> offsets,
                                const GroupToken& token);
  absl::Status SpoiltCommit();
  absl::Status SpoiltAbort();
  absl::Status WriteHeld(bool checkpoints);
  // Of no transaction.
  void ProduceAtOnce(const std::string& topic, Partition partition,
                     const OwnedRecord& record);
  bool Forgets(absl::string_view key);

  Probe* const probe_;
  const std::unique_ptr<Transaction> transaction_;

  std::vector<Held> held_;
  std::vector<std::pair<Partition, OwnedRecord>> held_letters_;
  int begun_ = 0;
  std::set<std::string> written_;
  std::set<std::string> aborted_;  // and not written since
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_TRANSACTION_PROBE_H_
