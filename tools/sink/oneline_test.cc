// A line is one line, and commands nothing.

#include "tools/sink/oneline.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(OnelineTest, OneLineThatCommandsNothing) {
  EXPECT_EQ(Oneline(""), "");
  EXPECT_EQ(Oneline("ERROR:  no\nDETAIL:  why\n"), "ERROR:  no DETAIL:  why");
  EXPECT_EQ(Oneline("a\tb\x1b[31mred\r"), "a?b?[31mred");
  EXPECT_EQ(Oneline("na\u00efve"), "na\u00efve");
}

}  // namespace
}  // namespace exactmean
