// --from and --to.

#include "processor/config/partial_run.h"

#include <array>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/bad_record_policy.h"
#include "processor/input_position.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr char kConfig[] = R"(
    application_id: "prices"
    kafka { bootstrap_servers: "localhost:9092" }
    input { topic: "in" number {} start: "latest" }
    results { topic: "out" } updates { topic: "changes" }
    dead_letters { topic: "bad" } on_bad_record: DEAD_LETTER
    window { name: "last5" count { size: 5 } } workers: 4)";

PartialRunArgs Range(const std::string& from, const std::string& to) {
  PartialRunArgs run;
  run.from = from;
  run.to = to;
  run.application_id = "replay";
  run.results_topic = "out.replay";
  return run;
}

absl::StatusOr<Settings> Load(const PartialRunArgs& run) {
  ConfigArgs args;
  args.overrides = {kConfig};
  args.instance_id = "a";
  return LoadPartialRun(args, run);
}

TEST(PartialRunTest, ComesNearNothingOfTheApplication) {
  const auto settings = Load(Range("0:100", "2026-11-21"));
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->application_id, "replay");
  EXPECT_EQ(settings->results_topic, "out.replay");
  EXPECT_EQ(settings->updates_topic, "");
  EXPECT_EQ(settings->dead_letter_topic, "");
  EXPECT_EQ(settings->on_bad_record, BadRecordPolicy::kSkip);
  EXPECT_EQ(settings->workers, 1);
  EXPECT_EQ(ToString(settings->start), "0:100");
  ASSERT_TRUE(settings->end.has_value());
  EXPECT_EQ(ToString(*settings->end), "2026-11-21T00:00:00+00:00");
}

TEST(PartialRunTest, IsAllOfTheInputUnlessSaidOtherwise) {
  const auto settings = Load(Range("", ""));
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(ToString(settings->start), "earliest");
  EXPECT_EQ(ToString(*settings->end), "latest");
}

TEST(PartialRunTest, NeedsAGroupAndATopicOfItsOwn) {
  PartialRunArgs run = Range("", "");
  run.application_id = "prices";
  EXPECT_THAT(Load(run), StatusIs(absl::StatusCode::kInvalidArgument,
                                  HasSubstr("of its own")));
  run = Range("", "");
  run.results_topic = "out";
  EXPECT_THAT(Load(run), StatusIs(absl::StatusCode::kInvalidArgument,
                                  HasSubstr("of its own")));
  // Not given.
  run.results_topic = "";
  EXPECT_THAT(Load(run), StatusIs(absl::StatusCode::kInvalidArgument,
                                  HasSubstr("exactmean-inspect replay")));
}

TEST(PartialRunTest, SaysWhatIsNoRange) {
  for (const auto& [from, to, why] :
       {std::array<const char*, 3>{"now", "", "--from=now: must be"},
        {"committed", "", "--from=committed: the run has a group"},
        {"", "earliest", "--to=earliest: must be latest, a time"},
        {"", "committed", "--to=committed: must be latest, a time"},
        {"", "5", "--to=5: must be"}}) {
    EXPECT_THAT(Load(Range(from, to)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)));
  }
}

}  // namespace
}  // namespace exactmean
