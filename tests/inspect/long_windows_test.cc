// Windows of hundreds of values on a real broker: killed again and again, what
// lies in segments is the state, and every command reads it.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Partition kFirst(0);

// Live ones of the key "long".
int SegmentsOf(BrokerPipeline* pipeline) {
  const auto records = pipeline->client().ReadTopic(pipeline->results());
  EXPECT_THAT(records, IsOk());
  std::set<std::string> live;
  for (const Record& record : *records) {
    const auto segment = ParseSegmentKey(record.key.value_or(""));
    if (!segment.has_value() || segment->key != "long") continue;
    if (record.value.has_value()) {
      live.insert(*record.key);
    } else {
      live.erase(*record.key);
    }
  }
  return static_cast<int>(live.size());
}

TEST(InspectLongWindowsTest, ThroughKillsAndToTheEnd) {
  BrokerPipeline pipeline("long-windows", 2);
  pipeline.extra_config = R"(
    window { name: "last200" count { size: 200 } }
    window { name: "hour" time { length: "1h" } })";
  for (int i = 0; i < 500; ++i) {
    ASSERT_THAT(pipeline.ProduceOne(kFirst, "long", absl::StrCat(i)), IsOk());
  }
  {
    const auto instance = pipeline.ProduceThroughKills("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  }
  EXPECT_GT(SegmentsOf(&pipeline), 10);  // of 500 values within the hour

  const InspectResult verify = Inspect(pipeline, {"verify"});
  EXPECT_EQ(verify.code, 0) << verify.out << verify.err;
  EXPECT_THAT(verify.out, HasSubstr("VERIFIED"));
  const InspectResult status = Inspect(pipeline, {"status", "--output=json"});
  EXPECT_EQ(status.code, 0) << status.err;
  EXPECT_THAT(status.out, HasSubstr("\"digest_verified\":true"));
  const InspectResult get = Inspect(pipeline, {"get", "long"});
  EXPECT_EQ(get.code, 0) << get.err;
  EXPECT_THAT(get.out, AllOf(HasSubstr("last200"), HasSubstr("299")));
  const std::vector<std::vector<std::string>> commands = {{"list"},
                                                          {"export"},
                                                          {"audit"},
                                                          {"explain", "long"},
                                                          {"history", "long"}};
  for (const std::vector<std::string>& words : commands) {
    const InspectResult result = Inspect(pipeline, words);
    EXPECT_EQ(result.code, 0) << words[0] << ": " << result.err;
    EXPECT_THAT(result.out, Not(HasSubstr("__exactmean/segment")));
  }

  // Back to before most of it, once the group has forgotten the static member.
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  InspectResult rewind;
  do {
    rewind = Inspect(pipeline, {"rewind", "--to_offset=100", "--partition=0",
                                "--execute", "--yes"});
  } while (absl::StrContains(rewind.err, "has 1 member") &&
           absl::Now() < deadline);
  EXPECT_EQ(rewind.code, 0) << rewind.out << rewind.err;
  EXPECT_LE(SegmentsOf(&pipeline), 4);
  const auto instance = pipeline.Start("b");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  const InspectResult again = Inspect(pipeline, {"verify"});
  EXPECT_EQ(again.code, 0) << again.out << again.err;
}

}  // namespace
}  // namespace exactmean
