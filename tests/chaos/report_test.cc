// Each promise that is broken makes the verdict bad and stands in the report.

#include "tests/chaos/report.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/veteran/growth.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// Six minutes that leave no trace.
std::vector<ResourceSample> Life() {
  std::vector<ResourceSample> samples;
  for (int i = 0; i <= 360; ++i) {
    samples.push_back(
        {absl::UnixEpoch() + absl::Seconds(i), i * 5, {8000, 27, 58}});
  }
  return samples;
}

class ReportTest : public testing::Test {
 protected:
  ReportTest() {
    report_.check.records = 10;
    report_.takeover_bound = absl::Seconds(13);
  }

  void ExpectFailure(const char* text) {
    Judge(&report_);
    EXPECT_FALSE(report_.ok());
    EXPECT_THAT(report_.ToString(), HasSubstr(text));
  }

  ChaosReport report_;
};

TEST_F(ReportTest, AllIsWell) {
  report_.takeovers = {{absl::Seconds(12), true}, {absl::Seconds(40), false}};
  report_.veteran.samples = Life();
  Judge(&report_);
  EXPECT_TRUE(report_.ok());
  EXPECT_THAT(report_.ToString(), HasSubstr("all promises kept"));
  EXPECT_THAT(report_.ToString(), HasSubstr("longest 12.0 s (bound 13.0 s)"));
  EXPECT_THAT(report_.ToString(), HasSubstr("0 bytes a transaction"));
}

TEST_F(ReportTest, WrongResults) {
  report_.check.lost = 1;
  report_.check.duplicated = 2;
  report_.check.torn = 3;
  ExpectFailure("FAILED: 1 lost, 2 duplicated, 3 torn");
}

TEST_F(ReportTest, NothingDone) {
  report_.check.records = 0;
  ExpectFailure("nothing was folded in");
}

TEST_F(ReportTest, AnEndThatIsNotDocumented) {
  report_.fleet.complaints = {"i1 ended with signal 11"};
  ExpectFailure("FAILED: i1 ended with signal 11");
}

TEST_F(ReportTest, ASlowTakeover) {
  report_.takeovers = {{absl::Seconds(14), true}};
  ExpectFailure("a takeover took 14.0 s, more than 13.0 s");
}

TEST_F(ReportTest, AThreadLeak) {
  report_.veteran.samples = Life();
  for (ResourceSample& sample : report_.veteran.samples) {
    sample.held.threads += sample.transactions / 100;
  }
  ExpectFailure("the instance left alive has grown in 200.0 s");
}

TEST_F(ReportTest, NothingCommittedByTheVeteran) {
  report_.veteran.samples = Life();
  for (ResourceSample& sample : report_.veteran.samples) {
    sample.transactions = 0;
  }
  ExpectFailure("the instance left alive has committed nothing");
}

TEST_F(ReportTest, AnEndOfTheVeteran) {
  report_.veteran.complaint = "exit code 5";
  ExpectFailure("FAILED: the instance left alive: exit code 5");
}

}  // namespace
}  // namespace exactmean
