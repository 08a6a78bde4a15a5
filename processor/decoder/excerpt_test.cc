// Tests of excerpts of records.

#include "processor/decoder/excerpt.h"

#include <string>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(ExcerptTest, ShowsAShortTextWhole) {
  EXPECT_EQ(Excerpt("12,5"), "\"12,5\"");
  EXPECT_EQ(Excerpt(""), "\"\"");
}

TEST(ExcerptTest, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(Excerpt("a\"\n\xff\x1b[31m"), "\"a\\\"\\n\\xff\\x1b[31m\"");
}

TEST(ExcerptTest, CutsALongText) {
  const std::string shown = Excerpt(std::string(5000, 'x'));
  EXPECT_EQ(shown, "\"" + std::string(94, 'x') + "\"...");
}

TEST(ExcerptTest, IsShortAndPrintableForAnyBytes) {
  for (int offset = 0; offset < 8; ++offset) {
    std::string text(offset, 'x');
    for (int i = 0; i < 500; ++i) text.push_back(static_cast<char>(i * 7));
    for (const std::string& shown :
         {Excerpt(text), Excerpt(text.substr(0, 90))}) {
      EXPECT_LE(shown.size(), 100u);
      for (const char c : shown) EXPECT_TRUE(absl::ascii_isprint(c));
    }
  }
}

TEST(ExcerptTest, CutsNoEscapeInTwo) {
  for (int before = 80; before < 94; ++before) {
    const std::string text =
        std::string(before, 'x') + std::string("\x01\x02\x03\x04", 4);
    const std::string shown = Excerpt(text);
    const std::string inside = shown.substr(1, shown.rfind('"') - 1);
    const size_t escapes = inside.size() - before;
    EXPECT_EQ(escapes % 4, 0u) << shown;
  }
}

}  // namespace
}  // namespace exactmean
