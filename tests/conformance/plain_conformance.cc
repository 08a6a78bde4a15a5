// The contract without transactions: what is written is there, in order; and
// offsets are committed by members alone, one commit at a time.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using CommitWhen = InputLog::CommitWhen;

std::unique_ptr<Transaction> OpenPlain(LogWorld* world,
                                       LogWorld::Writer writer) {
  writer.transactional = false;
  writer.id = world->Unique("plain");
  auto plain = world->NewTransaction(writer);
  absl::Status opened = absl::UnavailableError("not yet");
  while (absl::IsUnavailable(opened)) opened = plain->Open(absl::Seconds(5));
  EXPECT_THAT(opened, IsOk());
  return plain;
}

TEST_P(LogConformanceTest, PlainWriterIsVisibleAndInOrder) {
  auto plain = OpenPlain(world_.get(), NewWriter());
  std::vector<std::string> want;
  for (int step = 0; step < 3; ++step) {
    ASSERT_THAT(plain->Begin(), IsOk());
    for (int i = 0; i < 20; ++i) {
      want.push_back(absl::StrCat(step, ".", i));
      ASSERT_THAT(plain->Write(Destination::kResults, kP0, "k", want.back()),
                  IsOk());
    }
    ASSERT_THAT(plain->Commit(), IsOk());
    // All of it, and no marker after it.
    const auto log = world_->NewResults(results_);
    EXPECT_THAT(log->EndOffset(kP0),
                IsOkAndHolds(Offset(static_cast<int64_t>(want.size()))));
    EXPECT_THAT(Values(ReadAll(results_, kP0)),
                testing::ElementsAreArray(want));
  }
}

TEST_P(LogConformanceTest, PlainWriterWritesTombstonesWithHeaders) {
  auto plain = OpenPlain(world_.get(), NewWriter());
  ASSERT_THAT(plain->Begin(), IsOk());
  OwnedRecord record;
  record.key = "k";
  record.headers = {{"exactmean.offset", "7"}};
  record.timestamp_ms = 0;
  ASSERT_THAT(plain->WriteRecord(Destination::kResults, kP0, record), IsOk());
  ASSERT_THAT(plain->Commit(), IsOk());
  const auto read = ReadAll(results_, kP0);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_FALSE(read[0].value.has_value());
  EXPECT_TRUE(read[0].headers == record.headers);
}

TEST_P(LogConformanceTest, PlainWriterTakesNothingBack) {
  auto plain = OpenPlain(world_.get(), NewWriter());
  ASSERT_THAT(plain->Begin(), IsOk());
  EXPECT_THAT(plain->Abort(), IsOk()) << "nothing was written";
  ASSERT_THAT(plain->Begin(), IsOk());
  ASSERT_THAT(plain->Write(Destination::kResults, kP0, "k", "v"), IsOk());
  EXPECT_THAT(plain->Abort(), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_THAT(plain->Begin(), StatusIs(absl::StatusCode::kUnknown))
      << "before it is opened again";
  EXPECT_THAT(plain->Open(absl::Seconds(10)), IsOk());
  EXPECT_THAT(plain->Begin(), IsOk());
  ASSERT_THAT(plain->Write(Destination::kResults, kP0, "k", "w"), IsOk());
  EXPECT_THAT(plain->Commit(), IsOk());
}

// Waits for the outcome of the commit under way.
absl::Status Outcome(InputLog* log) {
  absl::Status outcome = absl::UnavailableError("not asked");
  for (int i = 0; i < 100 && absl::IsUnavailable(outcome); ++i) {
    outcome = log->OffsetsCommitted(absl::Milliseconds(100));
  }
  return outcome;
}

TEST_P(LogConformanceTest, InputLogCommitsOffsets) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  for (const int64_t next : {3, 7}) {
    ASSERT_THAT(
        member->log->CommitOffsets(
            {{kP0, Offset(next)}, {kP1, Offset(next + 1)}}, CommitWhen::kNow),
        IsOk());
    EXPECT_THAT(Outcome(member->log.get()), IsOk());
    EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(next));
    EXPECT_EQ(CommittedOffset(member.get(), kP1), Offset(next + 1));
  }
}

TEST_P(LogConformanceTest, InputLogCommitsOneAtATime) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_THAT(member->log->CommitOffsets({{kP0, Offset(3)}}, CommitWhen::kNow),
              IsOk());
  EXPECT_THAT(member->log->CommitOffsets({{kP0, Offset(4)}}, CommitWhen::kNow),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(Outcome(member->log.get()), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(3));
}

TEST_P(LogConformanceTest, InputLogCommitsOfWhoWasForgottenAreRefused) {
  auto a = Join("a", "", false, /*forgettable=*/true);
  ASSERT_TRUE(PollUntilShared({a.get()}));
  ASSERT_THAT(a->log->CommitOffsets({{kP0, Offset(3)}}, CommitWhen::kNow),
              IsOk());
  ASSERT_THAT(Outcome(a->log.get()), IsOk());
  world_->Forget(a->spec);
  auto b = Join("b");
  ASSERT_TRUE(PollUntilShared({b.get()}));
  // It may know by now, or be told by the answer.
  const absl::Status begun =
      a->log->CommitOffsets({{kP0, Offset(9)}}, CommitWhen::kNow);
  if (begun.ok()) {
    EXPECT_THAT(Outcome(a->log.get()), StatusIs(absl::StatusCode::kAborted));
  } else {
    EXPECT_THAT(begun, StatusIs(absl::StatusCode::kAborted));
  }
  EXPECT_EQ(CommittedOffset(b.get(), kP0), Offset(3));
}

}  // namespace
}  // namespace exactmean
