// Tests of guesses at misspelt names.

#include "processor/config/nearest.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(NearestTest, FindsTheNameMeant) {
  const std::vector<std::string> names = {"window",  "workers",      "input",
                                          "results", "idle_key_ttl", "grace"};
  EXPECT_EQ(Nearest("windw", names), "window");
  EXPECT_EQ(Nearest("windows", names), "window");
  EXPECT_EQ(Nearest("worker", names), "workers");
  EXPECT_EQ(Nearest("Input", names), "input");
  EXPECT_EQ(Nearest("RESULT", names), "results");
  EXPECT_EQ(Nearest("idle_ttl", names), "");
  EXPECT_EQ(Nearest("idlekey_ttl", names), "idle_key_ttl");
  EXPECT_EQ(Nearest("output", names), "input");
}

TEST(NearestTest, GuessesNothingFarOff) {
  EXPECT_EQ(Nearest("topic", {"window", "workers"}), "");
  EXPECT_EQ(Nearest("", {"window"}), "");
  EXPECT_EQ(Nearest("window", {}), "");
}

TEST(NearestTest, TakesTheNearestOfSeveral) {
  EXPECT_EQ(Nearest("counts", {"content", "count", "coun"}), "count");
}

}  // namespace
}  // namespace exactmean
