// How results and offsets are written relative to each other.

#ifndef EXACTMEAN_PROCESSOR_DELIVERY_H_
#define EXACTMEAN_PROCESSOR_DELIVERY_H_

#include "absl/strings/string_view.h"
#include "state/delivery_mode.h"

namespace exactmean {

// How offsets are committed without transactions.
enum class CommitStyle {
  kAsyncThenSync,  // as kAsync while running, as kSync at the end
  kSync,           // wait for each
  kAsync,          // never wait
  kAuto,           // when the client's timer says so; wait at the end
};

struct Delivery {
  DeliveryMode mode = DeliveryMode::kExactlyOnce;
  CommitStyle commits = CommitStyle::kAsyncThenSync;  // not exactly once

  bool transactional() const { return mode == DeliveryMode::kExactlyOnce; }
};

// As in the configuration.
inline absl::string_view ToString(CommitStyle style) {
  switch (style) {
    case CommitStyle::kAsyncThenSync:
      return "ASYNC_THEN_SYNC";
    case CommitStyle::kSync:
      return "SYNC";
    case CommitStyle::kAsync:
      return "ASYNC";
    case CommitStyle::kAuto:
      break;
  }
  return "AUTO";
}

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DELIVERY_H_
