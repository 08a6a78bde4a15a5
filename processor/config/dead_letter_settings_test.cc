// Where dead letters go, by the configuration.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/bad_record_policy.h"
#include "processor/config/kafka_options.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

absl::StatusOr<Settings> Load(absl::string_view more) {
  ConfigArgs args;
  args.instance_id = "test";
  args.overrides = {absl::StrCat(
      R"(application_id: "app" kafka { bootstrap_servers: "broker:9092" }
         input { topic: "prices" number {} } results { topic: "averages" }
         window { name: "all" cumulative {} } )",
      more)};
  return LoadSettings(args);
}

TEST(DeadLetterSettingsTest, DeadLettersNeedATopicOfTheirOwn) {
  const absl::StatusOr<Settings> settings =
      Load("on_bad_record: DEAD_LETTER dead_letters { topic: \"dead\" }");
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->on_bad_record, BadRecordPolicy::kDeadLetter);
  EXPECT_EQ(settings->dead_letter_topic, "dead");
  EXPECT_EQ(KafkaOptionsOf(*settings, "0").dead_letter_topic, "dead");

  // Of an earlier policy: known to the inspector, not written to.
  const absl::StatusOr<Settings> before =
      Load("on_bad_record: SKIP dead_letters { topic: \"dead\" }");
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->dead_letter_topic, "dead");
  EXPECT_EQ(KafkaOptionsOf(*before, "0").dead_letter_topic, "");

  const auto refused = [](absl::string_view why) {
    return StatusIs(absl::StatusCode::kInvalidArgument,
                    AllOf(HasSubstr("dead_letters.topic"), HasSubstr(why)));
  };
  EXPECT_THAT(Load("on_bad_record: DEAD_LETTER"), refused("required"));
  EXPECT_THAT(Load("dead_letters {}"), refused("required"));
  EXPECT_THAT(Load("dead_letters { topic: \"prices\" }"), refused("input"));
  EXPECT_THAT(Load("dead_letters { topic: \"averages\" }"), refused("results"));
  EXPECT_THAT(Load("dead_letters { topic: \"u\" } updates { topic: \"u\" }"),
              refused("updates"));
}

}  // namespace
}  // namespace exactmean
