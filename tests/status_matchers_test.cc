// The status matchers accept and refuse what they say, on statuses and on
// values, with codes and messages as values or as matchers.

#include "tests/status_matchers.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::AnyOf;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointee;

TEST(StatusMatchersTest, OfAStatus) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(absl::AbortedError("x"), Not(IsOk()));
  EXPECT_THAT(absl::AbortedError("x"), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(absl::AbortedError("x"),
              Not(StatusIs(absl::StatusCode::kUnknown)));
  EXPECT_THAT(
      absl::AbortedError("x y"),
      StatusIs(AnyOf(absl::StatusCode::kUnknown, absl::StatusCode::kAborted),
               HasSubstr("y")));
  EXPECT_THAT(absl::AbortedError("x"),
              Not(StatusIs(absl::StatusCode::kAborted, HasSubstr("y"))));
}

TEST(StatusMatchersTest, OfAValue) {
  const absl::StatusOr<int> seven = 7;
  EXPECT_THAT(seven, IsOk());
  EXPECT_THAT(seven, IsOkAndHolds(7));
  EXPECT_THAT(seven, IsOkAndHolds(Gt(6)));
  EXPECT_THAT(seven, Not(IsOkAndHolds(8)));
  EXPECT_THAT(seven, StatusIs(absl::StatusCode::kOk));
  const absl::StatusOr<int> none = absl::NotFoundError("no seven");
  EXPECT_THAT(none, Not(IsOk()));
  EXPECT_THAT(none, Not(IsOkAndHolds(7)));
  EXPECT_THAT(none, StatusIs(absl::StatusCode::kNotFound, "no seven"));
}

TEST(StatusMatchersTest, OfAValueThatOnlyMoves) {
  const absl::StatusOr<std::unique_ptr<int>> seven = std::make_unique<int>(7);
  EXPECT_THAT(seven, IsOkAndHolds(Pointee(7)));
}

}  // namespace
}  // namespace exactmean
