// The one loop that reads stretches of partitions to their ends, and beyond
// them where compaction has overtaken it.

#ifndef EXACTMEAN_TOOLS_INSPECT_SCAN_H_
#define EXACTMEAN_TOOLS_INSPECT_SCAN_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/clock.h"
#include "processor/topic_reader.h"
#include "state/types.h"

namespace exactmean {

// Offsets from `from` to before `to` of a partition.
struct Stretch {
  Partition partition;
  Offset from;
  Offset to;
  // An open transaction begins at `to`: what follows cannot be read yet.
  bool held_back = false;
};

// Where reading a stretch ended. Before its end: the records from here on are
// held back by an open transaction.
struct StretchEnd {
  Partition partition;
  Offset position;  // `to` at most
  bool held_back = false;
};

struct ScanOptions {
  Clock* clock = nullptr;
  // For trouble to pass, and for open transactions, without progress.
  absl::Duration patience = absl::Seconds(5);
  const std::atomic<bool>* stop = nullptr;  // null: never
  // Now and then, with the records read so far; for a progress line.
  std::function<void(uint64_t records)> progress;
  // Some of the records that are visited next, if not outside of the stretches,
  // kUpcoming at most: to have memory at hand for all of them at once.
  static constexpr size_t kUpcoming = 16;
  std::function<void(absl::Span<const LogRecord> records)> upcoming;
};

// What the partitions retain now, open transactions included.
absl::StatusOr<std::vector<Stretch>> WholePartitions(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options);

// What readers of committed records can read now: whole transactions, and all
// that were complete when this was called. Waits for those that were open then,
// up to the patience. A stretch to the end of WholePartitions may cut through a
// transaction that commits while it is read.
absl::StatusOr<std::vector<Stretch>> CommittedPartitions(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options);

// Why nothing comes from `position` on. OK: an open transaction holds readers
// back there. kUnavailable: there are committed records, but the brokers give
// none, or cannot be asked.
absl::Status WhySilent(TopicReader* reader, Partition partition,
                       Offset position);

// Calls `visit` for each record of `stretches`, those of one partition in
// order, and ends with its first error. One stretch a partition. Errors name
// partition and offset. kCancelled: `stop`. kUnavailable: nothing came for
// twice the patience, and it is no open transaction that holds it back.
absl::StatusOr<std::vector<StretchEnd>> Scan(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    const ScanOptions& options,
    absl::FunctionRef<absl::Status(const LogRecord&)> visit);

// A reader that compaction overtakes misses what is taken away, and what takes
// its place lies behind the end. So often it is read at most, until it fits.
constexpr int kReadings = 3;

// As Scan, of stretches of CommittedPartitions, and on to what came meanwhile,
// kReadings in all, of partitions that by what was visited are not known to fit
// their checkpoint. The stretches then end where that ends.
absl::Status ScanOn(TopicReader* reader, const ScanOptions& options,
                    absl::FunctionRef<absl::Status(const LogRecord&)> visit,
                    absl::FunctionRef<bool(Partition)> fits,
                    std::vector<Stretch>* stretches);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_SCAN_H_
