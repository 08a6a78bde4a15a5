// The end of a burst is told once.

#include "processor/burst.h"

#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

// Of each spell of three seconds with so many records: was a burst over?
std::vector<bool> Ends(const std::vector<uint64_t>& handled) {
  absl::Time now = absl::UnixEpoch();
  Burst burst(now);
  uint64_t records = 0;
  std::vector<bool> ends;
  for (const uint64_t more : handled) {
    records += more;
    EXPECT_FALSE(burst.IsOver(records, now + absl::Seconds(1)));
    now += absl::Seconds(3);
    ends.push_back(burst.IsOver(records, now));
  }
  return ends;
}

TEST(BurstTest, IsOverOnce) {
  EXPECT_THAT(Ends({5000, 9000, 900, 899, 899, 0, 0, 0}),
              testing::ElementsAre(false, false, false, true, false, true,
                                   false, false));
}

TEST(BurstTest, NoWorkIsNone) {
  EXPECT_THAT(Ends({0, 0, 5, 5}), testing::Each(false));
}

}  // namespace
}  // namespace exactmean
