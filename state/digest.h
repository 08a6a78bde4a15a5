// The digest that proves a partition's state: the sum modulo 2^64 of one hash a
// live record. A sum, so that it follows a change without reading the rest, and
// does not depend on order.

#ifndef EXACTMEAN_STATE_DIGEST_H_
#define EXACTMEAN_STATE_DIGEST_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "xxhash.h"

namespace exactmean {

// XXH3-64 of the value, seeded with XXH3-64 of the key: no byte can move from
// one to the other unseen. Never 0, which stands for "no record". Also what an
// anchor holds of its input record.
inline uint64_t RecordHash(absl::string_view key, absl::string_view value) {
  const uint64_t hash = XXH3_64bits_withSeed(
      value.data(), value.size(), XXH3_64bits(key.data(), key.size()));
  return hash == 0 ? 1 : hash;
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_DIGEST_H_
