// Simulations and what they print.

#include "tools/inspect/simulate/simulation.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/load_config.h"
#include "processor/decoder/decoder.h"
#include "processor/sample_reader.h"
#include "tests/status_matchers.h"
#include "tests/world/function_step.h"
#include "tools/inspect/simulate/render.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

Settings Load(const std::string& more) {
  ConfigArgs args;
  args.instance_id = "test";
  args.with_kafka = false;
  args.overrides = {absl::StrCat(R"(
      application_id: "app"
      input { topic: "in" number { } }
      results { topic: "out" }
      window { name: "last2" count { size: 2 } }
      window { name: "all" cumulative { } }
      grace: "10s"
      idle_key_ttl: "1m"
  )",
                                 more)};
  const absl::StatusOr<Settings> settings = LoadSettings(args);
  EXPECT_THAT(settings, IsOk());
  return settings.value_or(Settings());
}

SampleReader Samples(const Settings& settings) {
  return SampleReader(MakeDecoder(settings.source));
}

// Seconds, key, value.
LineFormat Format() {
  LineFormat format;
  format.timestamp_separator = " ";
  format.key_separator = ":";
  format.empty_is_null = true;
  return format;
}

constexpr const char* kLines[] = {
    "1000 a:10", "2000 \xff:7", "3000 a:20",  "4000 a:60", "5000 nobody:",
    "x a:1",     "200000 b:5",  "100000 a:1", "200001 b:",
};

TEST(SimulationTest, AsText) {
  const Settings settings = Load("on_bad_record: SKIP");
  Simulation simulation(settings, Samples(settings), Format());
  const auto& windows = settings.state.windows;
  std::string out = ChangesHeader(windows);
  std::string err;
  for (const char* line : kLines) {
    const LineOutcome outcome = simulation.Feed(line);
    absl::StrAppend(&out, ChangesText(outcome, simulation.Changes(), windows));
    absl::StrAppend(&err, RemarkText(outcome));
  }
  EXPECT_EQ(out,
            "  LINE  KEY                  last2           all\n"
            "     1  a                       10            10\n"
            "     2  \\xff                     7             7\n"
            "     3  a                       15            15\n"
            "     4  a                       40            30\n"
            "     7  a             deleted\n"
            "     7  b                        5             5\n"
            "     7  \\xff          deleted\n"
            "     9  b             deleted\n");
  EXPECT_EQ(err,
            "line 6 is a bad record: the line's time \"x\" is no ISO 8601 time "
            "such as 2015-01-31 or 2015-01-31T16:00:00Z\n"
            "line 8 is late: its event time is further behind the newest so "
            "far, 1970-01-01T00:03:20Z, than grace allows\n");
  EXPECT_EQ(SummaryText(simulation),
            "9 lines: 7 applied, 1 late, 1 bad and skipped; 0 keys\n");
}

TEST(SimulationTest, AsJson) {
  const Settings settings = Load("on_bad_record: SKIP");
  Simulation simulation(settings, Samples(settings), Format());
  const auto& windows = settings.state.windows;
  std::string out;
  for (const char* line : {"1000 a:10", "x", "900000 b:1", "1 b:1"}) {
    const LineOutcome outcome = simulation.Feed(line);
    absl::StrAppend(&out, OutcomeJson(outcome, simulation.Changes(), windows));
  }
  EXPECT_EQ(
      out,
      R"({"line":1,"fate":"applied","results":[{"key":"a","averages":{"last2":{"average":10,"count":1},"all":{"average":10,"count":1}}}]}
{"line":2,"fate":"skipped","why":"the line has no timestamp: \" \" is not in it","results":[]}
{"line":3,"fate":"applied","results":[{"key":"a","deleted":true},{"key":"b","averages":{"last2":{"average":1,"count":1},"all":{"average":1,"count":1}}}]}
{"line":4,"fate":"late","why":"its event time is further behind the newest so far, 1970-01-01T00:15:00Z, than grace allows","results":[]}
)");
}

TEST(SimulationTest, TheEndAlone) {
  const Settings settings = Load("");
  Simulation simulation(settings, Samples(settings), Format());
  for (const char* line :
       {"1 b:10", "2 a:1", "3 b:20", "4 gone:1", "5 gone:"}) {
    EXPECT_EQ(simulation.Feed(line).fate, LineOutcome::Fate::kApplied);
  }
  const ChangeSet changes = simulation.Changes();
  EXPECT_EQ(FinalText(changes, settings.state.windows, Terminal()),
            "KEY  last2  all\n"
            "a        1    1\n"
            "b       15   15\n");
  Terminal terminal;
  terminal.colour = true;
  EXPECT_THAT(FinalText(changes, settings.state.windows, terminal),
              HasSubstr("\x1b[1mKEY"));
  EXPECT_EQ(
      FinalJson(changes, settings.state.windows),
      R"({"key":"a","averages":{"last2":{"average":1,"count":1},"all":{"average":1,"count":1}}}
{"key":"b","averages":{"last2":{"average":15,"count":2},"all":{"average":15,"count":2}}}
)");
}

TEST(SimulationTest, StopsAtABadRecordAsTheProcessorDoes) {
  const Settings settings = Load("");
  Simulation simulation(settings, Samples(settings), Format());
  EXPECT_EQ(simulation.Feed("1 a:1").fate, LineOutcome::Fate::kApplied);
  const LineOutcome bad = simulation.Feed("2 a:nan");
  EXPECT_EQ(bad.fate, LineOutcome::Fate::kStopped);
  EXPECT_THAT(bad.why, HasSubstr("nan"));
  EXPECT_EQ(simulation.state().next_offset(), Offset(1));
}

TEST(SimulationTest, LinesGoThroughTheStep) {
  const Settings settings = Load("on_bad_record: SKIP");
  SampleReader samples(MakeDecoder(settings.source),
                       std::make_unique<FunctionStep>(
                           [](const StepRecord& record)
                               -> absl::StatusOr<absl::optional<Sample>> {
                             if (record.key == "by") return absl::nullopt;
                             if (record.key == "no")
                               return absl::InvalidArgumentError("no");
                             if (record.key == "down")
                               return absl::UnavailableError("down");
                             return *record.decoded;
                           }));
  Simulation simulation(settings, std::move(samples), Format());
  using Fate = LineOutcome::Fate;
  EXPECT_EQ(simulation.Feed("1000 a:1").fate, Fate::kApplied);
  const LineOutcome by = simulation.Feed("2000 by:1");
  EXPECT_EQ(by.fate, Fate::kFiltered);
  EXPECT_EQ(RemarkText(by), "line 2 is filtered by the step\n");
  EXPECT_EQ(simulation.Feed("3000 no:1").fate, Fate::kSkipped);
  EXPECT_THAT(SummaryText(simulation),
              HasSubstr("1 applied, 0 late, 1 bad and skipped, 1 filtered"));
  const LineOutcome down = simulation.Feed("4000 down:1");
  EXPECT_EQ(down.fate, Fate::kStopped);
  EXPECT_TRUE(absl::IsUnavailable(down.step));
}

}  // namespace
}  // namespace exactmean
