// Who does not beat for too long is told of, once.

#include "processor/watchdog.h"

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(WatchdogTest, BarksOnceAHeartIsSilent) {
  Heartbeat heart;
  absl::Notification barked;
  const auto bark = [&](absl::Duration silence) {
    EXPECT_GE(silence, absl::Milliseconds(50));
    barked.Notify();
  };
  Watchdog watchdog({&heart}, absl::Milliseconds(50), bark);
  EXPECT_TRUE(barked.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

TEST(WatchdogTest, LeavesThePresentAndTheEndedAlone) {
  Heartbeat ended, beating;
  ended.End();
  bool barked = false;
  const auto bark = [&](absl::Duration) { barked = true; };
  {
    Watchdog watchdog({&ended}, absl::Milliseconds(50), bark);
    absl::SleepFor(absl::Milliseconds(200));
  }
  EXPECT_FALSE(barked) << "of one that has ended";
  {
    Watchdog watchdog({&beating}, absl::Seconds(2), bark);
    const absl::Time until = absl::Now() + absl::Seconds(3);
    while (absl::Now() < until) beating.Beat();
  }
  EXPECT_FALSE(barked);
  EXPECT_EQ(ended.Silence(), absl::ZeroDuration());
}

}  // namespace
}  // namespace exactmean
