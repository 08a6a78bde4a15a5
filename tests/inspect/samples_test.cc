// The outputs that the pages of docs/inspect show are the program's: each is
// run again over the demo's prices, and compared with the file in samples/.
// What differs from run to run, times of now, durations, ports, is masked.
//
// To write the files anew, and the pages after them:
//   export EXACTMEAN_WRITE_SAMPLES=$PWD/tests/inspect/samples
//   bazel run //tests/inspect:samples_test
//   bazel run //tools/inspect:manual -- --output_dir=$PWD/docs/inspect

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/contents.h"
#include "tests/dead_letter/dead_letters.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr Partition kOnly(0);
constexpr size_t kMostLines = 24;  // of one output

// The demo's. Commits when it is stopped alone, so that offsets are the same
// each time.
constexpr char kConfig[] = R"(
  input { json { value: "/adj_close" }
          event_time { field: "/date" format: ISO_8601 } }
  window { name: "sma20" count { size: 20 } }
  window { name: "sma50" count { size: 50 } }
  window { name: "ewma20" ewma { span: 20 } }
  window { name: "all" cumulative { } }
  window { name: "month" time { length: "30d" } }
  group { membership: DYNAMIC }
  commit { interval: "5m" transaction_timeout: "10m" })";

// In the order of their dates.
std::vector<Record> Prices() {
  std::ifstream file("tools/demo/stocks.csv");
  std::string line;
  std::getline(file, line);  // the header
  std::vector<std::pair<std::string, Record>> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    Record record;
    record.key = fields[0];
    record.value = absl::StrCat("{\"date\":\"", fields[1],
                                "\",\"adj_close\":", fields.back(), "}");
    rows.emplace_back(fields[1], std::move(record));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  std::vector<Record> records;
  for (auto& [date, record] : rows) records.push_back(std::move(record));
  return records;
}

std::string Masked(std::string text) {
  static const auto* const kMasks =
      new std::vector<std::pair<std::regex, std::string>>{
          {std::regex("127\\.0\\.0\\.1:\\d+"), "HOST"},
          {std::regex("20(2[6-9]|[3-9]\\d)-\\d\\d-\\d\\dT[0-9:.]+Z"), "TIME"},
          {std::regex("\\d+\\.\\d [kM]?B/s"), "RATE"},
          {std::regex("(\\d+(\\.\\d+)?(us|ms|s|m|h)\\b)+"), "DURATION"}};
  const std::string whole = text;
  for (const auto& [mask, by] : *kMasks) {
    text = std::regex_replace(text, mask, by);
  }
  // What is masked differs in length, and columns with it.
  return text == whole ? text : std::regex_replace(text, std::regex(" +"), " ");
}

std::string Shortened(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.size() <= kMostLines + 1) return text;
  lines.resize(kMostLines);
  return absl::StrJoin(lines, "\n") + "\n...\n";
}

class SamplesTest : public ::testing::Test {
 protected:
  // Charts of history are in UTF-8, wherever the test runs.
  SamplesTest() { setenv("LC_ALL", "C.UTF-8", /*overwrite=*/1); }

  void Compare(const std::string& file, const std::string& text) {
    const char* const write = std::getenv("EXACTMEAN_WRITE_SAMPLES");
    if (write != nullptr) {
      std::ofstream(absl::StrCat(write, "/", file)) << text;
      return;
    }
    const std::string path = "tests/inspect/samples/" + file;
    EXPECT_EQ(Masked(ContentsOf(path)), Masked(text))
        << path << " is not what the program prints: write it anew, as the "
        << "head of this test says";
  }

  // What it prints, below the line that a user would type.
  void Sample(const std::string& line, const InspectResult& result) {
    EXPECT_EQ(result.code, 0) << result.out << result.err;
    const std::string name = line.substr(0, line.find(' '));
    Compare(
        name + ".txt",
        absl::StrCat("$ exactmean-inspect ", line, "\n", Shortened(result.out),
                     result.err.empty() ? "" : "\nOn standard error:\n",
                     result.err));
  }
  void Sample(const std::string& words) {
    Sample(absl::StrCat(words, " --config=stocks.textproto"),
           Inspect(*pipeline_, absl::StrSplit(words, ' ')));
  }

  // Folds them in, and commits them at its end.
  void Fold(const std::vector<Record>& records) {
    const auto writer = Writer::Create(SharedBroker());
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Write(pipeline_->input(), records), IsOk());
    const auto instance = pipeline_->Start("stocks-0");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT((*instance)->AwaitLog("lag 0, 5 keys (5 dirty)"), IsOk());
    ASSERT_THAT((*instance)->Terminate(), IsOk());
    ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk());
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
};

TEST_F(SamplesTest, OfAState) {
  pipeline_ = std::make_unique<BrokerPipeline>("stocks", 1);
  pipeline_->extra_config = kConfig;
  const std::vector<Record> prices = Prices();
  ASSERT_EQ(prices.size(), 12154u);
  const auto middle = prices.begin() + 12000;
  ASSERT_NO_FATAL_FAILURE(Fold({prices.begin(), middle}));
  ASSERT_NO_FATAL_FAILURE(Fold({middle, prices.end()}));
  const auto instance = pipeline_->Start("stocks-0");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("lag 0, 5 keys"), IsOk());

  Sample("status");
  Sample("doctor");
  Sample("list");
  Sample("get FB");
  Sample("explain FB --limit=3");
  Sample("history FB");
  Sample("watch --limit=1");
  Sample("verify");
  Sample("audit");
  Sample("diff --partition=0 --from_offset=12000");
  Sample("export");
  Sample("replay --from=0:12000");
  Sample("rewind --partition=0 --to_offset=12000");

  const std::string picture = ::testing::TempDir() + "/plot.svg";
  const InspectResult plot =
      Inspect(*pipeline_, {"plot", "FB", "--output=" + picture});
  Sample("plot FB --output=plot.svg --config=stocks.textproto", plot);
  Compare("plot.svg", ContentsOf(picture));
}

TEST_F(SamplesTest, OfADeadLetter) {
  BrokerPipeline pipeline("prices", 1);
  ASSERT_THAT(KeepBadRecords(&pipeline), IsOk());
  ASSERT_THAT(pipeline.ProduceOne(kOnly, "FB", "27.78"), IsOk());
  ASSERT_THAT(pipeline.ProduceOne(kOnly, "GOOG", "n/a"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  Sample("dlq list --config=prices.textproto",
         Inspect(pipeline, {"dlq", "list"}));
}

TEST_F(SamplesTest, WithoutKafka) {
  std::vector<std::string> lines;
  for (const Record& price : Prices()) {
    if (price.key != "FB") continue;
    lines.push_back(
        absl::StrCat(R"({"ticker":"FB",)", price.value->substr(1), "\n"));
  }
  ASSERT_EQ(lines.size(), 196u);
  lines.erase(lines.begin(), lines.end() - 3);
  Sample(
      "simulate --config=stocks.textproto --key_field=/ticker < prices.jsonl",
      Inspect({"simulate", "--config=tools/demo/stocks.textproto",
               "--key_field=/ticker"},
              absl::StrJoin(lines, "")));
  Sample("completion bash", Inspect({"completion", "bash"}));
}

}  // namespace
}  // namespace exactmean
