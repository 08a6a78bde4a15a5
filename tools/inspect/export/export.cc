// Export.

#include "tools/inspect/export/export.h"

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/inspect/export/partition_export.h"

namespace exactmean {
namespace {

// The windows of all partitions: those of the first that has state.
class Windows {
 public:
  absl::Status Accept(const results::Checkpoint& checkpoint,
                      ExportWriter* writer) {
    if (!first_.has_value()) {
      first_ = checkpoint;
      return writer->Begin(WindowsOf(&checkpoint, checkpoint.windows_size()));
    }
    if (checkpoint.fingerprint() == first_->fingerprint()) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat(
        "the state of partition ", checkpoint.partition(),
        " is of another configuration than that of partition ",
        first_->partition(), ": export them one by one, with --partition"));
  }
  absl::Status BeginWithout(ExportWriter* writer) const {
    return first_.has_value() ? absl::OkStatus() : writer->Begin({});
  }

 private:
  absl::optional<results::Checkpoint> first_;
};

absl::Status WriteRows(const PartitionExport& state,
                       const std::atomic<bool>* stop, ExportWriter* writer) {
  const results::Checkpoint& checkpoint = *state.checkpoint();
  const absl::Status status = state.ForEach([&](const ExportRow& row) {
    if (stop != nullptr && *stop) return absl::CancelledError("interrupted");
    if (row.snapshot.averages_size() == checkpoint.windows_size()) {
      return writer->Write(row);
    }
    return absl::DataLossError(absl::StrCat(
        "partition ", row.partition.value(), ", offset ",
        row.result_offset.value(), ", key \"", PrintableKey(row.key),
        "\": ", row.snapshot.averages_size(), " averages for ",
        checkpoint.windows_size(), " windows"));
  });
  if (!status.ok()) return status;
  return writer->WriteCheckpoint(checkpoint);
}

// Writes the rows of one partition while the next one is read.
class WriteBeside {
 public:
  WriteBeside(ExportWriter* writer, const std::atomic<bool>* stop)
      : writer_(writer), stop_(stop) {}
  ~WriteBeside() { AwaitWritten().IgnoreError(); }

  // What became of the rows of Start.
  absl::Status AwaitWritten() {
    return writing_.valid() ? writing_.get() : absl::OkStatus();
  }
  // REQUIRES: the rows of the last Start were awaited.
  void Start(std::unique_ptr<const PartitionExport> state) {
    writing_ = std::async(
        std::launch::async, [this, rows = std::move(state)]() mutable {
          const absl::Status status = WriteRows(*rows, stop_, writer_);
          rows.reset();
          return status;
        });
  }

 private:
  ExportWriter* const writer_;
  const std::atomic<bool>* const stop_;
  std::future<absl::Status> writing_;
};

}  // namespace

absl::StatusOr<std::vector<ExportedPartition>> Export(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const KeyFilter& filter, const ScanOptions& options, ExportWriter* writer) {
  const auto whole = CommittedPartitions(reader, partitions, options);
  if (!whole.ok()) return whole.status();
  Windows windows;
  WriteBeside writing(writer, options.stop);
  std::vector<ExportedPartition> exported;
  uint64_t records_before = 0;
  for (const Stretch& stretch : *whole) {
    auto state = std::make_unique<PartitionExport>(stretch.partition, filter);
    std::vector<Stretch> read = {stretch};
    uint64_t records = 0;
    ScanOptions one = options;
    if (options.progress) {
      one.progress = [&](uint64_t of_it) {
        options.progress(records_before + of_it);
      };
    }
    const auto accept = [&](const LogRecord& record) {
      ++records;
      return state->Accept(record);
    };
    absl::Status status = ScanOn(
        reader, one, accept,
        [&](Partition) { return state->CheckProof().ok(); }, &read);
    if (!status.ok()) return status;
    records_before += records;
    ExportedPartition& partition = exported.emplace_back();
    partition.partition = stretch.partition;
    partition.held_back = read.front().held_back;
    status = state->CheckProof();
    if (!status.ok()) return status;
    if (state->checkpoint() == nullptr) continue;
    partition.checkpoint = *state->checkpoint();
    partition.rows = state->keys();
    status.Update(writing.AwaitWritten());
    if (status.ok()) status = windows.Accept(*state->checkpoint(), writer);
    if (!status.ok()) return status;
    writing.Start(std::move(state));
  }
  absl::Status status = writing.AwaitWritten();
  if (status.ok()) status = windows.BeginWithout(writer);
  if (!status.ok()) return status;
  return exported;
}

}  // namespace exactmean
