// Every kind of bad record, under both policies.

#include "processor/record_handler.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
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
    return RecordHandler(MakeDecoder(source), policy, "prices");
  }

  // Under STOP it names the place and leaves the state; under SKIP it is
  // counted, and the next record is none the worse.
  void ExpectBad(absl::optional<absl::string_view> key,
                 absl::optional<absl::string_view> value,
                 const std::string& why) {
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
  }

  const Pipeline pipeline_{Spec(), {"app", "prices", 4}};
  PartitionState state_;
};

TEST_F(RecordHandlerTest, BadRecords) {
  ExpectBad(absl::nullopt, "1", "no key");
  ExpectBad("__exactmean/checkpoint", "1", "reserved");
  ExpectBad("__exactmean/", absl::nullopt, "reserved");
  ExpectBad(std::string(kMaxKeyBytes + 1, 'k'), "1", "longer than 65536");
  ExpectBad("a", "", "");
  ExpectBad("a", "abc", "abc");
  ExpectBad("a", "nan", "nan");
  ExpectBad("a", "inf", "inf");
  ExpectBad("a", "1e999", "1e999");
  ExpectBad("a", "1e200", "out of range");
  ExpectBad("a", std::string(1 << 20, '7'), "");
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
