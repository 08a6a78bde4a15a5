// The workload is the one that is described, and the oracle notices each way in
// which a results topic can be wrong.

#include "tests/benchmark/oracle.h"

#include <cmath>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/benchmark/workload.h"

namespace exactmean {
namespace {

constexpr int64_t kRecords = 20'000;

WorkloadOptions SomeKeys() {
  WorkloadOptions options;
  options.keys = 100;
  return options;
}

// What a right peer says, in doubles and in the order of the records.
std::vector<absl::optional<KeyResult>> RightResults(size_t size = 10) {
  std::vector<std::deque<double>> windows(100);
  std::vector<absl::optional<KeyResult>> results(100);
  WorkloadGenerator generator(SomeKeys());
  for (int64_t i = 0; i < kRecords; ++i) {
    const SensorEvent event = generator.Next();
    std::deque<double>& window = windows[event.key];
    window.push_back(static_cast<double>(event.units) /
                     std::pow(10, event.decimals));
    if (window.size() > size) window.pop_front();
    double sum = 0;
    for (double value : window) sum += value;
    const uint64_t before =
        results[event.key] ? results[event.key]->records : 0;
    results[event.key] =
        KeyResult{before + 1, sum / static_cast<double>(window.size())};
  }
  return results;
}

Verdict Judge(const std::vector<absl::optional<KeyResult>>& results) {
  return Oracle(SomeKeys(), kRecords).Judge(results);
}

std::string Lines(const WorkloadOptions& options, int records) {
  WorkloadGenerator generator(options);
  const ValueWriter values(options);
  std::string text;
  for (int i = 0; i < records; ++i) {
    const SensorEvent event = generator.Next();
    text += SensorKey(event.key) + "\t";
    values.Append(event, &text);
    text += "\n";
  }
  return text;
}

TEST(WorkloadTest, IsTheSameSequenceEverywhere) {
  EXPECT_EQ(Lines(WorkloadOptions{}, 3),
            "sensor-074156\t{\"value\": 696.8832, \"ts\": 1700000000000}\n"
            "sensor-027860\t{\"value\": 55.8302, \"ts\": 1700000000001}\n"
            "sensor-003803\t{\"value\": 236.341, \"ts\": 1700000000002}\n");
}

TEST(WorkloadTest, CoversEachKeyAsOftenAsAsked) {
  WorkloadOptions options = SomeKeys();
  options.cover = 2;
  WorkloadGenerator generator(options);
  for (int64_t i = 0; i < 200; ++i) EXPECT_EQ(generator.Next().key, i % 100);
  // And at random from there: never a third time in turn.
  bool in_turn = true;
  for (int64_t i = 0; i < 100; ++i) {
    in_turn = in_turn && generator.Next().key == i;
  }
  EXPECT_FALSE(in_turn);
}

TEST(WorkloadTest, SkewedKeysFollowZipf) {
  WorkloadOptions options = SomeKeys();
  options.zipf = 1;
  WorkloadGenerator generator(options);
  std::vector<double> drawn(100);
  for (int i = 0; i < 100'000; ++i) ++drawn[generator.Next().key];
  EXPECT_NEAR(drawn[0] / drawn[1], 2, 0.1);
  EXPECT_NEAR(drawn[0] / drawn[9], 10, 1);
  EXPECT_GT(drawn[99], 0);
}

TEST(WorkloadTest, FillsValuesBeforeTheMemberThatCounts) {
  WorkloadOptions options;
  options.value_bytes = 100;
  EXPECT_EQ(Lines(options, 1),
            "sensor-074156\t{\"f000\": \"abcdefghijklmnop\", \"f001\": "
            "\"abcdefghijklmnop\", \"f002\": \"abcdefghijklmnop\", \"value\": "
            "696.8832, \"ts\": 1700000000000}\n");
}

TEST(WorkloadTest, KeysAndTheirNumbers) {
  EXPECT_EQ(SensorKey(123), "sensor-000123");
  EXPECT_EQ(SensorNumber("sensor-000123"), 123);
  EXPECT_EQ(SensorKey(12'345'678), "sensor-12345678");
  EXPECT_EQ(SensorNumber("sensor-12345678"), 12'345'678);
  EXPECT_EQ(SensorNumber("sensor-12"), -1);
  EXPECT_EQ(SensorNumber("__exactmean/checkpoint"), -1);
}

TEST(OracleTest, TakesWhatIsRight) {
  const Verdict verdict = Judge(RightResults());
  EXPECT_TRUE(verdict.ok()) << verdict.ToString();
  EXPECT_EQ(verdict.keys, 100);
}

TEST(OracleTest, NoticesAKeyThatIsMissing) {
  auto results = RightResults();
  results[7] = absl::nullopt;
  EXPECT_EQ(Judge(results).missing, 1);
  results.clear();
  EXPECT_EQ(Judge(results).missing, 100);
  EXPECT_FALSE(Judge(results).ok());
}

TEST(OracleTest, NoticesRecordsCountedTwiceOrLost) {
  auto results = RightResults();
  ++results[7]->records;
  --results[8]->records;
  const Verdict verdict = Judge(results);
  EXPECT_EQ(verdict.over, 1);
  EXPECT_EQ(verdict.under, 1);
  EXPECT_FALSE(verdict.ok());
}

TEST(OracleTest, NoticesAnAverageThatIsOffByMoreThanRounding) {
  auto results = RightResults();
  results[7]->average *= 1 + 1e-13;
  results[8]->average = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Judge(results).wrong, 2);
}

TEST(OracleTest, JudgesWindowsOfAnyLength) {
  for (const int64_t window : {1, 150, 1'000'000}) {
    const Oracle oracle(SomeKeys(), kRecords, window);
    const auto right = RightResults(static_cast<size_t>(window));
    EXPECT_TRUE(oracle.Judge(right).ok()) << window;
    EXPECT_EQ(oracle.Judge(RightResults(99)).wrong, 100) << window;
  }
}

TEST(OracleTest, CountsWhereItCannotJudgeAverages) {
  const Oracle oracle(SomeKeys(), kRecords, Oracle::kAnyAverage);
  auto results = RightResults();
  results[7]->average += 1;
  EXPECT_TRUE(oracle.Judge(results).ok());
  --results[7]->records;
  EXPECT_EQ(oracle.Judge(results).under, 1);
}

TEST(OracleTest, NoRecordsAreNoProof) {
  EXPECT_FALSE(Oracle(SomeKeys(), 0).Judge({}).ok());
}

}  // namespace
}  // namespace exactmean
