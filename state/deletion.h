// What a tombstone that was written without a transaction says of itself.

#ifndef EXACTMEAN_STATE_DELETION_H_
#define EXACTMEAN_STATE_DELETION_H_

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

constexpr absl::string_view kDeletionHeader = "exactmean.offset";

// `deleted_at`: the offset of the input record that made the key go: by
// deleting it, or by moving time on so that it was idle.
inline RecordHeader DeletionHeader(Offset deleted_at) {
  return {std::string(kDeletionHeader), absl::StrCat(deleted_at.value())};
}

// nullopt: it says nothing.
inline absl::optional<Offset> DeletedAt(const Headers& headers) {
  for (const RecordHeader& header : headers) {
    int64_t offset = 0;
    if (header.name == kDeletionHeader && header.value.has_value() &&
        absl::SimpleAtoi(*header.value, &offset)) {
      return Offset(offset);
    }
  }
  return absl::nullopt;
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_DELETION_H_
