// The segments of one key: which of them the results topic holds, should hold,
// and should no longer hold.

#ifndef EXACTMEAN_STATE_SEGMENT_LOG_H_
#define EXACTMEAN_STATE_SEGMENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "absl/types/optional.h"
#include "state/types.h"

namespace exactmean {

// Segments have consecutive numbers, the first of a key's life being 0. One is
// appended, written by the next commit, and never changed; it goes when the
// windows need it no more. A key that was deleted and comes back may use a
// number again. Owned by the KeyWindows whose samples they hold.
//
// A commit takes two steps, as in PartitionState: VisitDue() tells what is to
// be written, and then for each that was visited either Settle() or Abandon().
class SegmentLog {
 public:
  struct Contents {
    uint32_t ring_values = 0;          // of the count windows' ring
    absl::optional<EventTime> newest;  // of the timed samples, if it has any
  };

  void Append(const Contents& contents, std::string bytes);
  // REQUIRES: size() > 0.
  const Contents& front() const { return live_[first_].contents; }
  void DropFront();
  // All go; the next number is 0.
  void DropAll();

  // What a restore has read. REQUIRES: nothing was done before.
  void Begin(uint64_t first_number) { first_number_ = first_number; }
  void AppendWritten(const Contents& contents, uint64_t hash_in_log);

  uint64_t first_number() const { return first_number_; }
  size_t size() const { return live_.size() - first_; }
  // In all its segments.
  uint64_t ring_values() const { return ring_values_; }

  // Is anything in the log, or on its way there, that has to go?
  bool has_gone() const { return !gone_.empty(); }

  // Those whose bytes the log does not hold, and, without bytes, those that it
  // holds and should not; `hash_in_log` is that of the record there, 0 if there
  // is none. REQUIRES: nothing is in flight.
  void VisitDue(
      absl::FunctionRef<void(uint64_t number, const std::string* bytes,
                             uint64_t hash_in_log)>
          visit);
  // The log now holds a record with this hash, 0: none.
  void Settle(uint64_t number, uint64_t hash_in_log);
  // It is as it was.
  void Abandon(uint64_t number);

 private:
  struct Segment {
    Contents contents;
    uint64_t hash_in_log = 0;
    std::unique_ptr<const std::string> unwritten;  // null: it is in the log
    bool in_flight = false;
    // What an earlier life of the key has left under the number is.
    bool earlier_in_flight = false;
  };
  struct Gone {
    uint64_t hash_in_log;
    bool in_flight;
  };
  using Gones = absl::btree_map<uint64_t, Gone>;

  Segment* Find(uint64_t number);
  // Forgets one of which nothing is left.
  void ForgetIfDone(Gones::iterator gone);

  uint64_t first_number_ = 0;
  uint64_t ring_values_ = 0;
  size_t first_ = 0;  // what lies before is gone, and erased now and then
  std::vector<Segment> live_;
  Gones gone_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_SEGMENT_LOG_H_
