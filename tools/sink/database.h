// What a sink asks of a database: the seam with PostgreSQL and SQLite behind.

#ifndef EXACTMEAN_TOOLS_SINK_DATABASE_H_
#define EXACTMEAN_TOOLS_SINK_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/types.h"
#include "tools/sink/row.h"

namespace exactmean {

// A row of the positions: up to where a partition of the topic is in the table.
struct StoredPosition {
  Partition partition;
  Offset next;
  std::string topic;
  std::string topic_id;
  // The rows are being held to the whole topic: once `next` is here, those that
  // no record stands for go.
  absl::optional<Offset> resync_until;
  // When the table was known to lack nothing that was committed: deletions up
  // to then are in it.
  absl::Time caught_up_at;
  std::string owner;  // the sink that may write
};

// Which records may replace or delete a row in doubt: the one that it is of and
// those after it, so that it never goes back; or any, as those of a topic that
// the row may never have been of.
enum class ReplacedBy { kItsOwnOrLater, kAny };

// One connection, and the tables of one sink. Errors of all calls:
//   kUnavailable         for now: out of reach, shutting down, locked, full
//   kDeadlineExceeded    a statement took longer than the database lets it
//   kInvalidArgument     of Apply alone: the database refuses a row
//   anything else        give up and say so; a Stop tells the exit code
// After any error but kInvalidArgument, Rollback comes next. One thread.
class Database {
 public:
  virtual ~Database() = default;

  // For messages; without secrets.
  virtual std::string name() const = 0;

  // Connects, unless there is a connection that works.
  virtual absl::Status Connect() = 0;

  // Makes those tables that are missing.
  virtual absl::Status CreateTables() = 0;
  // Stop(kConfig): they are not as they must be; says what mends it.
  virtual absl::Status CheckTables() = 0;

  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  // Ends the transaction, if there is one, and the connection if that fails.
  virtual void Rollback() = 0;

  // --- Within a transaction.

  // Until its end nobody else gets further than here, or than
  // LockPositions.
  virtual absl::Status LockForTakeover() = 0;

  // All positions, by partition, that nobody else can change until its end.
  virtual absl::StatusOr<std::vector<StoredPosition>> LockPositions() = 0;

  // Adds or replaces them.
  virtual absl::Status StorePositions(
      absl::Span<const StoredPosition> positions) = 0;
  // Those of partitions from `count` on, with their rows.
  virtual absl::Status DropPartitions(int32_t count) = 0;

  // Deletes the rows of windows that are none of these, of all keys if one has
  // such: one is looked at, as all have the same.
  virtual absl::Status DropOtherWindows(const Windows& windows) = 0;

  // Writes or deletes the rows of keys, of each at most one change; a row that
  // is of the same or a later results record stays as it is. kInvalidArgument:
  // the database refuses one of them: then none is applied, and the transaction
  // goes on.
  virtual absl::Status Apply(const Windows& windows,
                             absl::Span<const Change> changes) = 0;

  // Keeps what was refused; once, however often it is called. The key's rows,
  // of a record before, stay: SweepUnconfirmed passes over them.
  virtual absl::Status Reject(const Windows& windows, const Change& change,
                              absl::string_view error, absl::Time now) = 0;

  // The partition's rows are in doubt until Apply says otherwise.
  virtual absl::Status Unconfirm(Partition partition, ReplacedBy by) = 0;
  // Deletes those that still are; how many.
  virtual absl::StatusOr<int64_t> SweepUnconfirmed(Partition partition) = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_DATABASE_H_
