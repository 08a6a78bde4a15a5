// What passes is tried again for a while, all else returned at once.

#include "processor/retry.h"

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

class VirtualClock : public Clock {
 public:
  absl::Time Now() override { return now_; }
  void Sleep(absl::Duration duration) override { now_ += duration; }

 private:
  absl::Time now_ = absl::UnixEpoch();
};

TEST(RetryTest, RepeatsWhatIsUnavailable) {
  VirtualClock clock;
  int calls = 0;
  EXPECT_THAT(RetryUnavailable(&clock, absl::Seconds(10),
                               [&] {
                                 return ++calls < 4 ? absl::UnavailableError("")
                                                    : absl::OkStatus();
                               }),
              IsOk());
  EXPECT_EQ(calls, 4);
  // 10, 20 and 40 ms.
  EXPECT_EQ(clock.Now() - absl::UnixEpoch(), absl::Milliseconds(70));
}

TEST(RetryTest, EndsAtTheFirstOtherError) {
  VirtualClock clock;
  int calls = 0;
  EXPECT_THAT(RetryUnavailable(&clock, absl::Seconds(10),
                               [&] {
                                 ++calls;
                                 return absl::AbortedError("");
                               }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(calls, 1);
}

TEST(RetryTest, GivesUpBeforeItsPatienceIsOver) {
  VirtualClock clock;
  EXPECT_THAT(RetryUnavailable(&clock, absl::Seconds(10),
                               [] { return absl::UnavailableError("down"); }),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_LE(clock.Now() - absl::UnixEpoch(), absl::Seconds(10));
}

}  // namespace
}  // namespace exactmean
