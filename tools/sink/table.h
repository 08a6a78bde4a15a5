// The protocol of a sink's transactions, the same for every database: who may
// write, what goes with the rows, and what becomes of a row that is refused.

#ifndef EXACTMEAN_TOOLS_SINK_TABLE_H_
#define EXACTMEAN_TOOLS_SINK_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/types.h"
#include "tools/sink/database.h"
#include "tools/sink/row.h"

namespace exactmean {

enum class RejectedRowPolicy { kStop, kDeadLetter };

// The topic as it is now.
struct SourceTopic {
  std::string name;
  std::string id;
  // `high`: up to where it can be read now, whole transactions alone.
  std::map<Partition, OffsetRange> ranges;
  // Tombstones live so long at least.
  absl::Duration delete_retention;
  absl::optional<Windows> windows;  // where a checkpoint names them
};

// What a transaction stores besides rows.
struct BatchPositions {
  std::map<Partition, Offset> next;
  // When these partitions had been read to their ends; of none: empty.
  std::map<Partition, absl::Time> caught_up;
};

// The table and its positions, which are the only truth about how far the topic
// is in the database. Every transaction writes rows and positions together and
// begins with the fence: under a lock, the positions must be this sink's and
// where it left them. So whatever became of the last one, the table is as of
// its positions. Owned by a Sink; on its thread.
class SinkTable {
 public:
  struct Options {
    // Of this process, unique.
    std::string owner;
    RejectedRowPolicy on_rejected_row = RejectedRowPolicy::kStop;
    // Hold the table to the whole topic, whatever it is now.
    bool resync = false;
    bool create_table = false;
    // The time of day.
    std::function<absl::Time()> now;
  };

  // `database` outlives this object.
  SinkTable(Database* database, Options options)
      : database_(database), options_(std::move(options)) {}

  // Connects, checks the tables, and makes this process the one that writes:
  // the one before is fenced. Returns where to read on. To be called first, and
  // after every error; then it does not take back what another took over.
  // kUnavailable, or a Stop: kConfig: the table is another topic's, or not as
  // it must be; kState: the topic is not what the table was made of; kFenced.
  absl::StatusOr<std::map<Partition, Offset>> Take(const SourceTopic& topic);

  // Rows and positions in one transaction; `changes` of each key and partition
  // one. kUnavailable: whether it took place is for Take to say. A
  // Stop(kFenced): another sink writes; Stop(kBadRecord): a row was refused.
  absl::Status Write(const Windows& windows, absl::Span<const Change> changes,
                     const BatchPositions& reached);

  // Since the process began.
  uint64_t rows_refused() const { return rows_refused_; }
  // Partitions that are being held to the whole topic.
  int resyncing() const;
  bool resyncing(Partition partition) const;

 private:
  static absl::Status Fenced(const StoredPosition& position);
  absl::Status CheckTopic(const std::vector<StoredPosition>& stored,
                          const SourceTopic& topic) const;
  absl::Status CheckRange(const StoredPosition& stored,
                          const OffsetRange& range);
  // Were deletions read in time?
  absl::Status CheckLag(const StoredPosition& before) const;
  // Is --resync still to be done? Once alone, not after every trouble.
  bool IsResync() const { return options_.resync && !is_owner_; }
  absl::Status DoTake(const SourceTopic& topic);
  // What the partition's position is from now on.
  absl::StatusOr<StoredPosition> Adopt(const SourceTopic& topic,
                                       Partition partition,
                                       const StoredPosition* stored);
  absl::Status CheckFence();
  absl::Status DoWrite(const Windows& windows, absl::Span<const Change> changes,
                       const BatchPositions& reached);
  absl::Status ApplyEach(const Windows& windows,
                         absl::Span<const Change> changes);
  absl::Status Refuse(const Windows& windows, const Change& change,
                      const absl::Status& why);

  Database* const database_;
  const Options options_;
  bool tables_checked_ = false;
  bool is_owner_ = false;  // it was, at the last Take
  absl::Duration delete_retention_;
  std::map<Partition, StoredPosition> positions_;
  uint64_t rows_refused_ = 0;
  // Partitions whose topic has ended before their position, and since when.
  std::map<Partition, absl::Time> beyond_since_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_TABLE_H_
