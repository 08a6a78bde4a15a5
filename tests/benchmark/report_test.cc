// The tables and the picture say what the raw figures say.

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// One run of 1,000,000 records, as benchmark.py writes it.
std::string RunOf(const std::string& peer, const std::string& title, int round,
                  int done_ms, double cpu, int rss, double other = 0,
                  const std::string& exact = "yes") {
  return absl::StrCat(
      R"({"peer": ")", peer, R"(", "title": ")", title, R"(", "round": )",
      round, R"(, "records": 1000000, "start_ms": 0, "first_ms": 1000, )",
      R"("done_ms": )", done_ms, R"(, "cpu_s": )", cpu,
      R"(, "broker_cpu_s": 0.25, "other_cpu_s": )", other, R"(, "rss_mb": )",
      rss, R"(, "exact": ")", exact, "\"}");
}

// Three rounds of Exactmean: 1, 2 and 0.5 s; one of a slower peer.
std::string Runs() {
  return absl::StrCat(
      RunOf("exactmean-1", "Exactmean, 1 worker", 1, 2000, 0.9, 150), ",",
      RunOf("exactmean-1", "Exactmean, 1 worker", 2, 3000, 0.8, 160), ",",
      RunOf("exactmean-1", "Exactmean, 1 worker", 3, 1500, 1.0, 140), ",",
      RunOf("slow", "A <slow> peer", 1, 5000, 5, 1200, 3), ",",
      RunOf("consume-only", "Only", 1, 1250, 0.5, 40, 0, "-"));
}

// `more`: further members.
std::string RestoreOf(const std::string& peer, const std::string& title,
                      int first_ms, double cpu, int rss,
                      const std::string& more = "") {
  return absl::StrReplaceAll(
      RunOf(peer, title, 1, 9000, cpu, rss),
      {{"\"first_ms\": 1000", absl::StrCat("\"first_ms\": ", first_ms, more)}});
}

class ReportTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) {
    return absl::StrCat(::testing::TempDir(), "/report.", getpid(), ".", name);
  }

  // benchmark.py --report on these figures; what it prints.
  std::string Report(const std::string& restore, const std::string& flag) {
    return ReportOf(absl::StrCat("\"throughput\": [", Runs(),
                                 "], \"restore\": [", restore, "]"),
                    flag);
  }

  // The same, of the parts of a report.
  std::string ReportOf(const std::string& parts, const std::string& flag) {
    std::ofstream(Path("json"))
        << R"({"facts": {"date": "2026-01-02", "cores": 2, "cpu": "A CPU",)"
        << R"( "memory_gib": 8, "kernel": "6.1", "kafka": "4.3.0",)"
        << R"( "librdkafka": "2.8.0", "java": "17", "streams_heap": "3g",)"
        << R"( "records": 1000000, "keys": 1000, "restore_keys": 2000,)"
        << R"( "latency_seconds": 30},)" << parts << "}";
    unlink(Path("out").c_str());
    ProcessOptions options;
    options.stdout_path = Path("out");
    auto process =
        Process::Start({"python3", "-B", "tools/benchmark/benchmark.py",
                        absl::StrCat("--report=", Path("json")), flag},
                       options);
    EXPECT_THAT(process, IsOk());
    if (!process.ok()) return "";
    const auto exit = process->Wait(absl::Now() + absl::Minutes(1));
    EXPECT_THAT(exit, IsOk());
    EXPECT_TRUE(exit.ok() && exit->ok());
    return ContentsOf(Path("out"));
  }
};

TEST_F(ReportTest, MediansSpreadAndRatios) {
  const std::string text = Report("", "--markdown");
  EXPECT_THAT(text, HasSubstr("2 cores (A CPU), 8 GiB, Linux 6.1; Kafka and "
                              "Kafka Streams 4.3.0, librdkafka 2.8.0, Java 17 "
                              "with a heap of 3g"));
  EXPECT_THAT(text,
              HasSubstr("| Exactmean, 1 worker | 1,000,000 | 500 k to 2,000 k "
                        "| 0.90 | 0.25 | 150 |  | yes |"));
  EXPECT_THAT(text, HasSubstr("| A <slow> peer | 250,000 | 250 k to 250 k | "
                              "5.00 | 0.25 | 1,200 | 4.00 × | yes |"));
  EXPECT_THAT(text, HasSubstr("| 0.25 × | - |"));
  EXPECT_THAT(text, HasSubstr("medians of 3 rounds"));
  EXPECT_THAT(text, Not(HasSubstr("to restore")));
}

TEST_F(ReportTest, SaysWhatWasNoisy) {
  const std::string text = Report("", "--markdown");
  EXPECT_THAT(
      text, HasSubstr("other processes had up to 36% beside 'A <slow> peer'."));
  EXPECT_THAT(text, Not(HasSubstr("'Exactmean")));
}

TEST_F(ReportTest, OfARestoreLessIsBetter) {
  const std::string text = Report(
      absl::StrCat(RestoreOf("exactmean-1", "Exactmean, 1 worker", 1500, 1.2,
                             300, R"(, "ready_ms": 2500)"),
                   ",", RestoreOf("slow", "A <slow> peer", 3000, 4, 900)),
      "--markdown");
  EXPECT_THAT(text, HasSubstr("| Exactmean, 1 worker | 1.50 | 1.50 to 1.50 | "
                              "2.50 | 1.20 | 0.25 | 300 |  | yes |"));
  EXPECT_THAT(text,
              HasSubstr("| A <slow> peer | 3.00 | 3.00 to 3.00 |  | 4.00 | "
                        "0.25 | 900 | 2.00 × | yes |"));
}

