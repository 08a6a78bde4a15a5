// Tests of JSON tokens: UTF-8 and escapes above all.

#include "processor/decoder/json_scanner.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

// Whether `content`, put in quotes, is a string and nothing else.
bool IsString(absl::string_view content) {
  const std::string text = absl::StrCat("\"", content, "\"");
  JsonScanner scanner(text);
  JsonString string;
  return scanner.Peek() == '"' && scanner.TakeString(&string) &&
         scanner.AtEnd() && string.raw == content;
}

TEST(JsonScannerTest, Utf8) {
  for (const absl::string_view content :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
        "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
        "a\xc3\xa9z\xe2\x82\xac"}) {
    EXPECT_TRUE(IsString(content)) << content;
  }
  for (const absl::string_view content :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0",
        "\xe0\x9f\xbf", "\xe0\xa0", "\xe1\x80\x7f", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"}) {
    EXPECT_FALSE(IsString(content)) << content;
  }
}

// What would complete them stands behind the end: it is not read.
TEST(JsonScannerTest, StringsThatAreNotClosed) {
  const std::string whole =
      "\"a\\n\\u00e9\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z\"";
  for (size_t size = 1; size < whole.size(); ++size) {
    JsonScanner scanner(absl::string_view(whole).substr(0, size));
    JsonString string;
    ASSERT_EQ(scanner.Peek(), '"');
    EXPECT_FALSE(scanner.TakeString(&string)) << size;
    EXPECT_LE(scanner.position(), size);
  }
  EXPECT_TRUE(IsString(absl::string_view(whole).substr(1, whole.size() - 2)));
}

TEST(JsonScannerTest, ControlCharactersAndEscapes) {
  for (char c = 1; c < 0x20; ++c) EXPECT_FALSE(IsString(std::string(1, c)));
  EXPECT_FALSE(IsString(absl::string_view("\0", 1)));
  EXPECT_TRUE(IsString(R"(\"\\\/\b\f\n\r\t\u00e9\uD83D\uFfFf)"));
  for (const absl::string_view content :
       {R"(\a)", R"(\')", R"(\0)", R"(\x41)", R"(\u)", R"(\u12)", R"(\u12g4)",
        R"(\U0041)", "\\\n"}) {
    EXPECT_FALSE(IsString(content)) << content;
  }
}

TEST(UnescapeJsonTest, Unescapes) {
  const struct {
    absl::string_view raw;
    std::string text;
  } kCases[] = {
      {"", ""},
      {"plain \xc3\xa9", "plain \xc3\xa9"},
      {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
      {R"(\u0041\u007f)", "A\x7f"},
      {R"(\u0080\u07FF)", "\xc2\x80\xdf\xbf"},
      {R"(\u0800\uffff)", "\xe0\xa0\x80\xef\xbf\xbf"},
      {R"(\uD7FF\uE000)", "\xed\x9f\xbf\xee\x80\x80"},
      {R"(\ud800\udc00)", "\xf0\x90\x80\x80"},
      {R"(\uDBFF\uDFFF)", "\xf4\x8f\xbf\xbf"},
      {R"(x\u0000y)", std::string("x\0y", 3)},
  };
  for (const auto& c : kCases) {
    std::string text = "left from before";
    EXPECT_TRUE(UnescapeJson(c.raw, &text)) << c.raw;
    EXPECT_EQ(text, c.text) << c.raw;
  }
}

TEST(UnescapeJsonTest, RefusesHalvesOfPairs) {
  for (const absl::string_view raw :
       {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\n)",
        R"(\ud800\ud800)", R"(\ud800\u0041)", R"(\udc00\ud800)",
        R"(\udc00\udc00)", R"(a\udbff)"}) {
    std::string text;
    EXPECT_FALSE(UnescapeJson(raw, &text)) << raw;
  }
}

TEST(JsonScannerTest, TokensAndPositions) {
  JsonScanner scanner(" {\t\"a\" :\r\n-1.5e3,true}  ");
  JsonString name;
  absl::string_view number;
  EXPECT_FALSE(scanner.Take('['));
  EXPECT_TRUE(scanner.Take('{'));
  EXPECT_EQ(scanner.position(), 2u);
  EXPECT_EQ(scanner.Peek(), '"');
  EXPECT_TRUE(scanner.TakeString(&name));
  EXPECT_EQ(name.raw, "a");
  EXPECT_FALSE(name.escaped);
  EXPECT_TRUE(scanner.Take(':'));
  EXPECT_EQ(scanner.Peek(), '-');
  EXPECT_TRUE(scanner.TakeNumber(&number));
  EXPECT_EQ(number, "-1.5e3");
  EXPECT_TRUE(scanner.Take(','));
  EXPECT_EQ(scanner.Peek(), 't');
  EXPECT_FALSE(scanner.TakeNumber(&number));
  EXPECT_FALSE(scanner.TakeWord("trues"));
  EXPECT_TRUE(scanner.TakeWord("true"));
  EXPECT_FALSE(scanner.AtEnd());
  EXPECT_TRUE(scanner.Take('}'));
  EXPECT_TRUE(scanner.AtEnd());
  EXPECT_EQ(scanner.Peek(), '\0');
}

}  // namespace
}  // namespace exactmean
