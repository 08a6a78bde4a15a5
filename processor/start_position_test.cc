// Each row of the table of starts.

#include "processor/start_position.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using Source = StartPosition::Source;

StartInput Given(absl::optional<int64_t> group,
                 absl::optional<int64_t> checkpoint) {
  StartInput input;
  if (group.has_value()) input.group = Offset(*group);
  if (checkpoint.has_value()) input.checkpoint = Offset(*checkpoint);
  input.range = {Offset(10), Offset(100)};
  return input;
}

void ExpectStart(const StartInput& input, int64_t offset, Source source) {
  const auto start = DecideStart(input);
  ASSERT_THAT(start, IsOk());
  EXPECT_EQ(start->offset, Offset(offset));
  EXPECT_EQ(start->source, source);
}

void ExpectRefused(const StartInput& input, const std::string& why) {
  const auto start = DecideStart(input);
  EXPECT_THAT(start, StatusIs(testing::_, HasSubstr(why)));
  EXPECT_EQ(ReasonOf(start.status()), StopReason::kState);
}

TEST(StartPositionTest, GroupAndCheckpointAgree) {
  ExpectStart(Given(50, 50), 50, Source::kBoth);
}

TEST(StartPositionTest, TheCheckpointStandsInForAnExpiredGroup) {
  ExpectStart(Given(absl::nullopt, 50), 50, Source::kCheckpoint);
}

StartInput Under(StartInput input, DeliveryMode mode, DeliveryMode written) {
  input.mode = mode;
  input.written = written;
  return input;
}

TEST(StartPositionTest, WithoutTransactionsTheGroupMayLagBehind) {
  for (const DeliveryMode written :
       {DeliveryMode::kAtLeastOnce, DeliveryMode::kAtMostOnce}) {
    for (const DeliveryMode mode :
         {DeliveryMode::kExactlyOnce, DeliveryMode::kAtLeastOnce,
          DeliveryMode::kAtMostOnce}) {
      ExpectStart(Under(Given(40, 50), mode, written), 50, Source::kAhead);
    }
  }
  ExpectRefused(Under(Given(40, 50), DeliveryMode::kAtLeastOnce,
                      DeliveryMode::kExactlyOnce),
                "somebody reset");
}

TEST(StartPositionTest, OnlyAtMostOnceGoesOnWhereTheGroupIs) {
  for (const DeliveryMode written :
       {DeliveryMode::kExactlyOnce, DeliveryMode::kAtLeastOnce,
        DeliveryMode::kAtMostOnce}) {
    const StartInput input =
        Under(Given(60, 50), DeliveryMode::kAtMostOnce, written);
    ExpectStart(input, 60, Source::kGroup);
    EXPECT_EQ(DecideStart(input)->lost, 10);
  }
  for (const DeliveryMode mode :
       {DeliveryMode::kExactlyOnce, DeliveryMode::kAtLeastOnce}) {
    ExpectRefused(Under(Given(60, 50), mode, DeliveryMode::kAtMostOnce),
                  "died before it had written the 10 records");
    ExpectRefused(Under(Given(60, 50), mode, DeliveryMode::kAtLeastOnce),
                  "somebody reset");
  }
}

TEST(StartPositionTest, AnOffsetThatWasResetIsRefused) {
  ExpectRefused(Given(40, 50),
                "committed offset is 40, but the state ends "
                "before offset 50");
  ExpectRefused(Given(60, 50), "60");
}

TEST(StartPositionTest, AGroupWithoutItsStateIsRefused) {
  ExpectRefused(Given(50, absl::nullopt), "holds no state");
}

TEST(StartPositionTest, AFreshStartIsAsConfigured) {
  StartInput input = Given(absl::nullopt, absl::nullopt);
  ExpectStart(input, 10, Source::kFresh);
  input.fresh = InputPosition::Latest();
  ExpectStart(input, 100, Source::kFresh);
}

TEST(StartPositionTest, AFreshStartAtATimeIsAtItsRecordOrTheEnd) {
  StartInput input = Given(absl::nullopt, absl::nullopt);
  input.fresh = InputPosition::At(absl::UnixEpoch());
  ExpectStart(input, 100, Source::kFresh);
  input.at_time = Offset(40);
  ExpectStart(input, 40, Source::kFresh);
  input.at_time = Offset(9);  // deleted since it was found
  ExpectStart(input, 10, Source::kFresh);
}

TEST(StartPositionTest, AFreshStartAtOffsetsNeedsOneThatIsThere) {
  StartInput input = Given(absl::nullopt, absl::nullopt);
  input.partition = Partition(1);
  for (const int64_t there : {10, 50, 100}) {
    input.fresh = InputPosition::At({{Partition(1), Offset(there)}});
    ExpectStart(input, there, Source::kFresh);
  }
  const auto refused = [&](int64_t partition, int64_t offset) {
    input.fresh = InputPosition::At(
        {{Partition(static_cast<int32_t>(partition)), Offset(offset)}});
    const auto start = DecideStart(input);
    EXPECT_EQ(ReasonOf(start.status()), StopReason::kConfig);
    return std::string(start.status().message());
  };
  EXPECT_THAT(refused(0, 50), HasSubstr("no offset for partition 1"));
  EXPECT_THAT(refused(1, 7),
              HasSubstr("3 records are deleted from there on. To go on without "
                        "them, start at 10"));
  EXPECT_THAT(refused(1, 101), HasSubstr("holds offsets 10 to 100: it is not"));
}

TEST(StartPositionTest, AnotherProgramsOffsetIsTakenOverOnlyWhenAskedFor) {
  StartInput input = Given(50, absl::nullopt);
  input.group_is_ours = false;
  ExpectRefused(input, "set input.start: \"committed\"");
  input.fresh = InputPosition::Committed();
  ExpectStart(input, 50, Source::kTakenOver);
  input.group = Offset(7);
  EXPECT_EQ(ReasonOf(DecideStart(input).status()), StopReason::kConfig);
  // A state that is lost stays lost.
  input.group = Offset(50);
  input.group_is_ours = true;
  ExpectRefused(input, "holds no state");
}

TEST(StartPositionTest, NoCommittedOffsetToTakeOverIsSaid) {
  StartInput input = Given(absl::nullopt, absl::nullopt);
  input.fresh = InputPosition::Committed();
  const auto start = DecideStart(input);
  EXPECT_EQ(ReasonOf(start.status()), StopReason::kConfig);
  EXPECT_THAT(start.status().message(), HasSubstr("committed nothing"));
}

TEST(StartPositionTest, WithAStateTheConfiguredStartDoesNotMatter) {
  StartInput input = Given(50, 50);
  input.fresh = InputPosition::At({{Partition(9), Offset(99)}});
  ExpectStart(input, 50, Source::kBoth);
  input.group.reset();
  input.fresh = InputPosition::Committed();
  ExpectStart(input, 50, Source::kCheckpoint);
}

TEST(StartPositionTest, RecordsDeletedUnreadAreAnError) {
  ExpectStart(Given(10, 10), 10, Source::kBoth);
  ExpectRefused(Given(9, 9), "1 record was deleted unread");
}

TEST(StartPositionTest, AnInputThatEndsTooEarlyIsAnotherInput) {
  ExpectStart(Given(100, 100), 100, Source::kBoth);
  ExpectRefused(Given(101, 101), "made again");
}

}  // namespace
}  // namespace exactmean
