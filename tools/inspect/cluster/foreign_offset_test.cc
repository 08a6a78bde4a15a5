// A group's offset that another program has left, where there is no state yet.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/log.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/cluster/status.h"
#include "tools/inspect/cluster/status_reader.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Partition kOnly{0};

class ForeignOffsetTest : public ::testing::Test {
 protected:
  ForeignOffsetTest() {
    cluster_.CreateTopic("in", 1);
    cluster_.CreateTopic("out", 1);
    for (int i = 0; i < 9; ++i) cluster_.Produce("in", kOnly, "k", "1");
  }

  // Of a group whose offset is 5, with a note.
  Agreement Read(absl::string_view note) {
    cluster_.group("app", "in").SetCommitted(kOnly, Offset(5), note);
    FakeInputLog::Options options;
    options.topic = "in";
    options.group = options.client = "app";
    FakeInputLog group(&cluster_, &plan_, options);
    FakeResultsLog results(&cluster_, &plan_, {"out"});
    FakeResultsLog input(&cluster_, &plan_, {"in"});
    ScanOptions scan;
    scan.clock = &clock_;
    status_.partitions.clear();
    StatusReader reader(&results, scan, &status_);
    EXPECT_THAT(reader.ReadState({kOnly}), IsOk());
    EXPECT_THAT(reader.ReadGroupOffsets(&group), IsOk());
    EXPECT_THAT(reader.ReadInput(&input, &input), IsOk());
    return status_.partitions[0].agreement;
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  ClusterClock clock_{&cluster_, absl::Milliseconds(10)};
  ApplicationStatus status_;
};

TEST_F(ForeignOffsetTest, OursWithoutAStateIsFatal) {
  EXPECT_EQ(Read(kOffsetNote), Agreement::kDiffer);
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_THAT(TroublesOf(status_)[0].text, HasSubstr("there is no state"));
}

TEST_F(ForeignOffsetTest, AStartGoesOnFromAnothersWhenItIsToldTo) {
  EXPECT_EQ(Read(""), Agreement::kForeign);
  EXPECT_THAT(TroublesOf(status_), IsEmpty());
  status_.start_is_committed = false;
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_TRUE(TroublesOf(status_)[0].fatal);
  EXPECT_THAT(TroublesOf(status_)[0].text,
              HasSubstr("another program has committed offset 5"));
  EXPECT_THAT(TroublesOf(status_)[0].mend, HasSubstr("\"committed\""));
}

TEST_F(ForeignOffsetTest, WhereTheInputHoldsItAlone) {
  cluster_.partition("in", kOnly).DeleteBefore(Offset(6));
  EXPECT_EQ(Read(""), Agreement::kForeign);
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_TRUE(TroublesOf(status_)[0].fatal);
  EXPECT_THAT(TroublesOf(status_)[0].text, HasSubstr("holds offsets 6 to 9"));
}

}  // namespace
}  // namespace exactmean
