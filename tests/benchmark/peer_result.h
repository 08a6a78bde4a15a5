// What the peers of the benchmark write under a key, each in its own format.

#ifndef EXACTMEAN_TESTS_BENCHMARK_PEER_RESULT_H_
#define EXACTMEAN_TESTS_BENCHMARK_PEER_RESULT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "tests/benchmark/oracle.h"

namespace exactmean {

enum class PeerFormat {
  kExactmean,  // snapshots with one average, and checkpoints
  kBinary,     // count u64 and average f64, little-endian, first in the value
};

struct PeerResult {
  int64_t key = 0;  // its number
  KeyResult result;
};

// "exactmean" or "binary"; nullopt: neither.
absl::optional<PeerFormat> PeerFormatOf(absl::string_view name);

// nullopt: a record that is no key's. kDataLoss says where what is wrong.
absl::StatusOr<absl::optional<PeerResult>> DecodePeerResult(
    PeerFormat format, const LogRecord& record);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_PEER_RESULT_H_
