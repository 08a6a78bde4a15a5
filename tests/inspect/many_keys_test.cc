// Half a million keys, read by each command that reads them all.

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// list and export hold neither the topic nor, as far as they need not, its keys
// in memory.
TEST(InspectManyKeysTest, AreNotHeldInMemory) {
  constexpr int kKeys = 500000;
  BrokerPipeline pipeline("every-many", 4);
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  std::vector<Record> records;
  for (int i = 0; i < kKeys; ++i) {
    Record& record = records.emplace_back();
    record.partition = Partition(i % 4);
    record.key = absl::StrCat("key-", i);
    record.value = absl::StrCat(i, ".5");
  }
  ASSERT_THAT((*writer)->Write(pipeline.input(), records), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  const auto run = [&](const std::vector<std::string>& words) {
    InspectResult result = Inspect(pipeline, words);
    EXPECT_EQ(result.code, 0) << result.err;
    return result;
  };
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"list", "--output=json"},
           {"list", "--output=json", "--sort=none"},
           {"export", "--format=jsonl"}}) {
    const std::string lines = run(words).out;
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), kKeys);
  }
  EXPECT_THAT(run({"list", "--sort=-all", "--limit=1"}).out,
              HasSubstr("key-499999"));
  EXPECT_THAT(run({"history", "key-77"}).out, HasSubstr("1 version"));
  EXPECT_THAT(run({"status"}).out, HasSubstr("500,000 keys"));
  // Of all processes that have ended; megabytes.
  rusage usage = {};
  ASSERT_EQ(getrusage(RUSAGE_CHILDREN, &usage), 0);
  EXPECT_LT(usage.ru_maxrss >> 10, 250);
  EXPECT_THAT(run({"verify"}).out, HasSubstr("500,000 snapshots compared"));
}

}  // namespace
}  // namespace exactmean
