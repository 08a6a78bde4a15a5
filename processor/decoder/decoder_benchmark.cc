// How many records a second one core decodes.

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "benchmark/benchmark.h"
#include "processor/decoder/decoder.h"
#include "processor/decoder/source_spec.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {
namespace {

void Decode(benchmark::State& state, const SourceSpec& spec,
            const std::string& value) {
  const std::unique_ptr<Decoder> decoder = MakeDecoder(spec);
  LogRecord record;
  record.timestamp_ms = 1700000000000;
  record.value = value;
  for (auto _ : state) {
    // Not const: DoNotOptimize wants a value that it could change.
    absl::StatusOr<Sample> sample = decoder->Decode(record);
    if (!sample.ok()) {
      state.SkipWithError(std::string(sample.status().message()).c_str());
      break;
    }
    benchmark::DoNotOptimize(sample->value);
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(value.size()));
}

SourceSpec Json(const std::string& value, const std::string& time,
                TimeFormat format) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kJson;
  spec.value_pointer = value;
  spec.time_pointer = time;
  spec.time_format = format;
  return spec;
}

void BM_JsonSmall(benchmark::State& state) {
  Decode(state, Json("/value", "", TimeFormat::kRecordTimestamp),
         R"({"value": 512.25, "ts": 1700000000000})");
}
BENCHMARK(BM_JsonSmall);

void BM_JsonSmallWithTime(benchmark::State& state) {
  Decode(state, Json("/value", "/ts", TimeFormat::kEpochMillis),
         R"({"value": 512.25, "ts": 1700000000000})");
}
BENCHMARK(BM_JsonSmallWithTime);

void BM_JsonStock(benchmark::State& state) {
  Decode(state, Json("/adj_close", "/date", TimeFormat::kIso8601),
         R"({"ticker":"AAPL","date":"2000-03-01","open":118.56,"high":132.06,)"
         R"("low":118.5,"close":130.31,"adj_close":4.18,"volume":9616100})");
}
BENCHMARK(BM_JsonStock);

void BM_JsonNested(benchmark::State& state) {
  Decode(state, Json("/m/1/v", "/at", TimeFormat::kIso8601),
         R"({"at":"2015-01-31T16:00:00.250Z","m":[{"v":1},{"v":"17.5"}]})");
}
BENCHMARK(BM_JsonNested);

void BM_JsonLarge(benchmark::State& state) {
  std::string value = R"({"value": 512.25, "history": [0)";
  for (int i = 0; i < 100000; ++i) value += ", 123456.75";
  Decode(state, Json("/value", "", TimeFormat::kRecordTimestamp), value + "]}");
}
BENCHMARK(BM_JsonLarge);

void BM_Csv(benchmark::State& state) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kCsv;
  spec.value_column = 6;
  spec.time_column = 1;
  spec.time_format = TimeFormat::kIso8601;
  Decode(state, spec, "2000-03-01,118.56,132.06,118.5,130.31,4.18,9616100");
}
BENCHMARK(BM_Csv);

void BM_Number(benchmark::State& state) {
  Decode(state, SourceSpec(), "512.25");
}
BENCHMARK(BM_Number);

}  // namespace
}  // namespace exactmean
