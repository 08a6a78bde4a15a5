// Half a million keys, read by each command that reads them all, or looks for
// one among them.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr int kKeys = 500000;

// Of a command that holds no keys: what librdkafka has read ahead, mostly. 40
// to 145 were measured.
constexpr int64_t kStreamingMegabytes = 200;

// Beside that, bytes a key of what a command holds.
constexpr int64_t kNone = 0;
// Keys, and a few numbers each. 110 to 190 MB in all were measured.
constexpr int64_t kKeySet = 100;
// All windows, once. 250 to 375 MB, beyond the first 50 MB 400 to 650 a key.
constexpr int64_t kOneState = 600;
// Stored and replayed, of a part of the partitions at a time.
constexpr int64_t kBothStates = 400;

// A command, what it says on standard output, and what it may hold of each key.
struct Reading {
  std::string words;
  std::string says;
  int64_t bytes_a_key;
};

// One record a key, folded in by a processor that still runs.
class ManyKeysTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pipeline_ = new BrokerPipeline("every-many", 4);
    const auto writer = Writer::Create(SharedBroker());
    ASSERT_THAT(writer, IsOk());
    // In parts: what this process holds counts as its children's.
    for (int first = 0; first < kKeys; first += kKeys / 50) {
      std::vector<Record> records;
      for (int i = first; i < first + kKeys / 50; ++i) {
        Record& record = records.emplace_back();
        record.partition = Partition(i % 4);
        record.key = absl::StrCat("key-", i);
        record.value = absl::StrCat(i, ".5");
      }
      ASSERT_THAT((*writer)->Write(pipeline_->input(), records), IsOk());
    }
    auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    instance_ = instance->release();
    ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk());
  }

  static void TearDownTestSuite() {
    delete instance_;
    delete pipeline_;
  }

  // Ends within the minute that Inspect gives, and needs no more memory.
  static InspectResult Run(const Reading& reading) {
    SCOPED_TRACE(reading.words);
    InspectResult result =
        Inspect(*pipeline_, absl::StrSplit(reading.words, ' '));
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_NE(result.out.find(reading.says), std::string::npos)
        << result.out.substr(0, 2000) << result.err;
    EXPECT_LT(result.peak_memory,
              (kStreamingMegabytes << 20) + kKeys * reading.bytes_a_key);
    return result;
  }

  static BrokerPipeline* pipeline_;
  static RunningInstance* instance_;
};

BrokerPipeline* ManyKeysTest::pipeline_ = nullptr;
RunningInstance* ManyKeysTest::instance_ = nullptr;

TEST_F(ManyKeysTest, OneIsFoundAmongThem) {
  Run({"get key-77", "1 record", kNone});
  Run({"explain key-77", "agrees", kNone});
  Run({"history key-77", "1 version", kNone});
  Run({"plot key-77", "</svg>", kNone});
}

TEST_F(ManyKeysTest, AllAreReadInBoundedMemory) {
  Run({"audit", "every offset accounted for", kNone});
  Run({"list --sort=-all --limit=1", "key-499999", kNone});
  Run({"status", "500,000 keys", kKeySet});
  Run({"doctor", " 0 FAIL", kKeySet});
  Run({"watch --limit=1", "500,000 keys", kKeySet});
  Run({"rewind --to_earliest", "125000", kKeySet});
  Run({"rewind --to_time=2100-01-01", "125000", kOneState});
  Run({"verify --sample=0.01", "0.01 of the keys): VERIFIED", kNone});
  Run({"diff --from_time=2000-01-01", "500,000 only right", kOneState});
  Run({"diff --other_config_override=window{name:\"n\",count{size:5}}",
       "500,000 the same", kOneState});
  Run({"verify", "500,000 snapshots compared", kBothStates});
}

TEST_F(ManyKeysTest, AllAreWrittenOut) {
  for (const Reading& reading : std::vector<Reading>{
           {"list --output=json", "\"key-499999\"", kKeySet},
           {"list --output=json --sort=none", "\"key-499999\"", kNone},
           {"export --format=jsonl", "\"key-499999\"", kKeySet},
           {"replay --output=json", "\"key-499999\"", kOneState}}) {
    const std::string lines = Run(reading).out;
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), kKeys);
  }
}

}  // namespace
}  // namespace exactmean
