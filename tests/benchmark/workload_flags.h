// The workload on the command line: the same flags for all that write, fold or
// check its records.

#ifndef EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_FLAGS_H_
#define EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_FLAGS_H_

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "tests/benchmark/workload.h"

ABSL_DECLARE_FLAG(int64_t, records);

namespace exactmean {

// Of --keys, --cover, --zipf and --value_bytes. kInvalidArgument: one is out of
// range.
absl::StatusOr<WorkloadOptions> WorkloadFromFlags();

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_FLAGS_H_
