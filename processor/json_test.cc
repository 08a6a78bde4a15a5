// Numbers and texts as JSON has them, and what comes back of them.

#include "processor/json.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(JsonTest, KeysOfAnyBytesAreValidJson) {
  EXPECT_EQ(JsonString("caf\xC3\xA9"), "\"caf\xC3\xA9\"");
  EXPECT_EQ(JsonString("\xFF\x01"), "\"\xEF\xBF\xBD\\u0001\"");
}

TEST(JsonTest, NumbersReadBackAsTheSame) {
  for (double x :
       {0.1, 1.0 / 3, -2.5e-300, std::numeric_limits<double>::max(), 5e-324}) {
    EXPECT_EQ(std::strtod(JsonNumber(x).c_str(), nullptr), x);
  }
}

// There is none that is shorter, and reads back as the same.
void IsShortest(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  ASSERT_EQ(JsonNumber(value), std::string(text, end.ptr));
}

TEST(JsonTest, NumbersOfAnyDecimalsAreTheShortest) {
  for (const double edge :
       {0.0, -0.0, 0.001, 0.0009999, 99999.0, 100000.0, -123400.0, 100000.5,
        1e9, 999999999.999999, 1e-6, 0.3, 0.1 + 0.2}) {
    IsShortest(edge);
  }
  std::mt19937_64 random(1);
  for (double scale = 1; scale <= 1e8; scale *= 10) {
    for (int i = -20000; i < 20000; ++i) IsShortest(i / scale);
    for (int i = 0; i < 20000; ++i) {
      const double value =
          static_cast<double>(random() >> random() % 64) / scale;
      IsShortest(value);
      IsShortest(-value);
      IsShortest(std::nextafter(value, 0));
    }
  }
}

}  // namespace
}  // namespace exactmean
