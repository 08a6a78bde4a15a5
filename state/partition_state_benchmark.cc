// What a record, a snapshot and a key cost.
//   bazel run -c opt --config=opt //state:partition_state_benchmark

#include <malloc.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "benchmark/benchmark.h"
#include "state/partition_state.h"

namespace exactmean {
namespace {

constexpr int kKeys = 100000;

StateSpec Last10() {
  StateSpec spec;
  spec.windows = {{"last10", WindowSpec::Kind::kCount, 10, 0, 0, 0, 0}};
  return spec;
}

const std::vector<std::string>& Keys() {
  static const auto* keys = [] {
    auto* made = new std::vector<std::string>;
    for (int i = 0; i < kKeys; ++i) {
      made->push_back(absl::StrFormat("sensor-%06d", i));
    }
    return made;
  }();
  return *keys;
}

// A state with full windows; `next` is the next offset.
std::unique_ptr<PartitionState> Full(const Pipeline* pipeline, int64_t* next) {
  auto state = std::make_unique<PartitionState>(pipeline, Partition(0));
  state->StartEmpty(Offset(0));
  *next = 0;
  for (int round = 0; round < 10; ++round) {
    for (const std::string& key : Keys()) {
      state->Apply(Offset((*next)++), key, {1.5 * round, EventTime(*next)});
    }
  }
  return state;
}

void BM_Apply(benchmark::State& bench) {
  const Pipeline pipeline(Last10(), {"app", "in", 1});
  int64_t next;
  const auto state = Full(&pipeline, &next);
  std::mt19937_64 random(1);
  for (auto _ : bench) {
    state->Apply(Offset(next++), Keys()[random() % kKeys],
                 {0.5, EventTime(next)});
  }
  bench.SetItemsProcessed(bench.iterations());
}
BENCHMARK(BM_Apply);

void BM_Encode(benchmark::State& bench) {
  const Pipeline pipeline(Last10(), {"app", "in", 1});
  int64_t next;
  const auto state = Full(&pipeline, &next);
  size_t bytes = 0;
  for (auto _ : bench) {
    const ChangeSet changes = state->Changes("writer");
    bytes = changes.value(0)->size();
    state->MarkAborted();
  }
  bench.SetItemsProcessed(bench.iterations() * kKeys);
  bench.counters["snapshot_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(BM_Encode)->Unit(benchmark::kMillisecond);

constexpr size_t kExpected = 16;  // as the run loop does

void ExpectKeys(const ChangeSet& changes, size_t from, PartitionState* state) {
  std::array<absl::string_view, kExpected> keys;
  const size_t count = std::min(kExpected, changes.size() - from);
  for (size_t i = 0; i < count; ++i) keys[i] = changes.key(from + i);
  state->Expect(absl::MakeConstSpan(keys).first(count));
}

void BM_Restore(benchmark::State& bench) {
  const Pipeline pipeline(Last10(), {"app", "in", 1});
  int64_t next;
  const auto state = Full(&pipeline, &next);
  const ChangeSet changes = state->Changes("writer");
  for (auto _ : bench) {
    PartitionState restored(&pipeline, Partition(0));
    for (size_t i = 0; i < changes.size(); ++i) {
      if (i % kExpected == 0) ExpectKeys(changes, i, &restored);
      benchmark::DoNotOptimize(
          restored.Restore(changes.key(i), changes.value(i)));
    }
  }
  bench.SetItemsProcessed(bench.iterations() * kKeys);
}
BENCHMARK(BM_Restore)->Unit(benchmark::kMillisecond);

// Heap bytes a key: its 13 bytes, 80 of samples, and the rest bookkeeping.
void BM_MemoryPerKey(benchmark::State& bench) {
  const Pipeline pipeline(Last10(), {"app", "in", 1});
  Keys();
  double per_key = 0;
  for (auto _ : bench) {
    const size_t before = mallinfo2().uordblks;
    int64_t next;
    const auto state = Full(&pipeline, &next);
    state->Changes("writer");
    state->MarkCommitted();
    per_key = static_cast<double>(mallinfo2().uordblks - before) / kKeys;
  }
  bench.counters["bytes_per_key"] = per_key;
}
BENCHMARK(BM_MemoryPerKey)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace exactmean
