// One topic in memory: per partition the records with their offsets, the
// markers that end transactions, and what each kind of reader sees of them.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_TOPIC_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_TOPIC_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

// Identifies a transactional writer; 0 is any writer without a transaction.
using ProducerId = int64_t;
constexpr ProducerId kNoProducer = 0;

struct FakeRecord {
  enum class Kind { kData, kCommitMarker, kAbortMarker };

  Kind kind = Kind::kData;
  bool aborted = false;  // data of a transaction that was aborted
  ProducerId producer = kNoProducer;
  Offset offset;
  int64_t timestamp_ms = -1;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  Headers headers;
};

// A partition's log. Addresses of records stay valid until DeleteBefore,
// Compact or Recreate.
class FakePartition {
 public:
  // Appends one record; of a transaction unless `producer` is kNoProducer.
  Offset Append(absl::optional<absl::string_view> key,
                absl::optional<absl::string_view> value, int64_t timestamp_ms,
                ProducerId producer, Headers headers = {});
  // Writes the marker that ends the producer's open transaction, if any.
  void EndTransaction(ProducerId producer, bool commit);

  Offset low() const { return low_; }
  // The end, open transactions included.
  Offset high() const { return high_; }
  // What a read-committed reader can reach: the first record of the oldest
  // open transaction, else the end.
  Offset last_stable() const;

  // Kafka's DeleteRecords, and retention. No further than `high`.
  void DeleteBefore(Offset offset);

  struct Compaction {
    // Records from here on stay as they are (the active segment).
    Offset below = Offset(INT64_MAX);
    // Whether their retention time is over.
    bool drop_tombstones = false;
    bool drop_markers = false;
  };
  // Below the last stable offset, leaves the newest committed record of each
  // key and nothing aborted. Offsets do not move.
  void Compact(const Compaction& compaction);

  // As if the topic had been deleted and made anew under its name.
  void Recreate() { *this = FakePartition(); }

  // The first record with this timestamp or a later one; nullopt: none has.
  absl::optional<Offset> FindTime(absl::Time time) const;

  // Calls `visit` with each record from `from` on that a read-committed reader
  // sees, at most `limit`; returns the position after it: markers, aborted and
  // compacted records are stepped over.
  template <typename Visit>
  Offset ReadCommitted(Offset from, size_t limit, Visit visit) const {
    const Offset stable = last_stable();
    for (auto it = Seek(from); it != records_.end() && it->offset < stable;
         ++it) {
      if (!Readable(*it)) continue;
      if (limit == 0) return it->offset;
      --limit;
      visit(*it);
    }
    return std::max(from, stable);
  }
  // The position from which ReadCommitted sees `count` records more, or as many
  // as there are.
  Offset StepBack(Offset from, int count) const;

  // Everything, markers and aborted data too, in the order of offsets.
  const std::deque<FakeRecord>& records() const { return records_; }

 private:
  static bool Readable(const FakeRecord& record) {
    return record.kind == FakeRecord::Kind::kData && !record.aborted;
  }
  std::deque<FakeRecord>::const_iterator Seek(Offset offset) const;

  std::deque<FakeRecord> records_;
  Offset low_;
  Offset high_;
  std::map<ProducerId, Offset> open_;  // first record of each open transaction
};

// A deque: partitions are added, and their addresses stay.
struct FakeTopic {
  std::string name;
  std::deque<FakePartition> partitions;
  int64_t id = 0;  // another one after each Recreate

  bool Has(Partition partition) const {
    return partition.value() >= 0 &&
           static_cast<size_t>(partition.value()) < partitions.size();
  }
  FakePartition& at(Partition partition) {
    return partitions[static_cast<size_t>(partition.value())];
  }
  int32_t count() const { return static_cast<int32_t>(partitions.size()); }
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_TOPIC_H_
