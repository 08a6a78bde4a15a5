// Tests of CSV records.

#include "processor/decoder/csv_fields.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/source_spec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;

SourceSpec Spec(int value_column, int time_column, int columns,
                char delimiter = ',') {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kCsv;
  spec.value_column = value_column;
  spec.time_column = time_column;
  spec.time_format =
      time_column == 0 ? TimeFormat::kRecordTimestamp : TimeFormat::kIso8601;
  spec.csv_columns = columns;
  spec.csv_delimiter = delimiter;
  return spec;
}

// "value|time", for what is found.
absl::StatusOr<std::string> Read(const SourceSpec& spec,
                                 absl::string_view record) {
  const std::unique_ptr<FieldReader> reader = MakeCsvFields(spec);
  const absl::StatusOr<Fields> fields = reader->Read(record);
  if (!fields.ok()) return fields.status();
  return absl::StrCat(fields->value, "|", fields->time);
}

TEST(CsvFieldsTest, FindsFieldsByColumn) {
  const struct {
    absl::string_view record;
    std::string found;
  } kCases[] = {
      {"a,b,c", "b|c"},
      {"a,b,c\n", "b|c"},
      {"a,b,c\r\n", "b|c"},
      {"a,b,c,d,e", "b|c"},
      {",,", "|"},
      {"a, b ,\tc", " b |\tc"},
      {"\"a\",\"b\",\"c\"", "b|c"},
      {"\"a,x\",\"b,y\",\"c,z\"", "b,y|c,z"},
      {"\"a\n\",\"b\r\n\",c", "b\r\n|c"},
      {"a,\"\",\"\"", "|"},
      {"a,\"say \"\"b\"\"\",\"\"\"\"", "say \"b\"|\""},
      {"a,5\"x,c\"", "5\"x|c\""},
      {"\xff,\xfe,\x01", "\xfe|\x01"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Read(Spec(2, 3, 0), c.record), IsOkAndHolds(c.found))
        << c.record;
  }
}

TEST(CsvFieldsTest, TimeMayComeFirstOrBeTheSameColumnOrNone) {
  EXPECT_THAT(Read(Spec(3, 1, 0), "a,b,c"), IsOkAndHolds("c|a"));
  EXPECT_THAT(Read(Spec(2, 2, 0), "a,\"\"\"\",c"), IsOkAndHolds("\"|\""));
  EXPECT_THAT(Read(Spec(1, 0, 0), "a,b,c"), IsOkAndHolds("a|"));
}

TEST(CsvFieldsTest, OtherDelimiters) {
  EXPECT_THAT(Read(Spec(2, 3, 0, '\t'), "a,x\tb\tc"), IsOkAndHolds("b|c"));
  EXPECT_THAT(Read(Spec(2, 3, 0, ';'), "a;\"b;\";c"), IsOkAndHolds("b;|c"));
  EXPECT_THAT(Read(Spec(2, 3, 0, ' '), "a b c"), IsOkAndHolds("b|c"));
}

TEST(CsvFieldsTest, RefusesMalformedLines) {
  for (const absl::string_view record :
       {"a,b,c\nd,e,f", "a,b,c\n\n", "a\r,b,c", "a,b,c\r", "a,\"b,c",
        "a,b,c,\"", "a,\"b\"x,c", "a,\"b\" ,c", "a,\"b\"\"c,d"}) {
    EXPECT_THAT(Read(Spec(2, 3, 0), record),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("not one line of CSV")))
        << record;
  }
}

TEST(CsvFieldsTest, RefusesMissingColumns) {
  for (const absl::string_view record : {"", "a", "a,b", "\n", "\"a,b,c\""}) {
    EXPECT_THAT(Read(Spec(2, 3, 0), record),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("no column 3 among")))
        << record;
  }
}

TEST(CsvFieldsTest, HeaderTellsTheNumberOfColumns) {
  EXPECT_THAT(Read(Spec(2, 3, 4), "a,b,c,d"), IsOkAndHolds("b|c"));
  for (const absl::string_view record : {"a,b,c", "a,b,c,d,", "a,b,c,d,e"}) {
    EXPECT_THAT(Read(Spec(2, 3, 4), record),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("columns instead of the header's 4")))
        << record;
  }
}

TEST(CsvFieldsTest, ErrorsShowOnlyTheBeginning) {
  const absl::StatusOr<std::string> found =
      Read(Spec(2, 0, 0), std::string(100000, 'x'));
  EXPECT_THAT(found, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_LT(found.status().message().size(), 200u);
}

TEST(CsvFieldsTest, RecordsDoNotTouchEachOther) {
  const std::unique_ptr<FieldReader> reader = MakeCsvFields(Spec(2, 3, 0));
  EXPECT_THAT(reader->Read("a,\"b\"\"b\",\"c\"\"c\""), IsOk());
  EXPECT_THAT(reader->Read("a"), StatusIs(absl::StatusCode::kInvalidArgument));
  const absl::StatusOr<Fields> fields = reader->Read("a,x,y");
  ASSERT_THAT(fields, IsOk());
  EXPECT_EQ(fields->value, "x");
  EXPECT_EQ(fields->time, "y");
}

}  // namespace
}  // namespace exactmean
