// Which ways through the code under test an input takes: what makes an input
// worth keeping.

#ifndef EXACTMEAN_TESTS_FUZZ_COVERAGE_H_
#define EXACTMEAN_TESTS_FUZZ_COVERAGE_H_

#include <cstddef>

namespace exactmean {

// Forgets the steps of the input before.
void BeginCoverage();

// How many steps (from one basic block to another, a number of times of this
// magnitude) were taken since BeginCoverage that no input took before. Always 0
// when the code is not compiled with -fsanitize-coverage=trace-pc.
size_t NewCoverage();

// All steps that any input took.
size_t TotalCoverage();

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_COVERAGE_H_
