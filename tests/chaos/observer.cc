// Three readers and a checker for each partition.

#include "tests/chaos/observer.h"

#include <map>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

constexpr absl::Duration kWait = absl::Milliseconds(10);

bool IsCheckpoint(const StoredRecord& record) {
  return record.key.has_value() && *record.key == kCheckpointKey;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Observer>> Observer::Start(
    const std::string& servers, const std::string& input,
    const std::string& results, int32_t partitions) {
  auto inputs =
      TestReader::Create(servers, input, partitions, Isolation::kCommitted);
  if (!inputs.ok()) return inputs.status();
  auto committed =
      TestReader::Create(servers, results, partitions, Isolation::kCommitted);
  if (!committed.ok()) return committed.status();
  auto written =
      TestReader::Create(servers, results, partitions, Isolation::kUncommitted);
  if (!written.ok()) return written.status();
  return absl::WrapUnique(new Observer(*std::move(inputs),
                                       *std::move(committed),
                                       *std::move(written), partitions));
}

Observer::Observer(std::unique_ptr<TestReader> input,
                   std::unique_ptr<TestReader> results,
                   std::unique_ptr<TestReader> uncommitted, int32_t partitions)
    : input_(std::move(input)),
      results_(std::move(results)),
      uncommitted_(std::move(uncommitted)) {
  for (int32_t p = 0; p < partitions; ++p) checkers_.emplace_back(p);
  thread_ = std::thread(&Observer::Loop, this);
}

void Observer::Loop() {
  while (!ending_) {
    const absl::Status status = Turn();
    if (status.ok()) continue;
    std::lock_guard<std::mutex> lock(mutex_);
    complaints_.push_back(absl::StrCat("the reader: ", status.ToString()));
    return;
  }
}

absl::Status Observer::Turn() {
  const auto inputs = input_->Poll(kWait);
  if (!inputs.ok()) return inputs.status();
  const auto results = results_->Poll(kWait);
  if (!results.ok()) return results.status();
  const auto written = uncommitted_->Poll(absl::ZeroDuration());
  if (!written.ok()) return written.status();
  const absl::Time now = absl::Now();
  std::lock_guard<std::mutex> lock(mutex_);
  for (const StoredRecord& record : *inputs) {
    checkers_.at(static_cast<size_t>(record.partition)).AddInput(record, now);
  }
  for (const auto& [partition, position] : input_->positions()) {
    checkers_.at(static_cast<size_t>(partition)).SetInputPosition(position);
  }
  for (const StoredRecord& record : *results) {
    committed_checkpoints_ += IsCheckpoint(record) ? 1 : 0;
    checkers_.at(static_cast<size_t>(record.partition)).AddResult(record, now);
  }
  for (const StoredRecord& record : *written) {
    written_checkpoints_ += IsCheckpoint(record) ? 1 : 0;
  }
  return absl::OkStatus();
}

void Observer::Stop() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

std::vector<PartitionProgress> Observer::Look() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<PartitionProgress> all;
  for (const StepChecker& checker : checkers_) {
    all.push_back(
        {checker.input_position(), checker.next_offset(), checker.writer()});
  }
  return all;
}

CheckTally Observer::Tally() {
  std::lock_guard<std::mutex> lock(mutex_);
  CheckTally sum;
  for (const StepChecker& checker : checkers_) sum.Add(checker.tally());
  return sum;
}

int64_t Observer::AbortedSteps() {
  std::lock_guard<std::mutex> lock(mutex_);
  return written_checkpoints_ - committed_checkpoints_;
}

std::vector<std::string> Observer::Complaints() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> all = complaints_;
  for (const StepChecker& checker : checkers_) {
    all.insert(all.end(), checker.complaints().begin(),
               checker.complaints().end());
  }
  return all;
}

void Observer::Finish(const std::vector<StoredRecord>& fresh) {
  Stop();
  std::vector<std::map<std::string, std::string>> views(checkers_.size());
  for (const StoredRecord& record : fresh) {
    if (IsCheckpoint(record)) continue;
    auto& view = views.at(static_cast<size_t>(record.partition));
    if (record.value.has_value()) {
      view[record.key.value_or("")] = *record.value;
    } else {
      view.erase(record.key.value_or(""));
    }
  }
  std::lock_guard<std::mutex> lock(mutex_);
  for (size_t p = 0; p < checkers_.size(); ++p) {
    checkers_[p].CheckWhole(absl::Now());
    if (views[p] == checkers_[p].view()) continue;
    complaints_.push_back(
        absl::StrCat("partition ", p, ": a new reader finds other results (",
                     views[p].size(), " keys) than were seen to come (",
                     checkers_[p].view().size(), ")"));
  }
}

}  // namespace exactmean
