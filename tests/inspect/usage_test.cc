// What exactmean-inspect says to a command line, without any Kafka.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/inspect/inspector.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(InspectUsageTest, HelpListsTheCommandsAndEndsWell) {
  const InspectResult help = Inspect({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_THAT(help.out, AllOf(HasSubstr("\n  list "), HasSubstr("\n  get KEY"),
                              HasSubstr("Exit codes:")));
}

TEST(InspectUsageTest, EachCommandHasItsHelp) {
  const InspectResult help = Inspect({"get", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("exactmean-inspect get KEY..."),
                              HasSubstr("Examples:"), HasSubstr("--partition"),
                              Not(HasSubstr("--limit"))));
}

struct Wrong {
  std::vector<std::string> words;
  std::string says;
};

TEST(InspectUsageTest, WrongUseIsTwoAndSaysWhat) {
  const Wrong kWrong[] = {
      {{}, "say what: status, list"},
      {{"lst"}, "no command \"lst\""},
      {{"list", "surplus"}, "list takes no \"surplus\""},
      {{"get"}, "get needs KEY..."},
      {{"list", "--no_such_flag"}, "no_such_flag"},
      {{"list", "--at_time=2026-01-01"}, "list takes no --at_time"},
      {{"list"}, "which topic?"},
      {{"list", "--output=xml"}, "--output is text or json"},
      {{"list", "--config=/no/such/file"}, "/no/such/file"},
      {{"list", "--bootstrap_servers=localhost:9"}, "--results_topic"},
  };
  for (const Wrong& wrong : kWrong) {
    const InspectResult result = Inspect(wrong.words);
    EXPECT_EQ(result.code, 2) << wrong.says;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(wrong.says));
  }
}

TEST(InspectUsageTest, AClusterOutOfReachIsSix) {
  const InspectResult result =
      Inspect({"list", "--bootstrap_servers=127.0.0.1:1", "--results_topic=t",
               "--patience=1s"});
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace exactmean
