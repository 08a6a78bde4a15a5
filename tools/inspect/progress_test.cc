// What the line of progress says, and when.

#include "tools/inspect/progress.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class TestClock : public Clock {
 public:
  absl::Time Now() override { return now_; }
  void Sleep(absl::Duration duration) override { now_ += duration; }

 private:
  absl::Time now_ = absl::FromUnixSeconds(1700000000);
};

TEST(ProgressTest, SaysHowFarHowFastAndHowLong) {
  TestClock clock;
  std::ostringstream err;
  {
    Progress progress("verify", 4000000, &err, &clock, /*interactive=*/true);
    progress.Update(1000000);
    EXPECT_EQ(err.str(), "") << "short work needs none";
    clock.Sleep(absl::Seconds(2));
    progress.Update(1000000);
    EXPECT_THAT(err.str(), HasSubstr("verify: 1,000,000 of 4,000,000 records, "
                                     "25 %, 500,000/s, 6s left"));
    const size_t shown = err.str().size();
    progress.Update(1000001);
    EXPECT_EQ(err.str().size(), shown) << "not at every record";
  }
  EXPECT_THAT(err.str(), EndsWith("\r\x1b[K")) << "taken away";
}

TEST(ProgressTest, NothingForAFile) {
  TestClock clock;
  std::ostringstream err;
  Progress progress("list", 0, &err, &clock, /*interactive=*/false);
  clock.Sleep(absl::Seconds(5));
  progress.Update(10);
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace exactmean
