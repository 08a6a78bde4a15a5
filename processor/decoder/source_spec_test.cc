// Pins the texts of source specs: they are in the fingerprint of every state.

#include "processor/decoder/source_spec.h"

#include <string>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(DescribeTest, Json) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kJson;
  spec.value_pointer = "/m/0/v";
  EXPECT_EQ(Describe(spec), "JSON; value: \"/m/0/v\"; time: record timestamp");
  spec.time_pointer = "/a \"b\"\n";
  spec.time_format = TimeFormat::kIso8601;
  EXPECT_EQ(Describe(spec),
            "JSON; value: \"/m/0/v\"; time: \"/a \\\"b\\\"\\n\", ISO 8601");
}

TEST(DescribeTest, Csv) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kCsv;
  spec.value_column = 3;
  EXPECT_EQ(Describe(spec),
            "CSV, delimiter \",\"; value: column 3; time: record timestamp");
  spec.csv_delimiter = '\t';
  spec.csv_columns = 7;
  spec.time_column = 1;
  spec.time_format = TimeFormat::kEpochMicros;
  EXPECT_EQ(Describe(spec),
            "CSV, delimiter \"\\t\", columns 7; value: column 3; "
            "time: column 1, epoch microseconds");
}

TEST(DescribeTest, HowFarATimeMayBeAhead) {
  SourceSpec spec;
  spec.max_ahead_us = 5;
  EXPECT_EQ(Describe(spec), Describe(SourceSpec()));  // it is the record's
  spec.format = SourceSpec::Format::kJson;
  spec.value_pointer = spec.time_pointer = "/a";
  spec.time_format = TimeFormat::kEpochMillis;
  EXPECT_EQ(Describe(spec),
            "JSON; value: \"/a\"; time: \"/a\", epoch milliseconds, at most "
            "5 us ahead");
}

TEST(DescribeTest, Number) {
  EXPECT_EQ(Describe(SourceSpec()), "number; time: record timestamp");
}

TEST(DescribeTest, LeavesOutWhatDoesNotCount) {
  SourceSpec spec;
  spec.value_pointer = "/unused";
  spec.time_pointer = "/unused";
  spec.value_column = 9;
  spec.csv_columns = 9;
  EXPECT_EQ(Describe(spec), Describe(SourceSpec()));
}

TEST(DescribeTest, TimeFormatsDiffer) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kJson;
  spec.time_format = TimeFormat::kEpochSeconds;
  const std::string seconds = Describe(spec);
  spec.time_format = TimeFormat::kEpochMillis;
  EXPECT_NE(Describe(spec), seconds);
}

}  // namespace
}  // namespace exactmean
