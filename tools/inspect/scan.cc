// Scan.

#include "tools/inspect/scan.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "processor/retry.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

// Asks and opens with patience; reads without end.
class Scanner {
 public:
  Scanner(TopicReader* reader, const ScanOptions& options)
      : reader_(reader), options_(options) {}

  absl::Status Open(absl::Span<const Stretch> stretches) {
    for (const Stretch& stretch : stretches) {
      Reading& reading = readings_[stretch.partition];
      reading.stretch = stretch;
      if (stretch.from >= stretch.to) {
        reading.done = true;
        reading.position = stretch.to;
        continue;
      }
      const absl::Status status = RetryUnavailable(
          options_.clock, options_.patience,
          [&] { return reader_->OpenAt(stretch.partition, stretch.from); });
      if (!status.ok()) return status;
      ++open_;
    }
    last_progress_ = options_.clock->Now();
    return absl::OkStatus();
  }

  absl::Status ReadAll(
      absl::FunctionRef<absl::Status(const LogRecord&)> visit) {
    while (open_ > 0) {
      if (options_.stop != nullptr && *options_.stop) {
        return absl::CancelledError("interrupted");
      }
      const auto records = reader_->Read(absl::Milliseconds(50));
      if (!records.ok() && !absl::IsUnavailable(records.status())) {
        return records.status();
      }
      if (records.ok()) {
        const absl::Status status = Visit(*records, visit);
        if (!status.ok()) return status;
      }
      // A position that moves is progress, too: there may be no records.
      const bool stalled =
          !Advance() &&
          options_.clock->Now() - last_progress_ > options_.patience;
      if (!stalled) continue;
      const absl::Status silent = WhyStalled();
      if (silent.ok()) {
        CloseAll();
      } else if (absl::IsUnavailable(silent) && !doubted_) {
        doubted_ = true;  // the transaction may have ended just now
        last_progress_ = options_.clock->Now();
      } else {
        return records.ok() ? silent : records.status();
      }
    }
    return absl::OkStatus();
  }

  std::vector<StretchEnd> Ends() const {
    std::vector<StretchEnd> ends;
    for (const auto& [partition, reading] : readings_) {
      ends.push_back({partition, std::min(reading.position, reading.stretch.to),
                      reading.position < reading.stretch.to});
    }
    return ends;
  }

  // Also after an error, when partitions are still open.
  void CloseAll() {
    for (auto& [partition, reading] : readings_) {
      if (!reading.done) Close(partition, &reading);
    }
  }

 private:
  struct Reading {
    Stretch stretch;
    Offset position;
    bool done = false;
  };

  absl::Status Visit(absl::Span<const LogRecord> records,
                     absl::FunctionRef<absl::Status(const LogRecord&)> visit) {
    if (records.empty()) return absl::OkStatus();
    Progressed();
    for (size_t i = 0; i < records.size(); ++i) {
      const LogRecord& record = records[i];
      if (options_.upcoming && i % ScanOptions::kUpcoming == 0) {
        options_.upcoming(records.subspan(i, ScanOptions::kUpcoming));
      }
      const Reading& reading = readings_[record.partition];
      if (reading.done || record.offset < reading.stretch.from ||
          record.offset >= reading.stretch.to) {
        continue;
      }
      ++records_;
      const absl::Status status = visit(record);
      if (status.ok()) continue;
      const absl::Status located(
          status.code(),
          absl::StrCat("partition ", record.partition.value(), ", offset ",
                       record.offset.value(), ": ", status.message()));
      return IsStop(status) ? Stop(ReasonOf(status), located) : located;
    }
    if (options_.progress) options_.progress(records_);
    return absl::OkStatus();
  }

