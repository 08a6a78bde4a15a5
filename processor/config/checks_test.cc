// Tests of the rules of names and durations.

#include "processor/config/checks.h"

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/problems.h"

namespace exactmean {
namespace {

using testing::ElementsAre;

TEST(CheckTopicTest, FollowsKafkasRules) {
  Problems problems;
  for (const std::string& topic : {std::string("a"), std::string("A.b_c-9"),
                                   std::string("..."), std::string(249, 'x')}) {
    EXPECT_TRUE(CheckTopic(topic, "input.topic", &problems)) << topic;
  }
  EXPECT_THAT(problems.lines(), ElementsAre());
  for (const std::string& topic :
       {std::string(), std::string("."), std::string(".."), std::string("a b"),
        std::string("a/b"), std::string("a,b"), std::string("a\n"),
        std::string("\xc3\xa9"), std::string(250, 'x'), std::string(1, '\0')}) {
    EXPECT_FALSE(CheckTopic(topic, "input.topic", &problems)) << topic;
  }
  EXPECT_EQ(problems.lines().size(), 10u);
}

TEST(CheckTopicTest, SaysWhatIsWrong) {
  Problems problems;
  CheckTopic("", "input.topic", &problems);
  CheckTopic("a b\n", "results.topic", &problems);
  CheckTopic(std::string(250, 'x'), "updates.topic", &problems);
  EXPECT_THAT(
      problems.lines(),
      ElementsAre("input.topic: required",
                  "results.topic: \"a b\\n\" must be made of letters, digits "
                  "and ._-",
                  "updates.topic: must have at most 249 characters, has 250"));
}

TEST(CheckIdTest, LeavesRoomForAWorkersNumber) {
  Problems problems;
  EXPECT_TRUE(CheckId("host-1.example", "id", &problems));
  EXPECT_TRUE(CheckId(std::string(200, 'x'), "id", &problems));
  EXPECT_FALSE(CheckId(std::string(201, 'x'), "id", &problems));
  EXPECT_FALSE(CheckId("a:b", "id", &problems));
  EXPECT_FALSE(CheckId("", "id", &problems));
}

TEST(CheckWindowNameTest, IsAWord) {
  Problems problems;
  EXPECT_TRUE(CheckWindowName("sma20", "name", &problems));
  EXPECT_TRUE(CheckWindowName("_Of_20", "name", &problems));
  EXPECT_TRUE(CheckWindowName(std::string(64, 'x'), "name", &problems));
  for (const std::string& name :
       {std::string(), std::string("a-b"), std::string("a.b"),
        std::string("a\""), std::string(65, 'x')}) {
    EXPECT_FALSE(CheckWindowName(name, "name", &problems)) << name;
  }
}

TEST(IsServerTest, TakesWhatTheClientTakes) {
  for (const char* server :
       {"broker", "broker:9092", "10.0.0.1:1", "[::1]:9092", "SSL://a:65535",
        "sasl_plaintext://a"}) {
    EXPECT_TRUE(IsServer(server)) << server;
  }
  for (const char* server : {"", ":9092", "a:0", "a:99999", "a:b",
                             "a:", "http://a:1", "a/b", "SSL://"}) {
    EXPECT_FALSE(IsServer(server)) << server;
  }
}

TEST(ReadDurationTest, KeepsToTheLimits) {
  Problems problems;
  const auto read = [&problems](absl::string_view text) {
    return ReadDuration(text, "wait", absl::Seconds(1), absl::Minutes(30),
                        &problems);
  };
  EXPECT_EQ(read("1s"), absl::Seconds(1));
  EXPECT_EQ(read("30m"), absl::Minutes(30));
  EXPECT_EQ(read(""), absl::nullopt);
  EXPECT_THAT(problems.lines(), ElementsAre());
  EXPECT_EQ(read("999ms"), absl::nullopt);
  EXPECT_EQ(read("30m1us"), absl::nullopt);
  EXPECT_EQ(read("5"), absl::nullopt);
  EXPECT_THAT(problems.lines(),
              ElementsAre("wait: must be 1s to 30m, is 999ms",
                          "wait: must be 1s to 30m, is 30m1us",
                          testing::StartsWith("wait: \"5\" is no duration:")));
}

}  // namespace
}  // namespace exactmean
