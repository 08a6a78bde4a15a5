// The layout of findings.

#include "tools/inspect/cluster/finding.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

TEST(FindingTest, TheWorstFirstAndCommandsOnOneLine) {
  const std::vector<Finding> findings = {
      {Grade::kOk, "a", "fine", "", ""},
      {Grade::kFail, "b", "not fine",
       "because of a reason that takes more words than there is room for in "
       "one line of a terminal",
       "a command --that --is=longer --than --eighty --columns --and --must "
       "--stay --on --one --line"},
      {Grade::kWarn, "c", "so so", "", "one --way\nanother --way"}};
  EXPECT_EQ(FindingsText(findings, Terminal()),
            R"(FAIL  b: not fine
      Why: because of a reason that takes more words than there is room for in
      one line of a terminal
      Mend: a command --that --is=longer --than --eighty --columns --and --must --stay --on --one --line
WARN  c: so so
      Mend: one --way
      another --way
OK    a: fine

3 findings: 1 FAIL, 1 WARN, 1 OK
)");
  EXPECT_THAT(FindingsJson(findings),
              HasSubstr(R"({"grade":"WARN","check":"c","what":"so so",)"
                        R"("why":"","mend":"one --way\u000aanother --way"})"));
  EXPECT_TRUE(AnyFails(findings));
  Terminal colour;
  colour.colour = true;
  EXPECT_THAT(FindingsText(findings, colour), HasSubstr("\x1b[31mFAIL\x1b[0m"));
}

}  // namespace
}  // namespace exactmean
