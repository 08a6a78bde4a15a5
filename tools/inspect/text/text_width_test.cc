// Widths of text, and its shortening.

#include "tools/inspect/text/text_width.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(TextWidthTest, CountsColumnsNotBytes) {
  EXPECT_EQ(TextWidth(""), 0u);
  EXPECT_EQ(TextWidth("IBM"), 3u);
  EXPECT_EQ(TextWidth("Z\xc3\xbcrich"), 6u);
  EXPECT_EQ(TextWidth("\xe6\x9d\xb1\xe4\xba\xac"), 4u);  // Tokyo
  EXPECT_EQ(TextWidth("\xf0\x9f\x98\x80"), 2u);          // a smile
  EXPECT_EQ(TextWidth("e\xcc\x81"), 1u);                 // combining acute
}

TEST(TextWidthTest, Shortens) {
  EXPECT_EQ(Shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(Shortened("abcdefg", 6), "abc...");
  EXPECT_EQ(Shortened("abcdefg", 3), "...");
  EXPECT_EQ(Shortened("Z\xc3\xbcrich", 6), "Z\xc3\xbcrich");
  EXPECT_EQ(Shortened("Z\xc3\xbcrich", 5), "Z\xc3\xbc...");
  // Half a character does not fit.
  EXPECT_EQ(Shortened("\xe6\x9d\xb1\xe4\xba\xac!", 4), "...");
}

}  // namespace
}  // namespace exactmean
