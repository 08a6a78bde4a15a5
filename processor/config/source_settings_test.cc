// Tests of how samples are found, by the configuration.

#include "processor/config/source_settings.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/config_text.h"
#include "processor/config/problems.h"
#include "processor/decoder/source_spec.h"
#include "proto/config.pb.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SourceSpec Read(absl::string_view input, std::vector<std::string>* lines) {
  config::Config config;
  EXPECT_THAT(
      MergeConfigText("test", absl::StrCat("input { ", input, " }"), &config),
      IsOk());
  Problems problems;
  const SourceSpec spec = ReadSource(config.input(), &problems);
  *lines = problems.lines();
  return spec;
}

TEST(ReadSourceTest, Accepts) {
  const struct {
    absl::string_view input;
    absl::string_view source;
  } kCases[] = {
      {"json { value: \"/a/0\" }",
       "JSON; value: \"/a/0\"; time: record timestamp"},
      {"json { value: \"/a\" } event_time { field: \"/t\" format: ISO_8601 }",
       "JSON; value: \"/a\"; time: \"/t\", ISO 8601"
       ", at most 86400000000 us ahead"},
      {"json { value: \"/a\" } "
       "event_time { field: \"/t\" format: EPOCH_SECONDS }",
       "JSON; value: \"/a\"; time: \"/t\", epoch seconds"
       ", at most 86400000000 us ahead"},
      {"json { value: \"/a\" } "
       "event_time { field: \"/t\" format: EPOCH_MILLIS }",
       "JSON; value: \"/a\"; time: \"/t\", epoch milliseconds"
       ", at most 86400000000 us ahead"},
      {"json { value: \"/a\" } "
       "event_time { field: \"/t\" format: EPOCH_MICROS }",
       "JSON; value: \"/a\"; time: \"/t\", epoch microseconds"
       ", at most 86400000000 us ahead"},
      {"csv { value: \"3\" }",
       "CSV, delimiter \",\"; value: column 3; time: record timestamp"},
      {"csv { value: \"close\" header: \"date, open ,close\" } "
       "event_time { field: \"date\" format: ISO_8601 }",
       "CSV, delimiter \",\", columns 3; value: column 3; time: column 1, "
       "ISO 8601"
       ", at most 86400000000 us ahead"},
      {"csv { value: \"2\" header: \"date;open;close\" delimiter: \";\" }",
       "CSV, delimiter \";\", columns 3; value: column 2; "
       "time: record timestamp"},
      {"csv { value: \"2\" header: \"1\\t3\\t2\" delimiter: \"\\t\" }",
       "CSV, delimiter \"\\t\", columns 3; value: column 3; "
       "time: record timestamp"},
      {"number { }", "number; time: record timestamp"},
  };
  for (const auto& c : kCases) {
    std::vector<std::string> problems;
    EXPECT_EQ(Describe(Read(c.input, &problems)), c.source) << c.input;
    EXPECT_THAT(problems, IsEmpty()) << c.input;
  }
}

TEST(ReadSourceTest, Refuses) {
  const struct {
    absl::string_view input;
    absl::string_view problem;
  } kCases[] = {
      {"", "input: needs one of json, csv and number"},
      {"json { }", "input.json.value: required: a JSON pointer"},
      {"json { value: \"price\" }",
       "input.json.value: \"price\" is no JSON pointer: it begins with \"/\""},
      {"json { value: \"/a~b\" }", "input.json.value: \"/a~b\" is no JSON"},
      {"json { value: \"/a\" } event_time { format: ISO_8601 }",
       "input.event_time.field: required: a JSON pointer"},
      {"json { value: \"/a\" } event_time { field: \"t\" format: ISO_8601 }",
       "input.event_time.field: \"t\" is no JSON pointer"},
      {"json { value: \"/a\" } event_time { field: \"/t\" }",
       "input.event_time.format: required: EPOCH_SECONDS, EPOCH_MILLIS"},
      {"json { value: \"/a\" } event_time { field: \"/t\" format: 9 }",
       "input.event_time.format: required"},
      {"json { value: \"/a\" } event_time { field: \"/t\" format: ISO_8601 "
       "max_ahead: \"soon\" }",
       "input.event_time.max_ahead"},
      {"number { } event_time { field: \"/t\" format: ISO_8601 }",
       "input.event_time: a plain number has no field for it"},
      {"csv { }", "input.csv.value: required: the name of a column"},
      {"csv { value: \"close\" }",
       "input.csv.value: no column \"close\": it is a number from 1"},
      {"csv { value: \"0\" }", "input.csv.value: no column \"0\""},
      {"csv { value: \"-1\" }", "input.csv.value: no column \"-1\""},
      {"csv { value: \"100001\" }", "input.csv.value: no column \"100001\""},
      {"csv { value: \"close\" header: \"date,open\" }",
       "input.csv.value: no column \"close\": input.csv.header has date, open"},
      {"csv { value: \"3\" header: \"date,open\" }",
       "input.csv.value: no column \"3\": input.csv.header has date, open"},
      {"csv { value: \"a\" header: \"a,b,a\" }",
       "input.csv.value: input.csv.header names several columns \"a\""},
      {"csv { value: \"1\" } event_time { format: ISO_8601 }",
       "input.event_time.field: required: the name of a column"},
      {"csv { value: \"1\" delimiter: \",,\" }",
       "input.csv.delimiter: \",,\" must be one character"},
      {"csv { value: \"1\" delimiter: \"\\\"\" }", "input.csv.delimiter: "},
      {"csv { value: \"1\" delimiter: \"\\n\" }", "input.csv.delimiter: "},
      {"csv { value: \"1\" delimiter: \".\" }", "input.csv.delimiter: "},
      {"csv { value: \"1\" delimiter: \"7\" }", "input.csv.delimiter: "},
      {"csv { value: \"1\" delimiter: \"\\302\\247\" }",
       "input.csv.delimiter: "},
  };
  for (const auto& c : kCases) {
    std::vector<std::string> problems;
    Read(c.input, &problems);
    EXPECT_THAT(problems, ElementsAre(HasSubstr(std::string(c.problem))))
        << c.input;
  }
}

TEST(ReadSourceTest, FindsAllProblems) {
  std::vector<std::string> problems;
  Read("csv { value: \"x\" delimiter: \"ab\" } event_time { field: \"y\" }",
       &problems);
  EXPECT_EQ(problems.size(), 4u);
}

}  // namespace
}  // namespace exactmean
