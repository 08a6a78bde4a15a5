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

TEST(TextWidthTest, Wraps) {
  EXPECT_EQ(Wrapped("", 5, 2), "");
  EXPECT_EQ(Wrapped("  ab cd\n  ef gh", 5, 3), "  ab\n   cd\n  ef\n   gh");
  EXPECT_EQ(Wrapped("ab cd ef", 5, 2), "ab cd\n  ef");
  EXPECT_EQ(Wrapped("ab cd ef gh", 5, 3), "ab cd\n   ef\n   gh");
  EXPECT_EQ(Wrapped("a longest b", 5, 2), "a\n  longest\n  b");
  EXPECT_EQ(Wrapped("ab cd ef", 0, 2), "ab cd ef");
  EXPECT_EQ(Wrapped("ab\ncd\n", 5, 2), "ab\ncd\n");
  EXPECT_EQ(Wrapped("Z\xc3\xbc b", 4, 2), "Z\xc3\xbc b");
}

}  // namespace
}  // namespace exactmean
