// Tests of reading and merging text-format configurations, and of what their
// errors say and do not say.

#include "processor/config/config_text.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/config.pb.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string ErrorOf(absl::string_view text) {
  config::Config config;
  const absl::Status status = MergeConfigText("c.textproto", text, &config);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  return std::string(status.message());
}

TEST(MergeConfigTextTest, ErrorsHavePlaceAndHint) {
  const struct {
    absl::string_view text;
    absl::string_view error;
  } kCases[] = {
      {"windw { }",
       "c.textproto:1:1: no field named windw in Config: did you mean window?"},
      {"# a\n\nwindow {\n  nme\n\n: \"x\" }",
       "c.textproto:4:3: no field named nme in Window: did you mean name?"},
      {"window {\n\tsize: 5\n}",
       "c.textproto:2:2: no field named size in Window: did you mean time?"},
      {"updates { partitions: 3 }",
       "c.textproto:1:11: no field named partitions in Updates: it has topic"},
      {"input { number { x: 1 } }",
       "c.textproto:1:18: no field named x in PlainNumber: it has none"},
      {"group {\n  membership: STATICK\n}\n",
       "c.textproto:2:15: no value STATICK for membership: it is one of "
       "STATIC, "
       "DYNAMIC"},
      {"on_bad_record: skip",
       "c.textproto:1:16: no value skip for on_bad_record: it is one of STOP, "
       "SKIP, DEAD_LETTER"},
      {"group { assignor: STICKY }",
       "c.textproto:1:19: no value STICKY for assignor: it is one of "
       "RANGE, COOPERATIVE_STICKY"},
      {"workers: 1\nworkers: 2", "c.textproto:2:1: workers is given twice"},
      {"window { count { size: 5 } time { length: \"5s\" } }",
       "c.textproto:1:28: time and count exclude each other: give one of them"},
      {"workers: \"x\"",
       "c.textproto:1:10: a whole number, 0 or more, should be here"},
      {"workers 5", "c.textproto:1:9: Expected \":\""},
      {"application_id: x",
       "c.textproto:1:17: a text in quotes should be here"},
      {"window { name: \"a\"",
       "c.textproto:1:19: the name of a field, or the end of a message, should "
       "be here"},
      {"window { ewma { alpha: \"0.5\" } }",
       "c.textproto:1:24: Expected double"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorOf(c.text), c.error) << c.text;
  }
}

// However a secret is misquoted, no error repeats it.
TEST(MergeConfigTextTest, ErrorsDoNotShowValues) {
  for (const absl::string_view property :
       {"key: \"p\" value: hunter2", "key: \"p\" value: hun\"ter2\"",
        "key: \"p\" value: \"hunter2", "key: \"p\" value: 'hunter2\n'",
        "key: \"p\" value: \"x\"hunter2\"", "key: \"p\" value: \"x\"hunter2 5",
        "key: \"p\" value: hunter2hunter2hunter2 }",
        "key: \"p\" value: \"\\zhunter2\"", "key: \"p\" value \"hunter2\"",
        "key: \"p\" hunter2", "\"hunter2\"", "\"p\": \"hunter2\"",
        "key: \"p\" value: -hunter2", "key: \"p\" value: { hunter2 }",
        "key: \"p\" value: [hunter2]",
        "key: \"p\" value: \"a\" \"b\"; hunter2"}) {
    const std::string error =
        ErrorOf(absl::StrCat("kafka {\n property {\n", property, "\n}\n}\n"));
    EXPECT_THAT(error, AllOf(HasSubstr("c.textproto:"),
                             Not(HasSubstr("hunter")), Not(HasSubstr("ter2"))))
        << property;
  }
}

TEST(MergeConfigTextTest, FieldsReplaceFields) {
  config::Config config;
  ASSERT_THAT(MergeConfigText("a", R"(
      application_id: "one" workers: 3 on_bad_record: SKIP
      input { topic: "in" start: "latest" json { value: "/x" } }
      kafka { property { key: "a" value: "1" }
              property { key: "b" value: "2" } }
      window { name: "x" } window { name: "y" })",
                              &config),
              IsOk());
  ASSERT_THAT(MergeConfigText("b", R"(
      workers: 0 on_bad_record: STOP
      input { start: "earliest" csv { value: "2" } }
      kafka { property { key: "a" value: "9" } })",
                              &config),
              IsOk());
  EXPECT_EQ(config.application_id(), "one");
  EXPECT_EQ(config.workers(), 0u);
  EXPECT_EQ(config.on_bad_record(), config::STOP);
  EXPECT_EQ(config.input().topic(), "in");
  EXPECT_EQ(config.input().start(), "earliest");
  EXPECT_EQ(config.input().decoder_case(), config::Input::kCsv);
  EXPECT_EQ(config.kafka().property().size(), 2u);
  EXPECT_EQ(config.kafka().property().at("a"), "9");
  EXPECT_EQ(config.kafka().property().at("b"), "2");
  EXPECT_EQ(config.window_size(), 2);
}

TEST(MergeConfigTextTest, WindowsReplaceAllWindows) {
  config::Config config;
  ASSERT_THAT(
      MergeConfigText("a", "window { name: \"x\" } window { name: \"y\" }",
                      &config),
      IsOk());
  ASSERT_THAT(MergeConfigText("b", "window { name: \"z\" }", &config), IsOk());
  ASSERT_EQ(config.window_size(), 1);
  EXPECT_EQ(config.window(0).name(), "z");
}

class ReadConfigFileTest : public testing::Test {
 protected:
  std::string Path(absl::string_view name) {
    return absl::StrCat(testing::TempDir(), "/", name);
  }
};

TEST_F(ReadConfigFileTest, Reads) {
  std::ofstream(Path("some"), std::ios::binary) << "workers: 2\n";
  EXPECT_THAT(ReadConfigFile(Path("some")), IsOkAndHolds("workers: 2\n"));
  std::ofstream(Path("empty"), std::ios::binary).flush();
  EXPECT_THAT(ReadConfigFile(Path("empty")), IsOkAndHolds(""));
}

TEST_F(ReadConfigFileTest, SaysWhyItCannot) {
  EXPECT_THAT(ReadConfigFile(Path("none")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("cannot read "),
                             EndsWith("/none: No such file or directory"))));
  EXPECT_THAT(ReadConfigFile(testing::TempDir()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       EndsWith(": Is a directory")));
  std::ofstream(Path("large"), std::ios::binary) << std::string(1048577, ' ');
  EXPECT_THAT(ReadConfigFile(Path("large")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is larger than 1048576 bytes")));
}

}  // namespace
}  // namespace exactmean
