// What the bare loop does without writing: consume alone, and the restore.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_READING_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_READING_H_

#include <cstdint>

#include "tests/benchmark/bare_loop/clients.h"
#include "tests/benchmark/bare_loop/key_table.h"

namespace exactmean {

// All of the input in batches, each record looked at only for an error; prints
// the RESULT line.
void ConsumeOnly(const LoopOptions& options);

// The output to its end, into `table`; how many records were read.
int64_t Restore(const LoopOptions& options, KeyTable* table);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_READING_H_
