// Tests of JSON records: what is found, and what makes a record bad.

#include "processor/decoder/json_fields.h"

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/json_pointer.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;

std::unique_ptr<FieldReader> Reader(absl::string_view value,
                                    absl::string_view time = "") {
  absl::optional<JsonPointer> time_pointer;
  if (!time.empty()) time_pointer = ParseJsonPointer(time).value();
  return MakeJsonFields(ParseJsonPointer(value).value(), time_pointer);
}

// "value|time", for what is found.
absl::StatusOr<std::string> Read(FieldReader* reader,
                                 absl::string_view record) {
  const absl::StatusOr<Fields> fields = reader->Read(record);
  if (!fields.ok()) return fields.status();
  return absl::StrCat(fields->value, "|", fields->time);
}

TEST(JsonFieldsTest, FindsTheValue) {
  const struct {
    absl::string_view pointer;
    absl::string_view record;
    std::string found;
  } kCases[] = {
      {"/v", R"({"v":1})", "1|"},
      {"/v", R"( { "v" : -1.5e3 } )", "-1.5e3|"},
      {"/v", "\r\n{\t\"v\": 1\n,\"w\":2}\n", "1|"},
      {"/v", R"({"v":"12.5"})", "12.5|"},
      {"/v", R"({"v":""})", "|"},
      {"/v", R"({"v":"1\u0032\t"})", "12\t|"},
      {"/v", R"({"v":123456789012345678901234567890})",
       "123456789012345678901234567890|"},
      {"/v", R"({"v":1e999})", "1e999|"},  // what it means, others decide
      {"/v", R"({"a":{"v":2},"b":[{"v":3}],"v":1})", "1|"},
      {"/v", R"({"V":2,"vv":3,"":4,"v":1})", "1|"},
      {"/a/b", R"({"a":{"b":1}})", "1|"},
      {"/a/b", R"({"b":2,"a":{"c":{"b":3},"b":1},"c":4})", "1|"},
      {"/m/1/v", R"({"m":[{"v":7},{"v":8},{"v":9}]})", "8|"},
      {"/0", "[5]", "5|"},
      {"/2", "[[1],{},6,7]", "6|"},
      {"/1/0", "[[1],[2]]", "2|"},
      {"/0", R"({"0":5})", "5|"},
      {"/", R"({"":5})", "5|"},
      {"/a~1b", R"({"a/b":1,"a":{"b":2}})", "1|"},
      {"/m~0n", R"({"m~n":1})", "1|"},
      {"/k\"l", R"({"k\"l":1})", "1|"},
      {"/i\\j", R"({"i\\j":1})", "1|"},
      {"/price", R"({"pr\u0069ce":1})", "1|"},
      {"/\xc3\xa9", "{\"\xc3\xa9\":1}", "1|"},
      {"/\xc3\xa9", R"({"\u00e9":1})", "1|"},
      {"/\xf0\x9f\x98\x80", R"({"\ud83d\ude00":1})", "1|"},
      // Members aside are stepped over.
      {"/v", R"({"a":NaN,"v":1})", "1|"},
      {"/v", R"({"a":[-Infinity,Infinity],"v":1})", "1|"},
      {"/v", R"({"v":1,"a":1e99999,"b":99999999999999999999999})", "1|"},
      {"/v", R"({"v":1,"a":"\ud800","\udc00":2})", "1|"},
      {"/v", R"({"v":1,"a":[true,false,null,"\b\f\r\/",-0.5E-7,[],{}]})", "1|"},
      {"/v", R"({"a":1,"a":2,"v":1})", "1|"},
      {"/v", R"({"a":{"x":[1,2,{"y":"}]"}]},"v":1})", "1|"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Read(Reader(c.pointer).get(), c.record), IsOkAndHolds(c.found))
        << c.pointer << " in " << c.record;
  }
}