TEST_F(ReportTest, AStartIsToldAsARestoreIs) {
  const std::string text = ReportOf(
      absl::StrCat(
          "\"throughput\": [], \"start\": [",
          RestoreOf("exactmean-1", "Exactmean, 1 worker", 200, 1.2, 30), "]"),
      "--markdown");
  EXPECT_THAT(text, HasSubstr("without a state; one round:"));
  EXPECT_THAT(text, HasSubstr("| Exactmean, 1 worker | 0.20 | 0.20 to 0.20 |"));
  EXPECT_THAT(text, Not(HasSubstr("records/s")));
}

std::string LatencyOf(const std::string& peer, int per_second, int round,
                      int p50_us, int max_us, const std::string& more) {
  return absl::StrCat(R"({"peer": ")", peer, R"(", "title": "The )", peer,
                      R"(", "round": )", round, R"(, "per_second": )",
                      per_second, R"(, "samples": 100, )", R"("p50_us": )",
                      p50_us, R"(, "p99_us": )", 2 * p50_us, R"(, "p999_us": )",
                      3 * p50_us, R"(, "max_us": )", max_us,
                      R"(, "late_us": 1500)", more, "}");
}

TEST_F(ReportTest, LatencyByRate) {
  const std::string works = R"(, "cpu_s": 10, "seconds": 40, "exact": "yes")";
  const std::string text = ReportOf(
      absl::StrCat("\"latency\": [",
                   LatencyOf("one", 1000, 1, 5000, 90'000, works), ",",
                   LatencyOf("one", 1000, 2, 7000, 20'000, works), ",",
                   LatencyOf("one", 1000, 3, 6000, 30'000, works), ",",
                   LatencyOf("none", 1000, 1, 400, 900, R"(, "exact": "-")"),
                   ",", LatencyOf("one", 50'000, 1, 8000, 50'000, works), "]"),
      "--markdown");
  EXPECT_THAT(
      text,
      HasSubstr("1,000 records/s for 30 s; medians of 3 rounds in turn:"));
  // Of the maxima the greatest: a median of them would hide it.
  EXPECT_THAT(text,
              HasSubstr("| The one | 6.0 | 12.0 | 18.0 | 90.0 | 0.25 | yes |"));
  EXPECT_THAT(text, HasSubstr("| The none | 0.4 | 0.8 | 1.2 | 0.9 |  | - |"));
  EXPECT_THAT(text, HasSubstr("50,000 records/s for 30 s; one round:"));
  EXPECT_THAT(text, HasSubstr("sent too late: 1.5 ms"));
}

TEST_F(ReportTest, GrowthByWorkload) {
  const std::string text = ReportOf(
      R"("growth": [{"what": "keys", "value": "7", "records": 500000,)"
      R"( "first_ms": 1000, "done_ms": 1500, "cpu_s": 0.25, "rss_mb": 99,)"
      R"( "broker_cpu_s": 0.25, "other_cpu_s": 0, "output_bytes": 6250000,)"
      R"( "exact": "counts"}])",
      "--markdown");
  EXPECT_THAT(text, HasSubstr("up to 1,000,000 records; one round:"));
  EXPECT_THAT(text,
              HasSubstr("| keys: 7 | 1,000,000 | 0.50 | 99 | 12.5 | counts |"));
  EXPECT_THAT(text, Not(HasSubstr("Noisy")));
}

std::string MemoryOf(int keys, int full_mb, int restored_mb) {
  return absl::StrCat(
      R"({"keys": )", keys, R"(, "records": 2000000, )",
      R"("key_bytes": 13, "window_bytes": 80, "empty_mb": 20, )",
      R"("full_mb": )", full_mb, R"(, "restored_mb": )", restored_mb,
      R"(, "restore_s": )", restored_mb / 100.0, R"(, "exact": "yes"})");
}

TEST_F(ReportTest, MemoryIsWhatMoreKeysNeed) {
  const std::string text =
      ReportOf(absl::StrCat("\"memory\": [", MemoryOf(1 << 20, 100, 50), ",",
                            MemoryOf(2 << 20, 300, 183), "]"),
               "--markdown");
  EXPECT_THAT(
      text,
      HasSubstr("| 1,048,576 | 2,000,000 | 20.0 | 100.0 | 50.0 | 0.50 |  |"));
  EXPECT_THAT(text, HasSubstr("| 2,097,152 | 2,000,000 | 20.0 | 300.0 | 183.0 "
                              "| 1.83 | 200 | 133 | 133 | 1.50 × |"));
}

TEST_F(ReportTest, DrawsABarForEachPeerInEachPanel) {
  Report("", absl::StrCat("--svg=", Path("svg")));
  const std::string svg = ContentsOf(Path("svg"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(svg, HasSubstr("A &lt;slow&gt; peer"));
  EXPECT_THAT(svg, HasSubstr("class=\"spread\""));
  size_t bars = 0;
  for (size_t at = svg.find("<rect x"); at != std::string::npos;
       at = svg.find("<rect x", at + 1)) {
    ++bars;
  }
  EXPECT_EQ(bars, 9u);
  EXPECT_THAT(svg, HasSubstr("class=\"own\""));
  EXPECT_THAT(svg, HasSubstr("class=\"none\""));
}

}  // namespace
}  // namespace exactmean
