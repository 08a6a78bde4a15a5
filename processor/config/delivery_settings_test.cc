// The delivery section: modes, styles, and what does not go together.

#include "processor/config/delivery_settings.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;

struct Read {
  Delivery delivery;
  absl::Status status;
};

Read ReadText(const std::string& text) {
  config::Delivery delivery;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &delivery));
  Problems problems;
  Read read;
  read.delivery = ReadDelivery(delivery, &problems);
  read.status = problems.ToStatus("test");
  return read;
}

TEST(DeliverySettingsTest, ExactlyOnceIsTheDefault) {
  const Read read = ReadText("");
  EXPECT_THAT(read.status, IsOk());
  EXPECT_EQ(read.delivery.mode, DeliveryMode::kExactlyOnce);
  EXPECT_TRUE(read.delivery.transactional());
}

TEST(DeliverySettingsTest, ModesAndStylesByName) {
  const Read plain = ReadText("mode: AT_LEAST_ONCE");
  EXPECT_THAT(plain.status, IsOk());
  EXPECT_EQ(plain.delivery.mode, DeliveryMode::kAtLeastOnce);
  EXPECT_EQ(plain.delivery.commits, CommitStyle::kAsyncThenSync);
  for (const CommitStyle style :
       {CommitStyle::kSync, CommitStyle::kAsync, CommitStyle::kAuto,
        CommitStyle::kAsyncThenSync}) {
    const Read read =
        ReadText(absl::StrCat("mode: AT_MOST_ONCE commits: ", ToString(style)));
    EXPECT_THAT(read.status, IsOk());
    EXPECT_EQ(read.delivery.mode, DeliveryMode::kAtMostOnce);
    EXPECT_EQ(read.delivery.commits, style);
  }
}

TEST(DeliverySettingsTest, AStyleIsRefusedWhereItSaysNothing) {
  EXPECT_THAT(ReadText("commits: SYNC").status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("delivery.commits")));
}

TEST(DeliverySettingsTest, NumbersThatAreNoValue) {
  EXPECT_THAT(
      ReadText("mode: 7").status,
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("delivery.mode")));
  EXPECT_THAT(ReadText("mode: AT_LEAST_ONCE commits: 9").status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("delivery.commits")));
}

}  // namespace
}  // namespace exactmean
