// Tests of decoders as the run loop uses them, and of any bytes at all.

#include "processor/decoder/decoder.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/decoder/source_spec.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::AllOf;
using testing::Field;
using testing::HasSubstr;

SourceSpec Json(TimeFormat format = TimeFormat::kRecordTimestamp) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kJson;
  spec.value_pointer = "/value";
  spec.time_pointer = "/ts";
  spec.time_format = format;
  return spec;
}

SourceSpec Csv(TimeFormat format = TimeFormat::kRecordTimestamp) {
  SourceSpec spec;
  spec.format = SourceSpec::Format::kCsv;
  spec.value_column = 2;
  spec.time_column = 1;
  spec.time_format = format;
  return spec;
}

absl::StatusOr<Sample> Decode(const SourceSpec& spec,
                              absl::optional<absl::string_view> value,
                              int64_t timestamp_ms = 5) {
  LogRecord record;
  record.timestamp_ms = timestamp_ms;
  record.value = value;
  return MakeDecoder(spec)->Decode(record);
}

testing::Matcher<Sample> IsSample(double value, int64_t micros) {
  return AllOf(Field("value", &Sample::value, value),
               Field("time", &Sample::time, EventTime(micros)));
}

TEST(DecoderTest, Number) {
  EXPECT_THAT(Decode(SourceSpec(), "12.5"), IsOkAndHolds(IsSample(12.5, 5000)));
  EXPECT_THAT(Decode(SourceSpec(), " -3\n"), IsOkAndHolds(IsSample(-3, 5000)));
  EXPECT_THAT(Decode(SourceSpec(), "12,5"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "value \"12,5\" is not a decimal number"));
  EXPECT_THAT(Decode(SourceSpec(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DecoderTest, Json) {
  EXPECT_THAT(Decode(Json(), R"({"value": 512.25, "ts": 1700000000000})"),
              IsOkAndHolds(IsSample(512.25, 5000)));
  EXPECT_THAT(Decode(Json(TimeFormat::kEpochMillis),
                     R"({"value": "512.25", "ts": 1700000000000})"),
              IsOkAndHolds(IsSample(512.25, 1700000000000000)));
  EXPECT_THAT(Decode(Json(TimeFormat::kEpochSeconds),
                     R"({"ts": "1700000000.25", "value": 1})"),
              IsOkAndHolds(IsSample(1, 1700000000250000)));
  EXPECT_THAT(
      Decode(Json(TimeFormat::kEpochMicros), R"({"ts": -1, "value": 1})"),
      IsOkAndHolds(IsSample(1, -1)));
  EXPECT_THAT(Decode(Json(TimeFormat::kIso8601),
                     R"({"ts": "2015-01-31T16:00:00.25Z", "value": 1})"),
              IsOkAndHolds(IsSample(1, 1422720000250000)));
}

TEST(DecoderTest, Csv) {
  EXPECT_THAT(Decode(Csv(), "x,7.5"), IsOkAndHolds(IsSample(7.5, 5000)));
  EXPECT_THAT(Decode(Csv(TimeFormat::kIso8601), "2015-01-31,\"7.5\",z\r\n"),
              IsOkAndHolds(IsSample(7.5, 1422662400000000)));
}

// Of the record itself: 5 ms.
TEST(DecoderTest, ATimeTooFarAheadOfTheRecordIsBad) {
  SourceSpec spec = Json(TimeFormat::kEpochMillis);
  spec.max_ahead_us = 2000;
  const auto at = [](int ms) {
    return absl::StrCat("{\"value\": 1, \"ts\": ", ms, "}");
  };
  EXPECT_THAT(Decode(spec, at(7)), IsOkAndHolds(IsSample(1, 7000)));
  EXPECT_THAT(Decode(spec, at(-900000)), IsOk());
  EXPECT_THAT(Decode(spec, at(8)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("1970-01-01T00:00:00.008+00:00"),
                             HasSubstr("input.event_time.max_ahead"))));
  EXPECT_THAT(Decode(spec, at(8), /*timestamp_ms=*/-1), IsOk());
  spec.time_format = TimeFormat::kRecordTimestamp;
  EXPECT_THAT(Decode(spec, at(8)), IsOkAndHolds(IsSample(1, 5000)));
}

TEST(DecoderTest, BadRecordsSayWhy) {
  const struct {
    SourceSpec spec;
    absl::string_view value;
    absl::string_view why;
  } kCases[] = {
      {Json(), R"({"value": 1e999})", "value \"1e999\" is too large"},
      {Json(), R"({"value": -123456789e400})", "is too large"},
      {Json(), R"({"value": "abc"})", "value \"abc\" is not a decimal"},
      {Json(), R"({"value": null})", "neither a number nor a string at"},
      {Json(), R"({"val": 1})", "nothing at \"/value\", in \"{\\\"val\\\""},
      {Json(), R"({"value": 1)", "not valid JSON"},
      {Json(TimeFormat::kIso8601), R"({"value":1,"ts":"yesterday"})",
       "time \"yesterday\" is no ISO 8601 time"},
      {Json(TimeFormat::kEpochSeconds), R"({"value":1,"ts":1700000000000})",
       "is its unit right?"},
      {Json(TimeFormat::kEpochSeconds), R"({"value":1})", "nothing at \"/ts\""},
      {Csv(), "1", "no column 2"},
      {Csv(), "date,close", "value \"close\" is not a decimal number"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Decode(c.spec, c.value),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(std::string(c.why))))
        << c.value;
  }
}

TEST(DecoderTest, NullAndUntimedRecordsAreBad) {
  for (const SourceSpec& spec : {Json(), Csv(), SourceSpec()}) {
    EXPECT_THAT(Decode(spec, absl::nullopt),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "the record's value is null"));
  }
  EXPECT_THAT(Decode(SourceSpec(), "1", -1),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the record has no timestamp"));
  // A record's timestamp is not asked for when a field has the time.
  EXPECT_THAT(Decode(Csv(TimeFormat::kEpochMillis), "-1000,2", -1),
              IsOkAndHolds(IsSample(2, -1000000)));
}

std::vector<SourceSpec> AllSpecs() {
  std::vector<SourceSpec> specs = {SourceSpec()};
  for (const TimeFormat format :
       {TimeFormat::kRecordTimestamp, TimeFormat::kEpochSeconds,
        TimeFormat::kEpochMillis, TimeFormat::kEpochMicros,
        TimeFormat::kIso8601}) {
    specs.push_back(Json(format));
    specs.push_back(Csv(format));
  }
  return specs;
}

// What holds for any bytes: a sound sample, or one line saying why not; and the
// same from a decoder that has seen everything before.
void CheckAnyBytes(const SourceSpec& spec, Decoder* used,
                   absl::string_view bytes) {
  LogRecord record;
  record.timestamp_ms = 1;
  record.value = bytes;
  const absl::StatusOr<Sample> sample = used->Decode(record);
  const absl::StatusOr<Sample> again = MakeDecoder(spec)->Decode(record);
  ASSERT_EQ(sample.status(), again.status());
  if (sample.ok()) {
    ASSERT_TRUE(std::isfinite(sample->value));
    ASSERT_EQ(sample->value, again->value);
    ASSERT_EQ(sample->time, again->time);
    return;
  }
  ASSERT_THAT(sample, StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_LE(sample.status().message().size(), 300u);
  for (const char c : sample.status().message()) {
    ASSERT_TRUE(absl::ascii_isprint(c)) << sample.status();
  }
}

TEST(DecoderPropertyTest, RandomBytesAreAnsweredSoundly) {
  std::mt19937_64 random(1);
  const std::string likely = "{}[]\",:\\0123456789.+-eETZ \nvaluets\xff";
  for (const SourceSpec& spec : AllSpecs()) {
    const std::unique_ptr<Decoder> used = MakeDecoder(spec);
    for (int i = 0; i < 3000; ++i) {
      std::string bytes(random() % 64, '\0');
      const bool any = random() % 2 == 0;
      for (char& c : bytes) {
        c = any ? static_cast<char>(random())
                : likely[random() % likely.size()];
      }
      CheckAnyBytes(spec, used.get(), bytes);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(DecoderPropertyTest, DamagedRecordsAreAnsweredSoundly) {
  std::mt19937_64 random(2);
  const std::vector<std::string> sound = {
      R"({"value": 512.25, "ts": 1700000000000})",
      R"({"x":[1,{"value":"\u0031"}],"ts":"2015-01-31","value":"1e5"})",
      "2015-01-31T16:00:00Z,\"12.5\",\"a\"\"b\"\r\n", "1700000000.25,1e5"};
  for (const SourceSpec& spec : AllSpecs()) {
    const std::unique_ptr<Decoder> used = MakeDecoder(spec);
    for (int i = 0; i < 3000; ++i) {
      std::string bytes = sound[random() % sound.size()];
      for (int damage = random() % 4; damage >= 0; --damage) {
        const size_t at = random() % bytes.size();
        switch (random() % 3) {
          case 0:
            bytes[at] = static_cast<char>(random());
            break;
          case 1:
            bytes.erase(at, 1);
            break;
          default:
            bytes.insert(at, 1, bytes[random() % bytes.size()]);
        }
      }
      CheckAnyBytes(spec, used.get(), bytes);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(DecoderPropertyTest, PrintedNumbersComeBackBitEqual) {
  std::mt19937_64 random(3);
  const std::unique_ptr<Decoder> json = MakeDecoder(Json());
  const std::unique_ptr<Decoder> csv = MakeDecoder(Csv());
  const std::unique_ptr<Decoder> number = MakeDecoder(SourceSpec());
  for (int i = 0; i < 50000; ++i) {
    double x;
    const uint64_t bits = random();
    std::memcpy(&x, &bits, sizeof(x));
    if (!std::isfinite(x)) continue;
    const std::string text = absl::StrFormat("%.17g", x);
    const std::string values[] = {absl::StrCat("{\"value\":", text, "}"),
                                  absl::StrCat("a,", text), text};
    Decoder* const decoders[] = {json.get(), csv.get(), number.get()};
    for (int d = 0; d < 3; ++d) {
      LogRecord record;
      record.timestamp_ms = 0;
      record.value = values[d];
      const absl::StatusOr<Sample> sample = decoders[d]->Decode(record);
      ASSERT_THAT(sample, IsOk()) << values[d];
      ASSERT_EQ(std::memcmp(&sample->value, &x, sizeof(x)), 0) << values[d];
    }
  }
}

}  // namespace
}  // namespace exactmean
