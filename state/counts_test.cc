// Digits in threes, and the plural.

#include "state/counts.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(CountsTest, Commas) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(1234567), "1,234,567");
}

TEST(CountsTest, APlural) {
  EXPECT_EQ(Plural(0, "member"), "0 members");
  EXPECT_EQ(Plural(1, "member"), "1 member");
  EXPECT_EQ(Plural(1234, "member"), "1,234 members");
  EXPECT_EQ(Plural(0, "member", "waits", "wait"), "0 members wait");
  EXPECT_EQ(Plural(1, "member", "waits", "wait"), "1 member waits");
  EXPECT_EQ(Plural(2, "member", "waits", "wait"), "2 members wait");
}

}  // namespace
}  // namespace exactmean
