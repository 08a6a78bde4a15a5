// The keys of a results topic that no input key may have.

#ifndef EXACTMEAN_STATE_RESERVED_KEYS_H_
#define EXACTMEAN_STATE_RESERVED_KEYS_H_

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace exactmean {

// A reader of averages skips every key with this prefix.
constexpr absl::string_view kReservedPrefix = "__exactmean/";
constexpr absl::string_view kCheckpointKey = "__exactmean/checkpoint";

constexpr absl::string_view kSegmentPrefix = "__exactmean/segment/";

inline bool IsReservedKey(absl::string_view key) {
  return absl::StartsWith(key, kReservedPrefix);
}

// A segment of an input key, see result.proto.
struct SegmentKey {
  uint64_t number = 0;
  absl::string_view key;
};

inline std::string ToString(const SegmentKey& segment) {
  return absl::StrCat(kSegmentPrefix, segment.number, "/", segment.key);
}

// nullopt: it is no such key. One number has one spelling.
inline absl::optional<SegmentKey> ParseSegmentKey(absl::string_view key) {
  if (!absl::StartsWith(key, kSegmentPrefix)) return absl::nullopt;
  const absl::string_view rest = key.substr(kSegmentPrefix.size());
  const size_t slash = rest.find('/');
  SegmentKey segment;
  if (slash == absl::string_view::npos ||
      !absl::SimpleAtoi(rest.substr(0, slash), &segment.number)) {
    return absl::nullopt;
  }
  segment.key = rest.substr(slash + 1);
  if (ToString(segment) != key) return absl::nullopt;
  return segment;
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_RESERVED_KEYS_H_
