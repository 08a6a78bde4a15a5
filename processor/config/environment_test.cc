// Tests of environment variables in values.

#include "processor/config/environment.h"

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;
using testing::Not;

class EnvironmentTest : public testing::Test {
 protected:
  EnvironmentTest() {
    setenv("EXACTMEAN_TEST_A", "alpha", 1);
    setenv("EXACTMEAN_TEST_B", "${env:EXACTMEAN_TEST_A}", 1);
    setenv("EXACTMEAN_TEST_EMPTY", "", 1);
    unsetenv("EXACTMEAN_TEST_UNSET");
  }
};

TEST_F(EnvironmentTest, Replaces) {
  const struct {
    absl::string_view text;
    std::string expanded;
  } kCases[] = {
      {"", ""},
      {"plain $ { } $} {env:X} $env", "plain $ { } $} {env:X} $env"},
      {"${env:EXACTMEAN_TEST_A}", "alpha"},
      {"<${env:EXACTMEAN_TEST_A}|${env:EXACTMEAN_TEST_A}>", "<alpha|alpha>"},
      {"$${env:EXACTMEAN_TEST_A}}", "$alpha}"},
      {"[${env:EXACTMEAN_TEST_EMPTY}]", "[]"},
      {"${env:EXACTMEAN_TEST_B}", "${env:EXACTMEAN_TEST_A}"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ExpandEnvironment(c.text), IsOkAndHolds(c.expanded)) << c.text;
  }
}

TEST_F(EnvironmentTest, NamesTheMissingVariableAndNothingElse) {
  EXPECT_THAT(ExpandEnvironment("hunter2${env:EXACTMEAN_TEST_UNSET}hunter3"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "environment variable EXACTMEAN_TEST_UNSET is not set"));
}

TEST_F(EnvironmentTest, RefusesOtherForms) {
  for (const absl::string_view text :
       {"hunter2${", "hunter2${env:A", "hunter2${A}", "hunter2${env:}",
        "hunter2${env:1A}", "hunter2${env:A B}", "hunter2${env:A-B}",
        "hunter2${file:/run/secrets/a}", "hunter2${ENV:A}", "hunter2${}"}) {
    const absl::Status status = ExpandEnvironment(text).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 HasSubstr("as ${env:NAME}")))
        << text;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hunter2")));
  }
}

TEST_F(EnvironmentTest, Mentions) {
  EXPECT_TRUE(MentionsEnvironment("a${env:B}"));
  EXPECT_FALSE(MentionsEnvironment("a$b{c}"));
}

}  // namespace
}  // namespace exactmean
