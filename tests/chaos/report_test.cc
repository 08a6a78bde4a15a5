// Each promise that is broken makes the verdict bad and stands in the report.

#include "tests/chaos/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

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
  report_.fleet.spans.emplace_back();
  Judge(&report_);
  EXPECT_TRUE(report_.ok());
  EXPECT_THAT(report_.ToString(), HasSubstr("all promises kept"));
  EXPECT_THAT(report_.ToString(), HasSubstr("longest 12.0 s (bound 13.0 s)"));
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
  ResourceSpan span;
  span.who = "i2";
  span.last_time = span.first_time + absl::Minutes(3);
  span.first = {20000, 27, 58};
  span.last = {20000, 127, 58};
  report_.fleet.spans = {span};
  ExpectFailure("i2 has grown in 180.0 s");
}

}  // namespace
}  // namespace exactmean
