// Keys printed and taken back; prefixes and patterns.

#include "tools/inspect/key_filter.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool Matches(absl::string_view prefix, absl::string_view match,
             absl::string_view key) {
  const auto filter = KeyFilter::Create(prefix, match);
  EXPECT_THAT(filter, IsOk());
  return filter.ok() && filter->Matches(key);
}

TEST(KeyFilterTest, WhatIsPrintedIsTakenBack) {
  for (const std::string& key :
       {std::string("IBM"), std::string("Z\xc3\xbcrich"), std::string("a\\b"),
        std::string("\xff\x61"), std::string("\0\n\"", 3),
        std::string("\\xff")}) {
    const std::string text = PrintableKey(key);
    for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
    EXPECT_THAT(KeysMeantBy(text), Contains(key)) << text;
  }
  EXPECT_EQ(PrintableKey("Z\xc3\xbcrich"), "Z\xc3\xbcrich");
  // What a terminal would obey: a control beyond ASCII, a change of direction.
  EXPECT_EQ(PrintableKey("a\xc2\x9b"
                         "31m"),
            "a\\xc2\\x9b\\x33\\x31m");
  EXPECT_EQ(PrintableKey("\xe2\x80\xaetxt"), "\\xe2\\x80\\xaetxt");
  EXPECT_EQ(PrintableKey("\xe2\x82\xac\xc2\xa0"), "\xe2\x82\xac\xc2\xa0");
}

TEST(KeyFilterTest, AWordIsFirstTheKeyThatItSpells) {
  EXPECT_THAT(KeysMeantBy("IBM"), ElementsAre("IBM"));
  EXPECT_THAT(KeysMeantBy("a\\x41"), ElementsAre("a\\x41", "aA"));
  EXPECT_THAT(KeysMeantBy("a\\q"), ElementsAre("a\\q"));  // no escape
}

TEST(KeyFilterTest, Prefixes) {
  EXPECT_TRUE(Matches("", "", ""));
  EXPECT_TRUE(Matches("IB", "", "IBM"));
  EXPECT_FALSE(Matches("IB", "", "I"));
  EXPECT_FALSE(Matches("IB", "", "AIBM"));
  EXPECT_TRUE(Matches("\\xff", "", "\xff\x01"));
  EXPECT_TRUE(Matches("*", "", "*x"));  // a prefix is no pattern
  EXPECT_FALSE(Matches("*", "", "x"));
}

TEST(KeyFilterTest, Patterns) {
  EXPECT_TRUE(Matches("", "*", ""));
  EXPECT_TRUE(Matches("", "I*M", "IM"));
  EXPECT_TRUE(Matches("", "I*M", "IBMMXM"));
  EXPECT_FALSE(Matches("", "I*M", "IBMX"));
  EXPECT_TRUE(Matches("", "*a*b*c", "xxabyaabbzc"));
  EXPECT_FALSE(Matches("", "*a*b*c", "xxacb"));
  EXPECT_TRUE(Matches("", "a?c", "abc"));
  EXPECT_FALSE(Matches("", "a?c", "ac"));
  EXPECT_TRUE(Matches("", "??", "\xc3\xbc"));  // two bytes
  EXPECT_TRUE(Matches("a", "*z", "az"));
  EXPECT_FALSE(Matches("b", "*z", "az"));
}

TEST(KeyFilterTest, EscapesInPatterns) {
  EXPECT_TRUE(Matches("", "a\\*7", "a*7"));
  EXPECT_FALSE(Matches("", "a\\*7", "ab7"));
  EXPECT_TRUE(Matches("", "\\?", "?"));
  EXPECT_FALSE(Matches("", "\\?", "x"));
  EXPECT_TRUE(Matches("", "\\xff*", "\xff!"));
  EXPECT_TRUE(Matches("", "a\\\\*", "a\\b"));
  EXPECT_FALSE(Matches("", "a\\\\*", "ab"));
}

TEST(KeyFilterTest, AnEscapeThatIsNoneIsRefused) {
  EXPECT_THAT(
      KeyFilter::Create("a\\q", ""),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--prefix=a\\q")));
  EXPECT_THAT(
      KeyFilter::Create("", "a\\"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--match=a\\")));
}

// A pattern of many stars must not take for ever.
TEST(KeyFilterTest, MatchingIsQuick) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(Matches("", pattern + "b", std::string(60000, 'a')));
}

}  // namespace
}  // namespace exactmean
