// A dead letter taken apart is the record it was made of, whatever the record's
// own headers are.

#include "processor/dead_letter/dead_letter.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/bad_record.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char kBytes[] = "\0\xff\n";

OwnedRecord Record(Headers headers) {
  OwnedRecord record;
  record.key = std::string(kBytes, 3);
  record.headers = std::move(headers);
  record.timestamp_ms = 1234;
  return record;
}

DeadLetterOrigin Origin() {
  DeadLetterOrigin origin;
  origin.topic = "in";
  origin.partition = Partition(3);
  origin.offset = Offset(1);
  origin.timestamp_ms = 1234;
  origin.kind = std::string(ToString(BadRecordKind::kUndecodable));
  origin.error = "not a number: \"\xc3\xa4\"";
  origin.application = "app";
  origin.time = absl::FromUnixMillis(1700000000123);
  origin.attempts = 2;
  return origin;
}

// As those of a dead letter that became a record of another input.
Headers Nested() {
  return ToDeadLetter(Origin(), Record({{"a", "1"}})).headers;
}

TEST(DeadLetterTest, IsTakenApartAgain) {
  for (const Headers& headers :
       {Headers(), Headers{{"a", "1"}, {"a", absl::nullopt}, {"", ""}},
        Headers{{"exactmean.topic", "other"}, {"exactmean.attempts", "7"}},
        Nested()}) {
    const auto parsed =
        ParseDeadLetter(ToDeadLetter(Origin(), Record(headers)));
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(parsed->record.key, std::string(kBytes, 3));
    EXPECT_EQ(parsed->record.value, absl::nullopt);
    EXPECT_EQ(parsed->record.headers, headers);
    EXPECT_EQ(parsed->record.timestamp_ms, 1234);
    const DeadLetterOrigin& origin = parsed->origin;
    EXPECT_EQ(origin.topic, "in");
    EXPECT_EQ(origin.partition, Partition(3));
    EXPECT_EQ(origin.offset, Offset(1));
    EXPECT_EQ(origin.kind, "undecodable");
    EXPECT_EQ(origin.error, Origin().error);
    EXPECT_EQ(origin.application, "app");
    EXPECT_EQ(origin.time, Origin().time);
    EXPECT_EQ(origin.attempts, 2);
  }
}

TEST(DeadLetterTest, KeepsATimestampThatItsOwnRecordCannotHave) {
  OwnedRecord letter = ToDeadLetter(Origin(), Record({}));
  letter.timestamp_ms = 99;  // given by the broker
  const auto parsed = ParseDeadLetter(letter);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->record.timestamp_ms, 1234);
}

TEST(DeadLetterTest, WhatIsNoneIsRefused) {
  const OwnedRecord good = ToDeadLetter(Origin(), Record({{"a", "1"}}));
  const auto refused = [&](auto spoil) {
    OwnedRecord bad = good;
    spoil(&bad.headers);
    return ParseDeadLetter(bad).status();
  };
  const auto is_none = StatusIs(absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ParseDeadLetter(Record({})).status(), is_none);
  EXPECT_THAT(refused([](Headers* h) { h->pop_back(); }), is_none);
  EXPECT_THAT(refused([](Headers* h) { h->push_back({"z", "1"}); }), is_none);
  EXPECT_THAT(refused([](Headers* h) { h->back().value = "x"; }), is_none);
  EXPECT_THAT(refused([](Headers* h) { h->back().value = "0"; }), is_none);
  EXPECT_THAT(refused([](Headers* h) { h->back().value.reset(); }), is_none);
  EXPECT_THAT(refused([](Headers* h) { (*h)[2].value = "-1"; }), is_none);
  EXPECT_THAT(
      refused([](Headers* h) { (*h)[3].value = "9223372036854775807"; }),
      is_none);
  EXPECT_THAT(refused([](Headers* h) { (*h)[8].value = "today"; }), is_none);
}

TEST(DeadLetterTest, AttemptsGoAlongAndGrow) {
  EXPECT_EQ(AttemptsOf({}), 0);
  EXPECT_EQ(AttemptsOf({{"exactmean.attempts", "x"}}), 0);
  EXPECT_EQ(AttemptsOf({{"exactmean.attempts", "-3"}}), 0);
  const auto parsed = ParseDeadLetter(ToDeadLetter(
      Origin(), Record({{"exactmean.attempts", "1"}, {"a", "1"}})));
  ASSERT_THAT(parsed, IsOk());
  const OwnedRecord back = ToRedriven(*parsed);
  EXPECT_THAT(back.headers,
              ElementsAre(RecordHeader{"a", "1"},
                          RecordHeader{"exactmean.attempts", "2"}));
  EXPECT_EQ(AttemptsOf(back.headers), 2);
  EXPECT_EQ(back.timestamp_ms, 1234);
}

TEST(BadRecordTest, CarriesItsKind) {
  for (const BadRecordKind kind :
       {BadRecordKind::kNoKey, BadRecordKind::kKeyTooLong,
        BadRecordKind::kReservedKey, BadRecordKind::kOutOfRange}) {
    const absl::Status bad = BadRecord(kind, "why");
    EXPECT_THAT(bad.message(), HasSubstr("why"));
    EXPECT_EQ(KindOf(bad), kind);
  }
  EXPECT_EQ(KindOf(absl::InvalidArgumentError("a decoder's")),
            BadRecordKind::kUndecodable);
}

TEST(DeadLetterTest, OneThatWasGivenUpSaysAfterHowManyTries) {
  DeadLetterOrigin origin = Origin();
  origin.kind = std::string(ToString(BadRecordKind::kGivenUp));
  origin.tries = 7;
  const Headers own = {{"exactmean.tries", "of my own"}};
  OwnedRecord letter = ToDeadLetter(origin, Record(own));
  const auto parsed = ParseDeadLetter(letter);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->origin.tries, 7);
  EXPECT_EQ(parsed->origin.attempts, 2);
  EXPECT_EQ(parsed->record.headers, own);
  // Others do not have it.
  origin.kind = std::string(ToString(BadRecordKind::kRefused));
  const auto refused = ParseDeadLetter(ToDeadLetter(origin, Record(own)));
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->origin.tries, 0);
  EXPECT_EQ(refused->record.headers, own);
  // The record's own is not taken for it.
  letter.headers.erase(letter.headers.begin() + 1);
  EXPECT_THAT(ParseDeadLetter(letter).status().message(),
              HasSubstr("without its header exactmean.tries"));
}

}  // namespace
}  // namespace exactmean
