// Golden texts.

#include "tools/inspect/dlq/render.h"

#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/inspect/dlq/letter_index.h"
#include "tools/inspect/dlq/redrive.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

DeadLetterOrigin Origin(int i) {
  DeadLetterOrigin origin;
  origin.topic = "in";
  origin.partition = Partition(1);
  origin.offset = Offset(100 + i);
  origin.timestamp_ms = i == 0 ? -1 : 1700000000000;
  origin.kind = i == 2 ? "no-key" : "undecodable";
  origin.error = i == 2 ? "it has no key" : "value \"x\" is not a number";
  origin.application = "app";
  origin.time = absl::FromUnixSeconds(1700000000 + i);
  origin.attempts = i + 1;
  return origin;
}

LetterIndex Index() {
  LetterIndex index;
  for (int i = 0; i < 3; ++i) {
    LetterInfo& letter = index[Partition(1)].letters[Offset(7 * i)];
    letter.origin = Origin(i);
    if (i != 2) letter.key = std::string("k\xff", 2);
    letter.redriven = i == 0;
  }
  return index;
}

TEST(DlqRenderTest, ListsWhatIsMeantTheNewestOnly) {
  EXPECT_EQ("\n" + LettersText(Index(), LetterFilter(), 2, Terminal()), R"(
PARTITION  KIND         WAITING  REDRIVEN  READ AGAIN  ATTEMPTS  FIRST                 LAST
1          no-key             1         0           0         3  2023-11-14T22:13:22Z  2023-11-14T22:13:22Z
1          undecodable        1         1           0         2  2023-11-14T22:13:20Z  2023-11-14T22:13:21Z

LETTER  INPUT OFFSET  FOUND                 KIND         ATTEMPTS  STATE    KEY     ERROR
1/7              101  2023-11-14T22:13:21Z  undecodable         2  waiting  k\xff   value "x" is not a number
1/14             102  2023-11-14T22:13:22Z  no-key              3  waiting  (null)  it has no key
)");
  LetterFilter none;
  none.kind = "no such";
  EXPECT_EQ(LettersText(Index(), none, 0, Terminal()), "");
}

TEST(DlqRenderTest, ListsTheNewestAsJson) {
  const std::string two = LettersJson(Index(), LetterFilter(), 2);
  EXPECT_THAT(two,
              AllOf(HasSubstr("\"offset\":7,"), HasSubstr("\"offset\":14,"),
                    Not(HasSubstr("\"offset\":0,"))));
}

TEST(DlqRenderTest, ListsAsJson) {
  LetterFilter one;
  one.kind = "no-key";
  EXPECT_EQ(
      LettersJson(Index(), one, 0),
      R"({"partition":1,"offset":14,"input_topic":"in","input_partition":1,"input_offset":102,"kind":"no-key","error":"it has no key","attempts":3,"time":"2023-11-14T22:13:22Z","timestamp":"2023-11-14T22:13:20Z","key":null,"redriven":false,"read_again":false})"
      "\n");
}

TEST(DlqRenderTest, ShowsOneInFull) {
  ParsedDeadLetter letter;
  letter.origin = Origin(0);
  letter.record.key = "k";
  letter.record.headers = {{"a", "1"}, {"a", absl::nullopt}};
  EXPECT_EQ("\n" + LetterText(Partition(1), Offset(0), letter), R"(
letter     1/0
input      in, partition 1, offset 100
error      undecodable: value "x" is not a number
found      2023-11-14T22:13:20Z by app
attempts   1
timestamp  none
header     a: 1
header     a: (null)
key        k
value      (null)
)");
  EXPECT_EQ(
      LetterJson(Partition(1), Offset(0), letter),
      R"({"partition":1,"offset":0,"input_topic":"in","input_partition":1,"input_offset":100,"kind":"undecodable","error":"value \"x\" is not a number","attempts":1,"time":"2023-11-14T22:13:20Z","timestamp":null,"application":"app","key":"k","value":null,"headers":[{"name":"a","value":"1"},{"name":"a","value":null}]})"
      "\n");
}

TEST(DlqRenderTest, TheRecordIsShownAsItIs) {
  ParsedDeadLetter letter;
  letter.origin = Origin(0);
  letter.record.key = std::string("\xff", 1);
  letter.record.value = R"({"price":"n/a","at":"C:\\'"})";
  letter.record.headers = {{"a", std::string("\xfe", 1)}};
  const std::string json = LetterJson(Partition(1), Offset(0), letter);
  EXPECT_THAT(json,
              HasSubstr(R"("value":"{\"price\":\"n/a\",\"at\":\"C:\\\\'\"}")"));
  EXPECT_THAT(json, HasSubstr(R"(,"key_base64":"/w==",)"));
  EXPECT_THAT(json, HasSubstr(R"(,"value_base64":"/g=="}])"));
  const std::string text = LetterText(Partition(1), Offset(0), letter);
  EXPECT_THAT(text, HasSubstr("key        \\xff\n"));
  EXPECT_THAT(text, HasSubstr("header     a: \\xfe\n"));
  EXPECT_THAT(text, HasSubstr(R"(value      {"price":"n/a","at":"C:\\\\'"})"
                              "\n"));
}

TEST(DlqRenderTest, Redrive) {
  PartitionRedrive one;
  one.partition = Partition(3);
  one.letters = {Offset(1), Offset(2)};
  one.redriven = 5;
  one.read_again = 4;
  one.given_up = 1;
  EXPECT_EQ("\n" + RedriveText({one}), R"(
PARTITION  TO REDRIVE  DONE BEFORE  READ AGAIN  NOT MEANT  GIVEN UP  OTHER INPUT  FOREIGN
3                   2            5           4          0         1            0        0
)");
  one.done = 2;
  EXPECT_EQ(
      RedriveJson({one}, true),
      R"({"partition":3,"to_redrive":2,"done_before":5,"read_again":4,"not_meant":0,"given_up":1,"other_input":0,"foreign":0,"executed":true,"done":2})"
      "\n");
  one.done = 1;  // it was cut off
  EXPECT_THAT(RedriveJson({one}, true),
              HasSubstr("\"executed\":false,\"done\":1"));
}

}  // namespace
}  // namespace exactmean
