// A list whose reading compaction overtakes.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/clock.h"
#include "state/result_codec.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/list/list.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;

constexpr Partition kOnly(0);

class ListCompactedTest : public ::testing::TestWithParam<size_t> {
 protected:
  ListCompactedTest() { cluster_.CreateTopic("out", 1); }

  void Put(const std::string& key, uint64_t records) {
    results::Snapshot snapshot;
    snapshot.set_format(kSnapshotFormat);
    snapshot.set_records(records);
    cluster_.Produce("out", kOnly, key, EncodeResult(snapshot));
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  FakeResultsLog log_{&cluster_, &plan_, {"out"}};
  MonotonicClock clock_;
};

INSTANTIATE_TEST_SUITE_P(Limits, ListCompactedTest, ::testing::Values(0u, 10u));

TEST_P(ListCompactedTest, WhatIsTakenAwayIsFoundBehindTheEnd) {
  Put("a", 1);
  Put("b", 1);
  bool overtaken = false;
  plan_.set_chooser([&](SeamCall call, int64_t) {
    if (call != SeamCall::kRead || overtaken) return Fault();
    overtaken = true;
    Put("a", 2);
    cluster_.partition("out", kOnly).Compact({});
    return Fault();
  });
  ScanOptions options;
  options.clock = &clock_;
  ListSpec spec;
  spec.columns = UsualColumns({});
  spec.limit = GetParam();
  const auto stretches = CommittedPartitions(&log_, {kOnly}, options);
  ASSERT_THAT(stretches, IsOk());
  std::vector<std::string> keys;
  EXPECT_THAT(List(&log_, *stretches, spec, options,
                   [&](const ListRow& row) {
                     keys.push_back(absl::StrCat(row.key, ":", row.cells[0]));
                   }),
              IsOk());
  EXPECT_TRUE(overtaken);
  EXPECT_THAT(keys, ElementsAre("a:2", "b:1"));
}

}  // namespace
}  // namespace exactmean
