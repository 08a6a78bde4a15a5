// print-workload: the benchmark's records as lines, key tab value, for kcat.

#include <cstdio>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "processor/command_line.h"
#include "tests/benchmark/workload.h"

ABSL_FLAG(int64_t, records, 5'000'000, "How many, the skipped ones included.");
ABSL_FLAG(int64_t, skip, 0, "How many of the first are not printed.");
ABSL_FLAG(int64_t, keys, 100'000, "How many different keys; at most 1000000.");
ABSL_FLAG(bool, cover, false, "Begin with each key once.");

namespace exactmean {
namespace {

constexpr char kUsage[] = "print-workload [flags]: the benchmark's records.";
constexpr size_t kChunk = 1 << 18;

int Main() {
  WorkloadOptions options;
  options.keys = absl::GetFlag(FLAGS_keys);
  options.cover = absl::GetFlag(FLAGS_cover);
  if (options.keys < 1 || options.keys > 1'000'000) {
    std::cerr << "print-workload: --keys: 1 to 1000000\n";
    return 2;
  }
  WorkloadGenerator generator(options);
  std::string text;
  const auto flush = [&text] {
    const size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
    const bool ok = written == text.size() && std::fflush(stdout) == 0;
    text.clear();
    return ok;
  };
  bool ok = true;
  for (int64_t i = 0; ok && i < absl::GetFlag(FLAGS_records); ++i) {
    const SensorEvent event = generator.Next();
    if (i < absl::GetFlag(FLAGS_skip)) continue;
    AppendLine(event, &text);
    if (text.size() >= kChunk) ok = flush();
  }
  if (ok && flush()) return 0;
  std::perror("print-workload: cannot write");
  return 1;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  exactmean::ParseFlags(argc, argv, exactmean::kUsage, __FILE__);
  return exactmean::Main();
}
