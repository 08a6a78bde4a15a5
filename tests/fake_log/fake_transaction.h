// Transaction over a FakeCluster.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_TRANSACTION_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_TRANSACTION_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fault_plan.h"

namespace exactmean {

// Holds its caller to the contract: after kAborted it takes nothing but Abort,
// after kUnknown or kFailedPrecondition nothing but Open, whether the error was
// the cluster's or a planned fault; calls out of order are kInternal. A call
// that failed with kUnavailable may be repeated, whether or not it had its
// effect. A Begin after a Commit that was repeated gets a new epoch, so that
// the first request, should it be late, ends nothing else. Destroying it leaves
// an open transaction to the coordinator's timeout.
class FakeTransaction : public Transaction {
 public:
  struct Options {
    std::string id;
    std::string input_topic;  // whose offsets AddOffsets adds
    std::string results_topic;
    std::string updates_topic;      // empty: none
    std::string dead_letter_topic;  // empty: none
    std::vector<std::string> retry_topics;
    absl::Duration timeout = absl::Seconds(10);
    // Whether written records reach the log only with AddOffsets or Commit, and
    // not at once. A real producer does either, as it pleases.
    bool buffer_writes = false;
    // How often Delivered says no, of each transaction.
    int polls_until_delivered = 0;
    size_t max_record_bytes = 1 << 20;
    // It commits as somebody outside of the group, which has no members.
    bool empty_group = false;
  };

  // `cluster` and `plan` must outlive this object.
  FakeTransaction(FakeCluster* cluster, FaultPlan* plan, Options options)
      : cluster_(cluster), plan_(plan), options_(std::move(options)) {}

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override;
  absl::Status WriteRecord(Destination destination, Partition partition,
                           const OwnedRecord& record) override;
  bool Delivered() override;
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;
  absl::string_view id() const override { return options_.id; }

  const FakeProducer& producer() const { return producer_; }
  // Whether a Begin after a Commit that had to be repeated gets a new epoch, as
  // it shall: else the request that was late may end the next transaction.
  void set_renews(bool renews) { renews_ = renews; }

 private:
  enum class State { kClosed, kReady, kBegun };
  struct Buffered {
    const std::string* topic;
    Partition partition;
    OwnedRecord record;
    bool stamped;  // with the record's timestamp, not with the time of now
  };

  absl::Status DoOpen();
  absl::Status DoBegin();
  absl::Status DoWrite(Destination destination, Partition partition,
                       OwnedRecord record, bool stamped);
  const std::string& TopicOf(Destination destination) const;
  absl::Status DoAddOffsets(absl::Span<const PartitionOffset> offsets,
                            const GroupToken& token);
  absl::Status DoCommit();
  absl::Status DoAbort();

  // Runs `effect` unless an earlier error forbids; keeps what its error
  // forbids from now on.
  template <typename Effect>
  absl::Status Run(SeamCall call, Effect effect);
  absl::Status Allowed(SeamCall call) const;
  // Whether `call` already had its effect and only its answer was an error.
  bool Repeated(SeamCall call);
  absl::Status CheckBegun() const;
  // Puts into the log what was written; the first error of a written record.
  absl::Status Flush();
  void EndWriting();

  FakeCluster* const cluster_;
  FaultPlan* const plan_;
  const Options options_;

  State state_ = State::kClosed;
  FakeProducer producer_;
  absl::Status must_abort_;  // kAborted: only Abort may follow
  absl::Status broken_;      // kUnknown or fenced: only Open may follow
  bool renews_ = true;
  bool tainted_ = false;  // the end was asked for more than once
  int polls_ = 0;         // since Begin
  bool has_unanswered_ = false;
  SeamCall unanswered_ = SeamCall::kOpenTransaction;
  std::vector<Buffered> buffer_;
  absl::Status write_error_;  // of a record that failed after Write
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_TRANSACTION_H_
