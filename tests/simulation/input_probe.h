// An InputLog, followed, and its sins.

#ifndef EXACTMEAN_TESTS_SIMULATION_INPUT_PROBE_H_
#define EXACTMEAN_TESTS_SIMULATION_INPUT_PROBE_H_

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "processor/log.h"
#include "tests/simulation/probe.h"

namespace exactmean {

class InputProbe : public InputLog, public AssignmentListener {
 public:
  InputProbe(Probe* probe, std::unique_ptr<InputLog> log)
      : probe_(probe), log_(std::move(log)) {}

  absl::Status Subscribe(AssignmentListener* listener) override;
  absl::StatusOr<absl::Span<const LogRecord>> Poll(
      absl::Duration timeout) override;
  absl::StatusOr<absl::optional<Offset>> Committed(
      Partition partition) override;
  absl::StatusOr<std::string> CommittedNote(Partition partition) override;
  absl::StatusOr<OffsetRange> Range(Partition partition) override;
  absl::StatusOr<Offset> StableEnd(Partition partition) override;
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override;
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition partition,
                                                   Offset offset) override;
  absl::Status ResumeAt(Partition partition, Offset offset) override;
  absl::Status Pause(Partition partition) override;
  absl::StatusOr<GroupToken> Token() override;
  absl::Status CommitOffsets(absl::Span<const PartitionOffset> offsets,
                             CommitWhen when) override;
  absl::Status OffsetsCommitted(absl::Duration timeout) override;
  absl::StatusOr<TopicIdentity> Describe() override { return log_->Describe(); }
  absl::Status Close() override;

  void OnAssigned(absl::Span<const Partition> partitions) override;
  void OnRevoked(absl::Span<const Partition> partitions) override;
  void OnLost(absl::Span<const Partition> partitions) override;

 private:
  void Spoil(absl::Span<const LogRecord> batch);
  absl::StatusOr<absl::optional<Offset>> SpoiltCommitted(Partition partition);
  absl::StatusOr<GroupToken> SpoiltToken();
  absl::Status SpoiltCommitOffsets(absl::Span<const PartitionOffset> offsets,
                                   CommitWhen when);
  FakeGroup& group() const;

  Probe* const probe_;
  const std::unique_ptr<InputLog> log_;
  AssignmentListener* listener_ = nullptr;

  std::vector<LogRecord> spoilt_;
  std::map<Partition, Offset> delivered_;  // the next that is new
  int polled_ = 0;
  std::vector<PartitionOffset> older_;  // offsets, of the last commit but one
  std::map<Partition, absl::optional<Offset>> first_committed_;
  absl::optional<GroupToken> first_token_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_INPUT_PROBE_H_
