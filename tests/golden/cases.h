// The states whose bytes are kept as golden files, as what is folded in.

#ifndef EXACTMEAN_TESTS_GOLDEN_CASES_H_
#define EXACTMEAN_TESTS_GOLDEN_CASES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "state/change_set.h"
#include "state/partition_state.h"
#include "state/spec.h"
#include "state/types.h"

namespace exactmean {

// One thing that happens to a partition.
struct GoldenStep {
  enum class Kind { kApply, kDelete, kSkip, kAbsent };
  Kind kind = Kind::kApply;
  int64_t offset = 0;
  std::string key;  // of kApply and kDelete
  Sample sample;    // of kApply
};

// A case never changes once its file is there: add another.
struct GoldenCase {
  std::string name;  // of its file
  StateSpec spec;
  int64_t start_offset = 0;
  std::vector<std::vector<GoldenStep>> commits;  // what each brings
};

std::vector<GoldenCase> GoldenCases();

StateIdentity GoldenIdentity();
constexpr Partition kGoldenPartition(7);

// Folds in what commit number `i` of the case brings, and returns what it
// writes; it is then committed.
ChangeSet FoldCommit(const GoldenCase& golden, size_t i, PartitionState* state);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_GOLDEN_CASES_H_
