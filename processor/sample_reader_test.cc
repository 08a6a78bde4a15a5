// What a step is told, and what is made of what it says.

#include "processor/sample_reader.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Answer = absl::StatusOr<absl::optional<Sample>>;

class CallStep : public Step {
 public:
  explicit CallStep(std::function<Answer(const StepRecord&)> call)
      : call_(std::move(call)) {}
  Answer Apply(const StepRecord& record) override { return call_(record); }

 private:
  std::function<Answer(const StepRecord&)> call_;
};

LogRecord Record(absl::string_view value) {
  LogRecord record;
  record.partition = Partition(2);
  record.offset = Offset(7);
  record.timestamp_ms = 5;
  record.key = "EUR";
  record.value = value;
  record.read_headers = [](const void*) -> absl::StatusOr<Headers> {
    return Headers{{"h", "1"}};
  };
  return record;
}

Answer Read(absl::string_view value,
            std::function<Answer(const StepRecord&)> call) {
  Reading reading;
  reading.source.format = SourceSpec::Format::kNumber;
  reading.step.name = "s";
  reading.linked["s"] =
      [&](const StepSpec&) -> absl::StatusOr<std::unique_ptr<Step>> {
    return std::make_unique<CallStep>(call);
  };
  auto reader = MakeSampleReader(reading);
  EXPECT_THAT(reader, IsOk());
  return reader->Read(Record(value));
}

TEST(SampleReaderTest, AStepIsToldAllOfTheRecord) {
  const Answer answer = Read("1.5", [](const StepRecord& record) -> Answer {
    EXPECT_EQ(record.key, "EUR");
    EXPECT_EQ(record.value, "1.5");
    EXPECT_EQ(record.timestamp_ms, 5);
    EXPECT_EQ(record.partition, Partition(2));
    EXPECT_EQ(record.offset, Offset(7));
    EXPECT_THAT(record.decoded, IsOk());
    EXPECT_THAT(record.headers(), IsOk());
    EXPECT_EQ(record.headers()->at(0).name, "h");
    return Sample{record.decoded->value * 2, record.decoded->time};
  });
  ASSERT_THAT(answer, IsOk());
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->value, 3.0);
  EXPECT_EQ((*answer)->time, EventTime(5000));
}

TEST(SampleReaderTest, NothingIsNoError) {
  const Answer answer =
      Read("1", [](const StepRecord&) -> Answer { return absl::nullopt; });
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->has_value());
}

TEST(SampleReaderTest, WhatTheDecoderCannotReadTheStepMay) {
  const Answer answer = Read("three", [](const StepRecord& record) -> Answer {
    EXPECT_THAT(record.decoded, StatusIs(absl::StatusCode::kInvalidArgument));
    return Sample{3, EventTime(0)};
  });
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ((*answer)->value, 3.0);
}

TEST(SampleReaderTest, WhoIsToBlameForABadRecord) {
  const Answer passed_on =
      Read("three", [](const StepRecord& record) -> Answer {
        return record.decoded.status();
      });
  EXPECT_EQ(KindOf(passed_on.status()), BadRecordKind::kUndecodable);
  const Answer refused = Read("3", [](const StepRecord&) -> Answer {
    return absl::InvalidArgumentError("no such currency");
  });
  EXPECT_EQ(KindOf(refused.status()), BadRecordKind::kRefused);
  EXPECT_EQ(refused.status().message(), "no such currency");
}

TEST(SampleReaderTest, ErrorsByConsequence) {
  const auto error = [](const absl::Status& said) {
    return Read("1", [&](const StepRecord&) -> Answer { return said; })
        .status();
  };
  const absl::Status later = error(absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(later));
  EXPECT_FALSE(IsStop(later));
  // Even if it says so itself.
  EXPECT_FALSE(
      IsStop(error(Stop(StopReason::kFenced, absl::UnavailableError("down")))));
  const absl::Status fatal = error(absl::UnauthenticatedError("who?"));
  EXPECT_EQ(ReasonOf(fatal), StopReason::kStep);
  EXPECT_THAT(fatal.message(),
              AllOf(HasSubstr("UNAUTHENTICATED"), HasSubstr("who?")));
}

TEST(SampleReaderTest, OfWhatWasGivenUpTheStepIsNotAsked) {
  Reading reading;
  reading.source.format = SourceSpec::Format::kNumber;
  reading.step.name = "s";
  int asked = 0;
  reading.linked["s"] =
      [&](const StepSpec&) -> absl::StatusOr<std::unique_ptr<Step>> {
    return std::make_unique<CallStep>([&](const StepRecord& record) -> Answer {
      ++asked;
      return *record.decoded;
    });
  };
  reading.given_up = []() -> absl::StatusOr<GivenUp> {
    return GivenUp{{Partition(2), {Offset(7)}}};
  };
  auto reader = MakeSampleReader(reading);
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ(KindOf(reader->Read(Record("1")).status()),
            BadRecordKind::kGivenUp);
  EXPECT_EQ(asked, 0);
  LogRecord next = Record("1");
  next.offset = Offset(8);
  EXPECT_THAT(reader->Read(next), IsOk());
  LogRecord other = Record("1");
  other.partition = Partition(1);
  EXPECT_THAT(reader->Read(other), IsOk());
  EXPECT_EQ(asked, 2);
  reading.given_up = []() -> absl::StatusOr<GivenUp> {
    return absl::UnavailableError("no letters");
  };
  EXPECT_EQ(MakeSampleReader(reading).status().message(), "no letters");
}

TEST(SampleReaderTest, AStepThatIsNotLinkedIsNamed) {
  Reading reading;
  reading.step.name = "usd";
  reading.linked["eur"] = nullptr;
  const absl::Status status = MakeSampleReader(reading).status();
  EXPECT_EQ(ReasonOf(status), StopReason::kNoStep);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("\"usd\""), HasSubstr("linked: \"eur\"")));
}

TEST(SampleReaderTest, AFactoryMayRefuseItsProperties) {
  Reading reading;
  reading.step.name = "s";
  reading.linked["s"] =
      [](const StepSpec&) -> absl::StatusOr<std::unique_ptr<Step>> {
    return absl::InvalidArgumentError("property \"to\" is missing");
  };
  const absl::Status status = MakeSampleReader(reading).status();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig);
  EXPECT_THAT(status.message(), HasSubstr("\"to\" is missing"));
  reading.linked["s"] =
      [](const StepSpec&) -> absl::StatusOr<std::unique_ptr<Step>> {
    return nullptr;
  };
  EXPECT_EQ(ReasonOf(MakeSampleReader(reading).status()),
            StopReason::kInternal);
}

TEST(StepTest, DescribesWhatResultsDependOn) {
  EXPECT_EQ(Describe(StepSpec()), "");
  StepSpec spec;
  spec.name = "usd";
  spec.properties = {{"to", "USD"}, {"a", "x\"y"}};
  spec.options = {{"url", "http://here"}};
  EXPECT_EQ(Describe(spec), R"(usd "a"="x\"y" "to"="USD")");
}

}  // namespace
}  // namespace exactmean