TEST(JsonFieldsTest, FindsValueAndTimeInAnyOrder) {
  const struct {
    absl::string_view value;
    absl::string_view time;
    absl::string_view record;
    std::string found;
  } kCases[] = {
      {"/v", "/t", R"({"v":1,"t":2})", "1|2"},
      {"/v", "/t", R"({"t":2,"x":{},"v":1})", "1|2"},
      {"/v", "/t", R"({"t":"2015-01-31","v":"1"})", "1|2015-01-31"},
      {"/v", "/t", R"({"t":"\u0041","v":"\u0042"})", "B|A"},
      {"/a/v", "/a/t", R"({"a":{"t":2,"v":1}})", "1|2"},
      {"/a/v", "/t", R"({"a":{"t":3,"v":1},"t":2})", "1|2"},
      {"/a/0", "/a/1", R"({"a":[1,2]})", "1|2"},
      {"/a/b/v", "/a/c/v", R"({"a":{"c":{"v":2},"b":{"v":1}}})", "1|2"},
      {"/v", "/v", R"({"v":5})", "5|5"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Read(Reader(c.value, c.time).get(), c.record),
                IsOkAndHolds(c.found))
        << c.record;
  }
}

TEST(JsonFieldsTest, RefusesWhatLacksTheMember) {
  const struct {
    absl::string_view pointer;
    absl::string_view record;
  } kCases[] = {
      {"/v", "{}"},
      {"/v", "[]"},
      {"/v", R"({"w":1})"},
      {"/v", R"(["v"])"},
      {"/a/b", R"({"a":1})"},
      {"/a/b", R"({"a":null})"},
      {"/a/b", R"({"a":"b"})"},
      {"/a/b", R"({"a":{}})"},
      {"/a/b", R"({"a":[1]})"},
      {"/1", "[1]"},
      {"/01", "[1,2]"},
      {"/-", "[1,2]"},
      {"/v", R"({"V":1})"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Read(Reader(c.pointer).get(), c.record),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(absl::StrCat("nothing at \"", c.pointer))))
        << c.record;
  }
  EXPECT_THAT(Read(Reader("/v", "/t").get(), R"({"v":1})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("nothing at \"/t\"")));
  EXPECT_THAT(Read(Reader("/v", "/v/x").get(), R"({"v":1})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("nothing at \"/v/x\"")));
}

TEST(JsonFieldsTest, RefusesOtherTypes) {
  for (const absl::string_view value :
       {"null",      "true", "false", "{}",       "[]",        "[1]",
        "{\"v\":1}", "01",   "-",     "+1",       "1.",        ".5",
        "0x1",       "1a",   "NaN",   "Infinity", "-Infinity", "nul",
        "bogus",     "'1'",  "1e",    "--1"}) {
    const std::string record = absl::StrCat("{\"v\":", value, ",\"w\":0}");
    EXPECT_THAT(Read(Reader("/v").get(), record),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << record;
  }
}

TEST(JsonFieldsTest, RefusesMembersMetTwice) {
  for (const absl::string_view record :
       {R"({"a":{"v":1},"a":{"v":2}})", R"({"a":{"v":1},"a":{}})",
        R"({"a":{},"a":{"v":1}})", R"({"a":{"v":1,"v":1}})",
        R"({"a":{"v":1,"\u0076":1}})", R"({"a":{"v":1},"a":null})"}) {
    EXPECT_THAT(
        Read(Reader("/a/v").get(), record),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(" twice")))
        << record;
  }
}

