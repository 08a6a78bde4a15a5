// A ResultsLog, followed, and its sins.

#ifndef EXACTMEAN_TESTS_SIMULATION_RESULTS_PROBE_H_
#define EXACTMEAN_TESTS_SIMULATION_RESULTS_PROBE_H_

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "processor/log.h"
#include "tests/simulation/probe.h"

namespace exactmean {

class ResultsProbe : public ResultsLog {
 public:
  ResultsProbe(Probe* probe, std::unique_ptr<ResultsLog> log)
      : probe_(probe), log_(std::move(log)) {}

  absl::StatusOr<Offset> EndOffset(Partition partition) override;
  absl::Status Open(Partition partition) override;
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override;
  Offset Position(Partition partition) override;
  void Close(Partition partition) override;
  absl::StatusOr<TopicIdentity> Describe() override { return log_->Describe(); }

  // The group's offset is about to be asked for.
  void BeforeCommitted(Partition partition);
  void OnAssigned(absl::Span<const Partition> partitions);

 private:
  absl::StatusOr<Offset> SpoiltEnd(Partition partition);
  void Spoil(absl::Span<const LogRecord> batch);
  void ReadUncommitted();
  void ForgetGuards(absl::Span<const LogRecord> batch);
  FakePartition& log(Partition partition) const;

  Probe* const probe_;
  const std::unique_ptr<ResultsLog> log_;

  std::vector<LogRecord> spoilt_;
  std::deque<std::string> values_;     // of those
  std::map<Partition, int64_t> next_;  // of the last checkpoint read
  int read_ = 0;
  std::map<Partition, Offset> first_end_;
  std::map<Partition, Offset> early_end_;  // since it was assigned
  std::map<Partition, Offset> positions_;  // of an uncommitted reader
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_RESULTS_PROBE_H_
