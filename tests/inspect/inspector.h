// One run of exactmean-inspect, and what it said.

#ifndef EXACTMEAN_TESTS_INSPECT_INSPECTOR_H_
#define EXACTMEAN_TESTS_INSPECT_INSPECTOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/broker/pipeline.h"

namespace exactmean {

struct InspectResult {
  int code = -1;    // its exit code, as a shell has it
  std::string out;  // all of its standard output
  std::string err;
  int64_t peak_memory = 0;  // as ExitStatus has it
};

// Runs it to its end, a minute at most, with `words` as its command line and
// `input` as its standard input. A test failure when it cannot be run.
InspectResult Inspect(const std::vector<std::string>& words,
                      const std::string& input = "");

constexpr char kInspector[] = "tools/inspect/exactmean-inspect";

// The same with the pipeline's configuration and broker, by this program.
InspectResult Inspect(const BrokerPipeline& pipeline,
                      std::vector<std::string> words,
                      const std::string& binary = kInspector);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_INSPECT_INSPECTOR_H_
