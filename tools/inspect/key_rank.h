// The first bytes of keys as numbers: millions are sorted by them in no time.

#ifndef EXACTMEAN_TOOLS_INSPECT_KEY_RANK_H_
#define EXACTMEAN_TOOLS_INSPECT_KEY_RANK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace exactmean {

// In the order of the first eight bytes.
inline uint64_t KeyRank(absl::string_view key) {
  uint64_t rank = 0;
  for (size_t i = 0; i < sizeof(rank); ++i) {
    const auto byte = i < key.size() ? static_cast<unsigned char>(key[i]) : 0;
    rank = rank << 8 | static_cast<uint64_t>(byte);
  }
  return rank;
}

// How many bytes all rows' keys have in common at their beginning: those after
// it tell them apart. `Rows` has elements with key().
template <typename Rows>
size_t CommonPrefix(const Rows& rows) {
  if (rows.empty()) return 0;
  const absl::string_view first = rows.front().key();
  size_t same = first.size();
  for (const auto& row : rows) {
    const absl::string_view key = row.key();
    same = std::min(same, key.size());
    const auto differs =
        std::mismatch(first.begin(), first.begin() + same, key.begin());
    same = static_cast<size_t>(differs.first - first.begin());
  }
  return same;
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_KEY_RANK_H_
