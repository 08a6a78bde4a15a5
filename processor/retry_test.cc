// What passes is tried again for a while, all else returned at once.

#include "processor/retry.h"

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
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

TEST(RetryTest, ReturnsTheLastAnswerToAQuestion) {
  VirtualClock clock;
  int calls = 0;
  const auto answer = [&](int unavailable) {
    return AskWhileUnavailable(&clock, absl::Seconds(10),
                               [&]() -> absl::StatusOr<int> {
                                 if (++calls <= unavailable) {
                                   return absl::UnavailableError("not yet");
                                 }
                                 return calls;
                               });
  };
  EXPECT_THAT(answer(3), IsOkAndHolds(4));
  calls = 0;
  EXPECT_THAT(answer(1000000), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace exactmean
