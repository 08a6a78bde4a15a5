// Lines as records.

#include "tools/inspect/simulate/line_format.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// "timestamp|key|value" of a line; nulls as "-".
std::string Parsed(const LineFormat& format, absl::string_view line,
                   uint64_t number = 1) {
  LineParser parser(format);
  const absl::StatusOr<LogRecord> record = parser.Parse(number, line);
  if (!record.ok()) return std::string(record.status().message());
  EXPECT_EQ(record->offset.value() + 1, static_cast<int64_t>(number));
  return std::to_string(record->timestamp_ms) + "|" +
         std::string(record->key.value_or("-")) + "|" +
         std::string(record->value.value_or("-"));
}

TEST(LineFormatTest, ALineIsAValueOfTheOneKey) {
  LineFormat format;
  format.key = "k";
  EXPECT_EQ(Parsed(format, "a:b"), "-1|k|a:b");
  EXPECT_EQ(Parsed(format, ""), "-1|k|");
  format.empty_is_null = true;
  EXPECT_EQ(Parsed(format, ""), "-1|k|-");
}

TEST(LineFormatTest, KeyBeforeTheFirstSeparator) {
  LineFormat format;
  format.key_separator = "::";
  EXPECT_EQ(Parsed(format, "a:b::1::2"), "-1|a:b|1::2");
  EXPECT_EQ(Parsed(format, "::1"), "-1||1");
  EXPECT_EQ(Parsed(format, "1"), "the line has no key: \"::\" is not in it");
}

TEST(LineFormatTest, KeyInTheValue) {
  LineFormat format;
  format.key_source.emplace().format = SourceSpec::Format::kJson;
  format.key_source->value_pointer = "/k";
  EXPECT_EQ(Parsed(format, R"({"k":"a\u0062","v":1})"),
            R"(-1|ab|{"k":"a\u0062","v":1})");
  EXPECT_THAT(Parsed(format, R"({"v":1})"), HasSubstr("/k"));

  format.key_source->format = SourceSpec::Format::kCsv;
  format.key_source->value_column = 2;
  EXPECT_EQ(Parsed(format, "1,\"a,b\",2"), "-1|a,b|1,\"a,b\",2");
}

TEST(LineFormatTest, Timestamps) {
  LineFormat format;
  format.key = "k";
  format.timestamp_step = absl::Minutes(1);
  EXPECT_EQ(Parsed(format, "5", 1), "0|k|5");
  EXPECT_EQ(Parsed(format, "5", 3), "120000|k|5");
  format.timestamp_separator = " ";
  EXPECT_EQ(Parsed(format, "1500 5"), "1500|k|5");
  EXPECT_EQ(Parsed(format, "1970-01-02T00:00:00.5Z 5"), "86400500|k|5");
  EXPECT_THAT(Parsed(format, "noon 5"),
              HasSubstr("the line's time \"noon\" is no ISO 8601 time"));
  EXPECT_EQ(Parsed(format, "5"),
            "the line has no timestamp: \" \" is not in it");
  format.key_separator = ":";
  EXPECT_EQ(Parsed(format, "7 a:5"), "7|a|5");
}

}  // namespace
}  // namespace exactmean
