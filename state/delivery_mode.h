// What becomes of a record when a process dies: the word of it that checkpoints
// and configuration share.

#ifndef EXACTMEAN_STATE_DELIVERY_MODE_H_
#define EXACTMEAN_STATE_DELIVERY_MODE_H_

#include "absl/strings/string_view.h"
#include "proto/result.pb.h"

namespace exactmean {

enum class DeliveryMode {
  kExactlyOnce,  // results and offsets in one transaction
  kAtLeastOnce,  // results, then offsets
  kAtMostOnce,   // offsets, then results
};

// Under which mode a checkpoint was written.
inline DeliveryMode ModeOf(const results::Checkpoint& checkpoint) {
  switch (checkpoint.delivery()) {
    case results::AT_LEAST_ONCE:
      return DeliveryMode::kAtLeastOnce;
    case results::AT_MOST_ONCE:
      return DeliveryMode::kAtMostOnce;
    default:
      return DeliveryMode::kExactlyOnce;
  }
}

// Of an owner that had lost the partition and wrote it late: a restore believes
// `held`, which lies before it in the log.
inline bool IsStale(const results::Checkpoint& read,
                    const results::Checkpoint& held) {
  return ModeOf(held) != DeliveryMode::kExactlyOnce &&
         ModeOf(read) != DeliveryMode::kExactlyOnce &&
         read.next_offset() < held.next_offset();
}

inline results::Delivery ToProto(DeliveryMode mode) {
  switch (mode) {
    case DeliveryMode::kAtLeastOnce:
      return results::AT_LEAST_ONCE;
    case DeliveryMode::kAtMostOnce:
      return results::AT_MOST_ONCE;
    case DeliveryMode::kExactlyOnce:
      break;
  }
  return results::EXACTLY_ONCE;
}

// As in the configuration.
inline absl::string_view ToString(DeliveryMode mode) {
  switch (mode) {
    case DeliveryMode::kAtLeastOnce:
      return "AT_LEAST_ONCE";
    case DeliveryMode::kAtMostOnce:
      return "AT_MOST_ONCE";
    case DeliveryMode::kExactlyOnce:
      break;
  }
  return "EXACTLY_ONCE";
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_DELIVERY_MODE_H_
