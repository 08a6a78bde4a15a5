// print-workload: the benchmark's records as lines, key tab value, for kcat.

#include <cstdio>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "processor/command_line.h"
#include "tests/benchmark/workload.h"
#include "tests/benchmark/workload_flags.h"

ABSL_FLAG(int64_t, skip, 0, "How many of the first are not printed.");

namespace exactmean {
namespace {

constexpr char kUsage[] = "print-workload [flags]: the benchmark's records.";
constexpr size_t kChunk = 1 << 18;

int Main() {
  const absl::StatusOr<WorkloadOptions> options = WorkloadFromFlags();
  if (!options.ok()) {
    std::cerr << "print-workload: " << options.status().message() << "\n";
    return 2;
  }
  WorkloadGenerator generator(*options);
  const ValueWriter values(*options);
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
    absl::StrAppend(&text, SensorKey(event.key), "\t");
    values.Append(event, &text);
    text.push_back('\n');
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
