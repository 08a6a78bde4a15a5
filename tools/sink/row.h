// From a record of the results topic to what it does to the table: pure.

#ifndef EXACTMEAN_TOOLS_SINK_ROW_H_
#define EXACTMEAN_TOOLS_SINK_ROW_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "state/types.h"
#include "tools/inspect/text/format.h"

namespace exactmean {

// The windows of the topic, in the order of a snapshot's averages.
using Windows = std::vector<NamedWindow>;

// What one row holds of its window.
struct WindowValues {
  double average = 0;
  int64_t count = 0;  // 0: the window is empty, and all else NULL
  double min = 0;
  double max = 0;
  double stddev = 0;
};

// What a key's rows have in common, and its windows.
struct KeyState {
  int64_t event_time = 0;  // microseconds
  int64_t records = 0;
  int64_t last_offset = 0;  // of the input
  std::vector<WindowValues> windows;
};

// One results record: all rows of its key anew, or none any more.
struct Change {
  Partition partition;
  Offset offset;                   // of the record in its results partition
  std::string text;                // the key, as KeyText has it
  absl::optional<KeyState> state;  // absent: a tombstone

  // About what it takes in memory.
  size_t bytes() const;
};

// The column `key`: the key itself when it is UTF-8 that any database takes;
// one with a zero byte, with bytes that are no UTF-8, or that begins with "\x",
// as "\x" and its bytes in hexadecimal. So no two keys have one text.
std::string KeyText(absl::string_view key);

// kDataLoss: the value is no snapshot. REQUIRES: the key is none of those
// reserved.
absl::StatusOr<Change> ToChange(const LogRecord& record);

// The rows as a JSON object by window, for a row that was refused; "" for a
// deletion.
std::string RowsJson(const Windows& windows, const Change& change);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_ROW_H_
