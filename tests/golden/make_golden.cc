// Writes the golden files that are not there yet, of the format that this build
// writes: bazel run //tests/golden:make_golden
//
// A file that is there is never written again: it says what older builds wrote,
// and golden_test reads it for ever. If its bytes and today's differ, today's
// build is at fault, or the format has a new number. For a new format, make the
// directory format<N>, run this, and add N to kFormats in golden_file.h.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "state/partition_state.h"
#include "state/result_codec.h"
#include "tests/golden/cases.h"
#include "tests/golden/golden_file.h"

int main() {
  const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (root == nullptr) {
    std::cerr << "run it by bazel run //tests/golden:make_golden\n";
    return 2;
  }
  for (const exactmean::GoldenCase& golden : exactmean::GoldenCases()) {
    const std::filesystem::path path =
        std::filesystem::path(root) /
        exactmean::GoldenPath(exactmean::kNewestFormat, golden.name);
    if (std::filesystem::exists(path)) continue;
    const exactmean::Pipeline pipeline(golden.spec,
                                       exactmean::GoldenIdentity());
    exactmean::PartitionState state(&pipeline, exactmean::kGoldenPartition);
    state.StartEmpty(exactmean::Offset(golden.start_offset));
    std::vector<exactmean::GoldenCommit> commits;
    for (size_t i = 0; i < golden.commits.size(); ++i) {
      commits.push_back(
          exactmean::CommitOf(exactmean::FoldCommit(golden, i, &state)));
    }
    std::ofstream file(path);
    file << exactmean::FormatGolden(commits);
    file.close();
    if (!file) {
      std::cerr << "cannot write " << path << "\n";
      return 1;
    }
    std::cout << "wrote " << path << "\n";
  }
  return 0;
}
