// A place in every partition of the input, as a user names it. Pure.

#ifndef EXACTMEAN_PROCESSOR_INPUT_POSITION_H_
#define EXACTMEAN_PROCESSOR_INPUT_POSITION_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "state/types.h"

namespace exactmean {

// A value; each kind has one way to make it.
struct InputPosition {
  enum class Kind {
    kEarliest,   // the first retained record
    kLatest,     // the end, as it is when it is asked for
    kCommitted,  // the group's committed offset
    kTime,       // the first record with this timestamp or a later one
    kOffsets,    // one for each partition
  };

  static InputPosition Earliest() { return {}; }
  static InputPosition Latest() { return Of(Kind::kLatest); }
  static InputPosition Committed() { return Of(Kind::kCommitted); }
  static InputPosition At(absl::Time time);
  static InputPosition At(std::map<Partition, Offset> offsets);

  Kind kind = Kind::kEarliest;
  absl::Time time;                      // of kTime
  std::map<Partition, Offset> offsets;  // of kOffsets

 private:
  static InputPosition Of(Kind kind);
};

// May it be another offset when it is asked for again?
inline bool DependsOnWhen(const InputPosition& position) {
  return position.kind == InputPosition::Kind::kLatest ||
         position.kind == InputPosition::Kind::kTime;
}

// "earliest", "latest", "committed", a time as "2026-11-21T09:30:00Z" or
// "2026-11-21" (UTC), or offsets as "0:1200,1:1187" (partition:offset). What is
// wrong with another text is told without quoting it.
absl::StatusOr<InputPosition> ParseInputPosition(absl::string_view text);

// Of such a text the time.
absl::StatusOr<absl::Time> ParsePointInTime(absl::string_view text);

// What ParseInputPosition reads.
std::string ToString(const InputPosition& position);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_INPUT_POSITION_H_
