// A commit is due by time or by records, whichever comes first.

#include "processor/commit_policy.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(CommitPolicyTest, IsDueByWhicheverComesFirst) {
  const CommitPolicy policy{absl::Milliseconds(100), 1000};
  EXPECT_FALSE(policy.IsDue(999, absl::Milliseconds(99)));
  EXPECT_TRUE(policy.IsDue(1000, absl::ZeroDuration()));
  EXPECT_TRUE(policy.IsDue(1, absl::Milliseconds(100)));
  EXPECT_EQ(policy.TimeLeft(absl::Milliseconds(30)), absl::Milliseconds(70));
  EXPECT_EQ(policy.TimeLeft(absl::Seconds(1)), absl::ZeroDuration());
}

TEST(CommitPolicyTest, AnIntervalOfZeroIsAlwaysDue) {
  const CommitPolicy policy{absl::ZeroDuration(), 1000};
  EXPECT_TRUE(policy.IsDue(0, absl::ZeroDuration()));
}

}  // namespace
}  // namespace exactmean