TEST(JsonFieldsTest, RefusesWhatIsNoDocument) {
  for (const absl::string_view record : {"",
                                         " ",
                                         "1",
                                         "\"v\"",
                                         "null",
                                         "bogus",
                                         "{",
                                         "}",
                                         "[",
                                         "{]",
                                         "{\"v\":1",
                                         "{\"v\":1]",
                                         "{\"v\":1,",
                                         "{\"v\":1,}",
                                         "{\"v\":}",
                                         "{\"v\"}",
                                         "{\"v\" 1}",
                                         "{v:1}",
                                         "{'v':1}",
                                         "{\"v\":1 \"w\":2}",
                                         "{\"v\":1}}",
                                         "{\"v\":1}{}",
                                         "{\"v\":1} {\"v\":2}",
                                         "{\"v\":1},",
                                         "{\"v\":1} x",
                                         "{\"v\":1,\"w\":[1,2}",
                                         "{\"v\":1,\"w\":{\"x\":1}",
                                         "{\"v\":1,\"w",
                                         "{\"v\":1,\"w\":\"",
                                         "{\"v\":1,\"w\":\"\\",
                                         "{\"v\":1,\"w\":bogus}",
                                         "{\"v\":1,\"w\":truer}",
                                         "{\"v\":1,\"w\":01}",
                                         "{\"v\":1,\"w\":-}",
                                         "{\"v\":1,\"w\":[1 2]}",
                                         "{\"v\":1,\"w\":[1,]}",
                                         "{\"v\":1,\"w\":[,1]}",
                                         "{\"v\":1,\"w\":{1:2}}",
                                         "{\"v\":1,\f\"w\":2}",
                                         "{\"v\":\"\\x31\"}",
                                         "{\"v\":\"\\ud800\"}",
                                         "{\"v\":\"1\n\"}",
                                         "{\"v\":1,\"w\":\"\xff\"}",
                                         "{\"v\":1,\xff}",
                                         "\xEF\xBB\xBF{\"v\":1}",
                                         "\xff\xfe{",
                                         "1,2,3",
                                         "/* */{\"v\":1}",
                                         "{\"v\":1}//"}) {
    EXPECT_THAT(Read(Reader("/v").get(), record),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << record;
  }
  EXPECT_THAT(Read(Reader("/v").get(), absl::string_view("{\"v\":1}\0", 8)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(Reader("/v").get(), absl::string_view("\0{\"v\":1}", 8)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonFieldsTest, EveryTruncationIsRefused) {
  const std::string record =
      R"({"t":"2015-01-31","x":[1,{"y":"\"}"}],"a":[{"v":-12.5e1}],"z":null})";
  const std::unique_ptr<FieldReader> reader = Reader("/a/0/v", "/t");
  for (size_t size = 0; size < record.size(); ++size) {
    EXPECT_THAT(Read(reader.get(), record.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << record.substr(0, size);
  }
  EXPECT_THAT(Read(reader.get(), record), IsOkAndHolds("-12.5e1|2015-01-31"));
}

TEST(JsonFieldsTest, NestingIsLimited) {
  const std::unique_ptr<FieldReader> reader = Reader("/v");
  const auto nested = [](int levels) {
    return absl::StrCat("{\"a\":", std::string(levels, '['),
                        std::string(levels, ']'), ",\"v\":1}");
  };
  EXPECT_THAT(Read(reader.get(), nested(255)), IsOkAndHolds("1|"));
  for (const int levels : {256, 1000, 1000000}) {
    EXPECT_THAT(Read(reader.get(), nested(levels)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("where less nesting should be")));
  }
  EXPECT_THAT(Read(reader.get(), std::string(1000000, '[')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"v\":";
  EXPECT_THAT(Read(reader.get(), objects),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(JsonFieldsTest, LargeAndSmallDocumentsInTurn) {
  const std::unique_ptr<FieldReader> reader = Reader("/v", "/t");
  const std::string filler(1 << 20, 'x');
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Read(reader.get(),
                     absl::StrCat("{\"v\":1,\"x\":\"", filler, "\",\"t\":2}")),
                IsOkAndHolds("1|2"));
    EXPECT_THAT(Read(reader.get(), R"({"t":4,"v":3})"), IsOkAndHolds("3|4"));
    const absl::StatusOr<std::string> bad =
        Read(reader.get(), absl::StrCat("{\"v\":\"", filler));
    EXPECT_THAT(bad, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_LT(bad.status().message().size(), 300u);
  }
}

TEST(JsonFieldsTest, ErrorsSayWhere) {
  EXPECT_THAT(Read(Reader("/v").get(), R"({"v": 1 "w": 2})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "not valid JSON at byte 8, where ',' or '}' should be, "
                       R"(in "{\"v\": 1 \"w\": 2}")"));
}

// A record found wanting must leave nothing to the next.
TEST(JsonFieldsTest, RecordsDoNotTouchEachOther) {
  const std::unique_ptr<FieldReader> reader = Reader("/v", "/t");
  EXPECT_THAT(Read(reader.get(), R"({"v":1,"t":2})"), IsOkAndHolds("1|2"));
  EXPECT_THAT(Read(reader.get(), R"({"v":1})"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(reader.get(), R"({"t":2})"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(reader.get(), "{\"v\":1,"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Read(reader.get(), R"({"v":5,"t":6})"), IsOkAndHolds("5|6"));
}

}  // namespace
}  // namespace exactmean
