// The flags and their ranges.

#include "tests/benchmark/workload_flags.h"

#include <cstdint>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(int64_t, records, 5'000'000, "How many records there are in all.");
ABSL_FLAG(int64_t, keys, 100'000, "How many different keys.");
ABSL_FLAG(int64_t, cover, 0, "How often each key occurs first, in turn.");
ABSL_FLAG(double, zipf, 0,
          "Key i is drawn in proportion to (i + 1)^-zipf; 0: all alike.");
ABSL_FLAG(int64_t, value_bytes, 0,
          "Fill values up to about so many bytes; 0: as short as can be.");

namespace exactmean {

absl::StatusOr<WorkloadOptions> WorkloadFromFlags() {
  WorkloadOptions options;
  options.keys = absl::GetFlag(FLAGS_keys);
  options.cover = absl::GetFlag(FLAGS_cover);
  options.zipf = absl::GetFlag(FLAGS_zipf);
  options.value_bytes = absl::GetFlag(FLAGS_value_bytes);
  if (options.keys < 1 || options.keys > WorkloadOptions::kMaxKeys) {
    return absl::InvalidArgumentError(
        absl::StrCat("--keys: 1 to ", WorkloadOptions::kMaxKeys));
  }
  if (options.cover < 0 || options.zipf < 0) {
    return absl::InvalidArgumentError("--cover and --zipf: not below 0");
  }
  if (options.value_bytes < 0 ||
      options.value_bytes > WorkloadOptions::kMaxValueBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("--value_bytes: 0 to ", WorkloadOptions::kMaxValueBytes));
  }
  return options;
}

}  // namespace exactmean
