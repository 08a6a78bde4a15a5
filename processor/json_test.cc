#include "processor/json.h"

#include <cstdlib>
#include <limits>

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

}  // namespace
}  // namespace exactmean
