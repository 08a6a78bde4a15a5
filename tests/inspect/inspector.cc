// Inspect.

#include "tests/inspect/inspector.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/broker/shared_broker.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

InspectResult Run(const std::string& binary,
                  const std::vector<std::string>& words,
                  const std::string& input) {
  static int runs = 0;
  const std::string prefix =
      absl::StrCat(::testing::TempDir(), "/inspect-", ++runs);
  ProcessOptions options;
  options.stdin_path = prefix + ".in";
  options.stdout_path = prefix + ".out";
  options.stderr_path = prefix + ".err";
  std::ofstream(options.stdin_path) << input;
  std::vector<std::string> argv = {binary};
  argv.insert(argv.end(), words.begin(), words.end());
  InspectResult result;
  auto process = Process::Start(argv, options);
  EXPECT_THAT(process, IsOk());
  if (!process.ok()) return result;
  const auto exit = process->Wait(absl::Now() + absl::Minutes(1));
  EXPECT_THAT(exit, IsOk());
  if (exit.ok()) {
    result.code = exit->ShellCode();
    result.peak_memory = exit->peak_memory;
  }
  result.out = ContentsOf(options.stdout_path);
  result.err = ContentsOf(options.stderr_path);
  return result;
}

}  // namespace

InspectResult Inspect(const std::vector<std::string>& words,
                      const std::string& input) {
  return Run(kInspector, words, input);
}

InspectResult Inspect(const BrokerPipeline& pipeline,
                      std::vector<std::string> words,
                      const std::string& binary) {
  words.push_back("--config=" + pipeline.config_path());
  words.push_back("--bootstrap_servers=" + SharedBroker());
  if (!pipeline.extra_config.empty()) {
    words.push_back("--config_override=" + pipeline.extra_config);
  }
  return Run(binary, words, "");
}

}  // namespace exactmean
