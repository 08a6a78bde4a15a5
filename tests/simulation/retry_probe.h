// The reader of a retry topic, and its sin: a record that it does not return.

#ifndef EXACTMEAN_TESTS_SIMULATION_RETRY_PROBE_H_
#define EXACTMEAN_TESTS_SIMULATION_RETRY_PROBE_H_

#include <memory>
#include <utility>

#include "processor/topic_reader.h"
#include "tests/simulation/probe.h"

namespace exactmean {

class RetryProbe : public TopicReader {
 public:
  RetryProbe(Probe* probe, std::unique_ptr<TopicReader> log)
      : probe_(probe), log_(std::move(log)) {}

  absl::StatusOr<Offset> EndOffset(Partition partition) override {
    return log_->EndOffset(partition);
  }
  absl::Status Open(Partition partition) override {
    return log_->Open(partition);
  }
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override {
    auto batch = log_->Read(timeout);
    if (!batch.ok() || batch->empty() ||
        !probe_->sins(Mutation::kRetryNotRead) || ++read_ % 5 != 0) {
      return batch;
    }
    return batch->subspan(1);
  }
  Offset Position(Partition partition) override {
    return log_->Position(partition);
  }
  void Close(Partition partition) override { log_->Close(partition); }
  absl::StatusOr<int32_t> PartitionCount() override {
    return log_->PartitionCount();
  }
  absl::StatusOr<OffsetRange> Range(Partition partition) override {
    return log_->Range(partition);
  }
  absl::StatusOr<Offset> StableEnd(Partition partition) override {
    return log_->StableEnd(partition);
  }
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override {
    return log_->FindTime(partition, time);
  }
  absl::StatusOr<TopicIdentity> Describe() override { return log_->Describe(); }
  absl::Status OpenAt(Partition partition, Offset from) override {
    return log_->OpenAt(partition, from);
  }

 private:
  Probe* const probe_;
  const std::unique_ptr<TopicReader> log_;
  int read_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_RETRY_PROBE_H_
