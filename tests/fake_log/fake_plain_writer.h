// Transaction without transactions, over a FakeCluster.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_PLAIN_WRITER_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_PLAIN_WRITER_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/fake_log/fault_plan.h"

namespace exactmean {

// Holds its caller to the contract: after an error other than kUnavailable it
// takes nothing but Open; calls out of order are kInternal. What was written
// and has not reached the log when it is destroyed never does.
class FakePlainWriter : public Transaction {
 public:
  // `cluster` and `plan` must outlive this object.
  FakePlainWriter(FakeCluster* cluster, FaultPlan* plan,
                  FakeTransaction::Options options)
      : cluster_(cluster), plan_(plan), options_(std::move(options)) {}

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override;
  absl::Status WriteRecord(Destination destination, Partition partition,
                           const OwnedRecord& record) override;
  bool Delivered() override { return true; }
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;
  absl::string_view id() const override { return options_.id; }

 private:
  struct Buffered {
    FakePartition* partition;
    OwnedRecord record;
  };

  template <typename Effect>
  absl::Status Run(SeamCall call, Effect effect);
  absl::Status DoWrite(Destination destination, Partition partition,
                       const OwnedRecord& record);
  void Flush();

  FakeCluster* const cluster_;
  FaultPlan* const plan_;
  const FakeTransaction::Options options_;
  bool open_ = false;
  bool begun_ = false;
  bool written_ = false;  // since Begin
  bool unanswered_ = false;
  SeamCall last_ = SeamCall::kOpenTransaction;
  std::vector<Buffered> buffer_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_PLAIN_WRITER_H_
