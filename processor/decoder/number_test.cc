// Tests of decimal text to double, with strtod as the independent judge of the
// rounding.

#include "processor/decoder/number.h"

#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;

uint64_t BitsOf(double x) {
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

// Equal to the bit: tells 0 from -0.
MATCHER_P(SameBits, expected, "") { return BitsOf(arg) == BitsOf(expected); }

TEST(ParseNumberTest, Accepts) {
  const struct {
    absl::string_view text;
    double number;
  } kCases[] = {
      {"0", 0.0},
      {"-0", -0.0},
      {"512.25", 512.25},
      {"-512.25", -512.25},
      {"+7", 7},
      {".5", 0.5},
      {"-.5", -0.5},
      {"+.5", 0.5},
      {"5.", 5},
      {"007", 7},
      {"6e23", 6e23},
      {"6E+23", 6e23},
      {"25e-2", 0.25},
      {" 1 ", 1},
      {"\t1\r\n", 1},
      {"9007199254740993", 9007199254740992.0},  // a tie: to even
      {"9007199254740993.00000000000000000000001", 9007199254740994.0},
      {"18446744073709551616", 18446744073709551616.0},
      {"123456789012345678901234567890", 123456789012345678901234567890.0},
      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
      {"1.7976931348623158e308", std::numeric_limits<double>::max()},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"4.9e-324", std::numeric_limits<double>::denorm_min()},
      {"2.5e-324", std::numeric_limits<double>::denorm_min()},
      {"2.4e-324", 0.0},
      {"1e-400", 0.0},
      {"-1e-400", -0.0},
      {"0e99999999999999999999", 0.0},
      {"1e-99999999999999999999", 0.0},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ParseNumber(c.text), IsOkAndHolds(SameBits(c.number)))
        << c.text;
  }
}

TEST(ParseNumberTest, RefusesWhatIsNoDecimalNumber) {
  for (const absl::string_view text :
       {"",     " ",         "+",        "-",        ".",     "-.",    "e5",
        "1e",   "1e+",       "1..2",     "1.2.3",    "1,5",   "1 2",   "--1",
        "+-1",  "-+1",       "++1",      "nan",      "NaN",   "-nan",  "inf",
        "-Inf", "+inf",      "0x10",     "-0x1p3",   "1f",    "12a",   "a12",
        "1_0",  "$5",        "null",     "true",     "\"1\"", "1e5.5", "1e 5",
        "- 1",  "1\xc2\xa0", "infinity", "\xd9\xa1", "1d5",   "１"}) {
    EXPECT_THAT(ParseNumber(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("is not a decimal number")))
        << text;
  }
  EXPECT_THAT(ParseNumber(absl::string_view("1\0", 2)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseNumberTest, RefusesWhatIsTooLarge) {
  for (const absl::string_view text :
       {"1e309", "-1e309", "1.7976931348623159e308",
        "1e99999999999999999999"}) {
    EXPECT_THAT(ParseNumber(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("is too large for a double")))
        << text;
  }
}

TEST(ParseNumberTest, LongTexts) {
  EXPECT_THAT(ParseNumber(std::string(100000, '0') + "1"), IsOkAndHolds(1.0));
  EXPECT_THAT(ParseNumber("0." + std::string(100000, '3')),
              IsOkAndHolds(1.0 / 3));
  EXPECT_THAT(ParseNumber(std::string(100000, '9')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const absl::Status status = ParseNumber(std::string(100000, 'x')).status();
  EXPECT_LT(status.message().size(), 150u);
}

TEST(ParseNumberTest, DoesNotHeedTheLocale) {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
    std::setlocale(LC_NUMERIC, locale);  // not all are installed everywhere
    EXPECT_THAT(ParseNumber("1.5"), IsOkAndHolds(1.5));
    EXPECT_FALSE(ParseNumber("1,5").ok());
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST(ParseNumberTest, PrintedDoublesComeBackBitEqual) {
  std::mt19937_64 random(20240229);
  char text[64];
  for (int i = 0; i < 200000; ++i) {
    double x;
    const uint64_t bits = random();
    std::memcpy(&x, &bits, sizeof(x));
    if (!std::isfinite(x)) continue;
    std::snprintf(text, sizeof(text), "%.17g", x);
    ASSERT_THAT(ParseNumber(text), IsOkAndHolds(SameBits(x))) << text;
  }
}

TEST(ParseNumberTest, RoundsAsStrtodDoes) {
  std::mt19937_64 random(42);
  std::string text;
  for (int i = 0; i < 200000; ++i) {
    text.clear();
    const int digits = 1 + random() % 40;
    const int point = random() % (digits + 1);
    for (int d = 0; d < digits; ++d) {
      if (d == point) text.push_back('.');
      text.push_back(static_cast<char>('0' + random() % 10));
    }
    if (random() % 2 == 0) {
      text += "e" + std::to_string(static_cast<int>(random() % 700) - 350);
    }
    const double expected = std::strtod(text.c_str(), nullptr);
    if (std::isinf(expected)) {
      ASSERT_FALSE(ParseNumber(text).ok()) << text;
    } else {
      ASSERT_THAT(ParseNumber(text), IsOkAndHolds(SameBits(expected))) << text;
    }
  }
}

TEST(JsonNumberLengthTest, FollowsTheGrammar) {
  for (const absl::string_view text :
       {"0", "-0", "12", "-12.5", "0.5", "1e5", "1E+5", "1.5e-05", "10"}) {
    EXPECT_EQ(JsonNumberLength(text), text.size()) << text;
  }
  for (const absl::string_view text :
       {"", "-", "+1", ".5", "5.", "1.e5", "1e", "1e+", " 1", "Infinity", "NaN",
        "--1", "-.5", "a"}) {
    EXPECT_EQ(JsonNumberLength(text), 0u) << text;
  }
  const struct {
    absl::string_view text;
    size_t length;
  } kCases[] = {{"1,2", 1}, {"1.5}", 3},  {"01", 1},    {"-01", 2},
                {"1 ", 1},  {"0x1", 1},   {"1a", 1},    {"00", 1},
                {"1-2", 1}, {"1e5e5", 3}, {"1.5.2", 3}, {"1e5.5", 3}};
  for (const auto& c : kCases) {
    EXPECT_EQ(JsonNumberLength(c.text), c.length) << c.text;
  }
}

}  // namespace
}  // namespace exactmean
