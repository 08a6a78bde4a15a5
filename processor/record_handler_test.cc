// Every kind of bad record, under each policy.

#include "processor/record_handler.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/decoder/decoder.h"
#include "processor/sample_reader.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

StateSpec Spec() {
  StateSpec spec;
  spec.windows = {{"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

class RecordHandlerTest : public ::testing::Test {
 protected:
  RecordHandlerTest() : state_(&pipeline_, Partition(2)) {
    state_.StartEmpty(Offset(0));
  }

  static LogRecord Record(int64_t offset, absl::optional<absl::string_view> key,
                          absl::optional<absl::string_view> value) {
    LogRecord record;
    record.partition = Partition(2);
    record.offset = Offset(offset);
    record.timestamp_ms = 1000;
    record.key = key;
    record.value = value;
    return record;
  }

  static RecordHandler Handler(BadRecordPolicy policy) {
    SourceSpec source;
    source.format = SourceSpec::Format::kNumber;
    return RecordHandler(SampleReader(MakeDecoder(source)), policy, "prices",
                         "app",
                         [] { return absl::FromUnixSeconds(1700000000); });
  }

  // Under STOP it names the place and leaves the state; under SKIP it is
  // counted, and the next record is none the worse; under DEAD_LETTER it is
  // kept, too.
  void ExpectBad(absl::optional<absl::string_view> key,
                 absl::optional<absl::string_view> value,
                 const std::string& why,
                 BadRecordKind kind = BadRecordKind::kUndecodable) {
    const int64_t offset = state_.next_offset().value();
    RecordHandler stop = Handler(BadRecordPolicy::kStop);
    const absl::Status status =
        stop.Handle(Record(offset, key, value), &state_);
    EXPECT_EQ(ReasonOf(status), StopReason::kBadRecord) << status;
    EXPECT_THAT(status.message(),
                AllOf(HasSubstr("\"prices\", partition 2, offset " +
                                std::to_string(offset)),
                      HasSubstr(why)));
    EXPECT_EQ(state_.next_offset(), Offset(offset));

    RecordHandler skip = Handler(BadRecordPolicy::kSkip);
    const uint64_t skipped = state_.dispositions().skipped();
    const uint64_t applied = state_.dispositions().applied();
    EXPECT_THAT(skip.Handle(Record(offset, key, value), &state_), IsOk());
    EXPECT_EQ(state_.dispositions().skipped(), skipped + 1);
    EXPECT_THAT(skip.Handle(Record(offset + 1, "a", "1.5"), &state_), IsOk());
    EXPECT_EQ(state_.dispositions().applied(), applied + 1);

    RecordHandler keep = Handler(BadRecordPolicy::kDeadLetter);
    EXPECT_THAT(keep.Handle(Record(offset + 2, key, value), &state_), IsOk());
    EXPECT_THAT(keep.Handle(Record(offset + 3, "a", "1.5"), &state_), IsOk());
    EXPECT_EQ(state_.dispositions().applied(), applied + 2);
    const ChangeSet changes = state_.Changes("test");
    state_.MarkCommitted();
    ASSERT_EQ(changes.diverted().size(), 1u);
    const auto letter = ParseDeadLetter(changes.diverted()[0]->record);
    ASSERT_THAT(letter, IsOk());
    EXPECT_EQ(absl::optional<absl::string_view>(letter->record.key), key);
    EXPECT_EQ(absl::optional<absl::string_view>(letter->record.value), value);
    EXPECT_EQ(letter->record.timestamp_ms, 1000);
    EXPECT_EQ(letter->origin.topic, "prices");
    EXPECT_EQ(letter->origin.partition, Partition(2));
    EXPECT_EQ(letter->origin.offset, Offset(offset + 2));
    EXPECT_EQ(letter->origin.kind, ToString(kind));
    EXPECT_THAT(letter->origin.error, HasSubstr(why));
    EXPECT_EQ(letter->origin.application, "app");
    EXPECT_EQ(letter->origin.time, absl::FromUnixSeconds(1700000000));
    EXPECT_EQ(letter->origin.attempts, 1);
  }

  const Pipeline pipeline_{Spec(), {"app", "prices", 4}};
  PartitionState state_;
};

TEST_F(RecordHandlerTest, BadRecords) {
  ExpectBad(absl::nullopt, "1", "no key", BadRecordKind::kNoKey);
  ExpectBad("__exactmean/checkpoint", "1", "reserved",
            BadRecordKind::kReservedKey);
  ExpectBad("__exactmean/", absl::nullopt, "reserved",
            BadRecordKind::kReservedKey);
  ExpectBad(std::string(kMaxKeyBytes + 1, 'k'), "1", "longer than 65536",
            BadRecordKind::kKeyTooLong);
  ExpectBad("a", "", "");
  ExpectBad("a", "abc", "abc");
  ExpectBad("a", "nan", "nan");
  ExpectBad("a", "inf", "inf");
  ExpectBad("a", "1e999", "1e999");
  ExpectBad("a", "1e200", "value 1e+200 is out of range",
            BadRecordKind::kOutOfRange);
  ExpectBad("a", std::string(1 << 20, '7'), "");
}

TEST_F(RecordHandlerTest, ADeadLetterWhoseHeadersCannotBeReadSaysSo) {
  LogRecord record = Record(0, "a", "bad");
  record.read_headers = [](const void*) -> absl::StatusOr<Headers> {
    return absl::DataLossError("torn");
  };
  RecordHandler keep = Handler(BadRecordPolicy::kDeadLetter);
  ASSERT_THAT(keep.Handle(record, &state_), IsOk());
  const auto letter =
      ParseDeadLetter(state_.Changes("test").diverted().at(0)->record);
  ASSERT_THAT(letter, IsOk());
  EXPECT_EQ(letter->record.value, "bad");
  EXPECT_THAT(letter->origin.error, AllOf(HasSubstr("bad"), HasSubstr("torn")));
}

TEST_F(RecordHandlerTest, ANullValueDeletesTheKey) {
  RecordHandler handler = Handler(BadRecordPolicy::kStop);
  EXPECT_THAT(handler.Handle(Record(0, "a", "1"), &state_), IsOk());
  EXPECT_EQ(state_.live_keys(), 1u);
  EXPECT_THAT(handler.Handle(Record(1, "a", absl::nullopt), &state_), IsOk());
  EXPECT_EQ(state_.live_keys(), 0u);
}

}  // namespace
}  // namespace exactmean
