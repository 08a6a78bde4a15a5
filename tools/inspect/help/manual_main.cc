// Writes the manual's files.

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/command_line.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/help/manual.h"

ABSL_FLAG(std::string, output_dir, "",
          "The directory to write to; below `bazel run`, from the workspace "
          "on.");

int main(int argc, char** argv) {
  exactmean::ParseFlags(
      argc, argv, "Writes the pages of exactmean-inspect's manual.", __FILE__);
  std::string directory = absl::GetFlag(FLAGS_output_dir);
  if (directory.empty()) {
    std::cerr << "manual: where to? Give --output_dir=docs/inspect\n";
    return 2;
  }
  const char* const workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace != nullptr && !absl::StartsWith(directory, "/")) {
    directory = absl::StrCat(workspace, "/", directory);
  }
  const auto commands = exactmean::AllCommands();
  const auto samples =
      exactmean::ReadSamples(commands, "tests/inspect/samples");
  for (const auto& [name, text] : exactmean::ManualFiles(commands, samples)) {
    std::ofstream file(absl::StrCat(directory, "/", name));
    file << text << std::flush;
    if (file.good()) continue;
    std::cerr << "manual: cannot write " << directory << "/" << name << "\n";
    return 1;
  }
}
