// What became of the offsets that a partition's state has passed.

#ifndef EXACTMEAN_STATE_DISPOSITIONS_H_
#define EXACTMEAN_STATE_DISPOSITIONS_H_

#include <cstdint>

#include "proto/result.pb.h"

namespace exactmean {

// Records that were read, of any fate; what was absent was no record, and what
// was lost was read, if at all, by a process that did not live to say so.
inline uint64_t RecordsOf(const results::Dispositions& d) {
  return d.applied() + d.late() + d.skipped() + d.dead_lettered() +
         d.retried() + d.filtered();
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_DISPOSITIONS_H_