  absl::Status WhyStalled() {
    for (const auto& [partition, reading] : readings_) {
      if (reading.done) continue;
      const absl::Status status =
          WhySilent(reader_, partition, reading.position);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void Progressed() {
    last_progress_ = options_.clock->Now();
    doubted_ = false;
  }

  // Did any position move?
  bool Advance() {
    bool moved = false;
    for (auto& [partition, reading] : readings_) {
      if (reading.done) continue;
      const Offset position = reader_->Position(partition);
      moved = moved || position != reading.position;
      reading.position = position;
      if (position >= reading.stretch.to) Close(partition, &reading);
    }
    if (moved) Progressed();
    return moved;
  }

  void Close(Partition partition, Reading* reading) {
    reading->done = true;
    --open_;
    reader_->Close(partition);
  }

  TopicReader* const reader_;
  const ScanOptions& options_;
  std::map<Partition, Reading> readings_;
  size_t open_ = 0;
  uint64_t records_ = 0;
  absl::Time last_progress_;
  bool doubted_ = false;  // stalled once since, though there should be records
};

}  // namespace

absl::StatusOr<std::vector<Stretch>> WholePartitions(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options) {
  std::vector<Stretch> stretches;
  for (const Partition partition : partitions) {
    const auto range =
        AskWhileUnavailable(options.clock, options.patience,
                            [&] { return reader->Range(partition); });
    if (!range.ok()) return range.status();
    stretches.push_back({partition, range->low, range->high});
  }
  return stretches;
}

absl::StatusOr<std::vector<Stretch>> CommittedPartitions(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options) {
  auto stretches = WholePartitions(reader, partitions, options);
  if (!stretches.ok()) return stretches;
  const absl::Time deadline = options.clock->Now() + options.patience;
  for (Stretch& stretch : *stretches) {
    const Offset high = stretch.to;
    while (true) {
      const auto stable = AskWhileUnavailable(
          options.clock, options.patience,
          [&] { return reader->StableEnd(stretch.partition); });
      if (!stable.ok()) return stable.status();
      stretch.to = *stable;
      stretch.held_back = stretch.to < high;
      if (!stretch.held_back || options.clock->Now() >= deadline) break;
      if (options.stop != nullptr && *options.stop) {
        return absl::CancelledError("interrupted");
      }
      options.clock->Sleep(absl::Milliseconds(20));
    }
  }
  return stretches;
}

absl::Status WhySilent(TopicReader* reader, Partition partition,
                       Offset position) {
  const auto stable = reader->StableEnd(partition);
  if (!stable.ok()) return stable.status();
  if (*stable <= position) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      "partition ", partition.value(), ": nothing came from offset ",
      position.value(), " on, though committed records end at ",
      stable->value(),
      ". Brokers are silent or very slow: look at them, or give --patience"));
}

absl::StatusOr<std::vector<StretchEnd>> Scan(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    const ScanOptions& options,
    absl::FunctionRef<absl::Status(const LogRecord&)> visit) {
  Scanner scanner(reader, options);
  absl::Status status = scanner.Open(stretches);
  if (status.ok()) status = scanner.ReadAll(visit);
  scanner.CloseAll();
  if (!status.ok()) return status;
  return scanner.Ends();
}

absl::Status ScanOn(TopicReader* reader, const ScanOptions& options,
                    absl::FunctionRef<absl::Status(const LogRecord&)> visit,
                    absl::FunctionRef<bool(Partition)> fits,
                    std::vector<Stretch>* stretches) {
  std::vector<Stretch> left = *stretches;
  ScanOptions once = options;
  for (int reading = 1;; ++reading) {
    const auto ends = Scan(reader, left, once, visit);
    if (!ends.ok() || reading == kReadings) return ends.status();
    once.progress = nullptr;  // it would begin anew, of little
    std::vector<Partition> again;
    for (const Stretch& stretch : left) {
      // Where a transaction is open nothing came behind it.
      if (!stretch.held_back && !fits(stretch.partition)) {
        again.push_back(stretch.partition);
      }
    }
    const auto now = CommittedPartitions(reader, again, options);
    if (!now.ok()) return now.status();
    left.clear();
    for (Stretch& stretch : *stretches) {
      for (const Stretch& more : *now) {
        if (more.partition != stretch.partition || more.to <= stretch.to) {
          continue;
        }
        left.push_back({more.partition, stretch.to, more.to, more.held_back});
        stretch.to = more.to;
        stretch.held_back = more.held_back;
      }
    }
    if (left.empty()) return absl::OkStatus();
  }
}

}  // namespace exactmean
