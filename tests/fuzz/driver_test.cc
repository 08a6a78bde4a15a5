// The driver finds a planted fault, and tells of each kind how to see it again.

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int status = 0;
  std::string output;
};

Outcome RunPlanted(absl::string_view flags) {
  const std::string command =
      absl::StrCat("tests/fuzz/planted_fuzz ", flags, " 2>&1");
  FILE* const pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  Outcome outcome;
  char buffer[4096];
  size_t size = 0;
  while ((size = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0) {
    outcome.output.append(buffer, size);
  }
  outcome.status = pclose(pipe);
  return outcome;
}

TEST(DriverTest, FollowsCoverageToAFault) {
  const Outcome outcome =
      RunPlanted("--runs=500000 tests/fuzz/corpus/planted_fuzz");
  EXPECT_NE(outcome.status, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("failing input"));
}

TEST(DriverTest, TellsOfMemoryErrors) {
  const Outcome outcome = RunPlanted("--input=MEM");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(
      outcome.output,
      AllOf(HasSubstr("heap-buffer-overflow"), HasSubstr("\"MEM\""),
            HasSubstr("run //tests/fuzz:planted_fuzz -- --input='MEM'")));
}

TEST(DriverTest, TellsOfUndefinedBehaviour) {
  const Outcome outcome = RunPlanted("--input=INT");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("signed integer overflow"),
                                    HasSubstr("--input='INT'")));
}

TEST(DriverTest, TellsOfFailedPropertiesWithTheInputEscaped) {
  const Outcome outcome = RunPlanted(R"(--input='NOT\047\000\n"')");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("as planted"),
                                    HasSubstr(R"(--input='NOT\047\000\n\"')")));
}

TEST(DriverTest, PassesWhatIsHarmless) {
  const Outcome outcome = RunPlanted("--input=harmless");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("1 inputs without a failure"),
                                    Not(HasSubstr("failing"))));
}

}  // namespace
}  // namespace exactmean
