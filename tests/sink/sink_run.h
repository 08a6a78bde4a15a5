// Runs of the shipped exactmean-sink.

#ifndef EXACTMEAN_TESTS_SINK_SINK_RUN_H_
#define EXACTMEAN_TESTS_SINK_SINK_RUN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/broker/instance.h"
#include "tests/broker/pipeline.h"
#include "tests/sink/test_database.h"

namespace exactmean {

using Environment = std::vector<std::pair<std::string, std::string>>;

// With these words alone.
absl::StatusOr<std::unique_ptr<RunningInstance>> StartSink(
    const std::vector<std::string>& words, const Environment& env = {});

// From the pipeline's results into the database, which makes its tables.
absl::StatusOr<std::unique_ptr<RunningInstance>> StartSink(
    const BrokerPipeline& pipeline, const TestDatabase& database,
    const std::vector<std::string>& flags = {});

// To its end, a minute at most; its exit code and log.
struct SinkResult {
  int code = -1;
  std::string log;
};
SinkResult RunSink(const std::vector<std::string>& words,
                   const Environment& env = {});
SinkResult RunSink(const BrokerPipeline& pipeline, const TestDatabase& database,
                   const std::vector<std::string>& flags = {});

// What the table of the pipeline's results must be, and its positions.
std::set<std::string> ExpectedRows(BrokerPipeline& pipeline);
std::map<int32_t, int64_t> ResultsEnds(BrokerPipeline& pipeline);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SINK_SINK_RUN_H_
