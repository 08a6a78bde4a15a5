// A record that owns its bytes, as it goes from one topic to another; and what
// tells one from another.

#ifndef EXACTMEAN_STATE_RECORD_H_
#define EXACTMEAN_STATE_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "state/types.h"

namespace exactmean {

// Several of a record may have one name, and their order counts.
struct RecordHeader {
  std::string name;
  absl::optional<std::string> value;  // absent: null

  friend bool operator==(const RecordHeader& a, const RecordHeader& b) {
    return a.name == b.name && a.value == b.value;
  }
};
using Headers = std::vector<RecordHeader>;

struct OwnedRecord {
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  Headers headers;
  int64_t timestamp_ms = -1;  // -1: none

  // About what it takes in memory.
  size_t bytes() const {
    size_t sum = sizeof(*this) + (key.has_value() ? key->size() : 0) +
                 (value.has_value() ? value->size() : 0);
    for (const RecordHeader& header : headers) {
      sum += sizeof(header) + header.name.size() +
             (header.value.has_value() ? header.value->size() : 0);
    }
    return sum;
  }
};

// What tells an input record from another at the same offset.
struct RecordId {
  Offset offset;
  int64_t timestamp_ms = 0;
  uint64_t checksum = 0;  // RecordHash of key and value
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_RECORD_H_
