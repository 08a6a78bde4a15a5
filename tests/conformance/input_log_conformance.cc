// The contract of InputLog as a reader: positions, pauses, ranges.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST_P(LogConformanceTest, InputIsAssignedWholeAndPaused) {
  for (int i = 0; i < 3; ++i) Produce(input_, kP0, "v");
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_TRUE(PollQuietly({member.get()}));
  EXPECT_TRUE(member->delivered.empty()) << "nothing before ResumeAt";
  ASSERT_THAT(Resume(member.get(), kP0, Offset(0)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 3));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(0, 1, 2));
}

TEST_P(LogConformanceTest, InputResumesExactly) {
  for (int i = 0; i < 6; ++i) Produce(input_, kP0, "v");
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_THAT(Resume(member.get(), kP0, Offset(4)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 2));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(4, 5));

  // Back, and on at the very end.
  ASSERT_THAT(member->log->Pause(kP0), IsOk());
  member->delivered.clear();
  ASSERT_THAT(Resume(member.get(), kP0, Offset(2)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 4));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(2, 3, 4, 5));
  ASSERT_THAT(member->log->Pause(kP0), IsOk());
  member->delivered.clear();
  ASSERT_THAT(Resume(member.get(), kP0, Offset(6)), IsOk());
  ASSERT_TRUE(PollQuietly({member.get()}));
  EXPECT_THAT(member->Offsets(kP0), IsEmpty());
  Produce(input_, kP0, "v");
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 1));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(6));
}

TEST_P(LogConformanceTest, InputPausedDeliversNothing) {
  const int kRecords = 20000;
  world_->ProduceMany(input_, kP0, kRecords);
  world_->ProduceMany(input_, kP1, kRecords);
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_THAT(Resume(member.get(), kP0, Offset(0)), IsOk());
  ASSERT_THAT(Resume(member.get(), kP1, Offset(0)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 1));
  // With more of it on its way, not one comes after Pause.
  ASSERT_THAT(member->log->Pause(kP0), IsOk());
  const std::vector<int64_t> before = member->Offsets(kP0);
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP1, kRecords));
  ASSERT_TRUE(PollQuietly({member.get()}));
  EXPECT_EQ(member->Offsets(kP0), before);

  // Resumed where it was left, nothing is missing.
  ASSERT_THAT(Resume(member.get(), kP0, Offset(before.back() + 1)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, kRecords));
  EXPECT_EQ(member->Offsets(kP0).back(), kRecords - 1);
  EXPECT_EQ(member->Offsets(kP0).size(), size_t{kRecords});
}

TEST_P(LogConformanceTest, InputIsReadCommitted) {
  Produce(input_, kP0, "a");
  auto aborted = world_->BeginForeign();
  aborted->Write(input_, kP0, "k", "no");
  auto open = world_->BeginForeign();
  open->Write(input_, kP0, "k", "b");
  aborted->Abort();
  Produce(input_, kP0, "c");
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_THAT(Resume(member.get(), kP0, Offset(0)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 1));
  ASSERT_TRUE(PollQuietly({member.get()}));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(0));
  open->Commit();
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 3));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(0, 2, 4));
}

TEST_P(LogConformanceTest, InputDeliversKeysValuesAndTimestampsAsWritten) {
  world_->Produce(input_, kP0, "key", absl::nullopt, 1234);
  world_->Produce(input_, kP0, absl::nullopt, "", 1235);
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_THAT(Resume(member.get(), kP0, Offset(0)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 2));
  const std::vector<ReadRecord>& read = member->delivered[kP0];
  EXPECT_THAT(read[0].key, Optional(std::string("key")));
  EXPECT_EQ(read[0].value, absl::nullopt);
  EXPECT_EQ(read[0].timestamp_ms, 1234);
  EXPECT_EQ(read[1].key, absl::nullopt);
  EXPECT_THAT(read[1].value, Optional(std::string()));
}

TEST_P(LogConformanceTest, InputReadAtStepsOverGaps) {
  Produce(input_, kP0, "a");              // 0
  auto foreign = world_->BeginForeign();  // 1, marker at 2
  foreign->Write(input_, kP0, "k", "no");
  foreign->Abort();
  foreign = world_->BeginForeign();  // 3, marker at 4
  foreign->Write(input_, kP0, "k", "b");
  foreign->Commit();
  auto member = Join("a");
  InputLog* log = member->log.get();
  const auto value_at = [&](int64_t offset) -> std::string {
    const auto read = log->ReadAt(kP0, Offset(offset));
    if (!read.ok()) return read.status().ToString();
    if (!read->has_value()) return "none";
    EXPECT_EQ((*read)->partition, kP0);
    return absl::StrCat((*read)->offset.value(), ":",
                        (*read)->value.value_or("null"));
  };
  EXPECT_EQ(value_at(0), "0:a");
  EXPECT_EQ(value_at(1), "3:b");
  EXPECT_EQ(value_at(2), "3:b");
  EXPECT_EQ(value_at(3), "3:b");
  EXPECT_EQ(value_at(4), "none") << "only a marker follows";
  EXPECT_EQ(value_at(5), "none") << "the end";
  EXPECT_THAT(log->ReadAt(kP0, Offset(6)),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(log->ReadAt(Partition(kPartitions), Offset(0)),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(value_at(0), "0:a") << "after an error";
}

TEST_P(LogConformanceTest, InputReadAtDoesNotMoveThePosition) {
  for (int i = 0; i < 4; ++i) Produce(input_, kP0, "v");
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  ASSERT_THAT(Resume(member.get(), kP0, Offset(2)), IsOk());
  EXPECT_THAT(member->log->ReadAt(kP0, Offset(0)), IsOk());
  ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, 2));
  EXPECT_THAT(member->log->ReadAt(kP0, Offset(1)), IsOk());
  ASSERT_TRUE(PollQuietly({member.get()}));
  EXPECT_THAT(member->Offsets(kP0), ElementsAre(2, 3));
}

TEST_P(LogConformanceTest, InputRangeIncludesWhatIsUndecided) {
  auto member = Join("a");
  const auto range = [&] {
    const auto r = member->log->Range(kP0);
    EXPECT_THAT(r, IsOk());
    if (!r.ok()) return std::string();
    return absl::StrCat(r->low.value(), " to ", r->high.value());
  };
  EXPECT_EQ(range(), "0 to 0");
  for (int i = 0; i < 3; ++i) Produce(input_, kP0, "v");
  auto foreign = world_->BeginForeign();
  foreign->Write(input_, kP0, "k", "v");
  EXPECT_EQ(range(), "0 to 4");
  foreign->Commit();
  EXPECT_EQ(range(), "0 to 5");
  world_->DeleteRecordsBefore(input_, kP0, Offset(2));
  EXPECT_EQ(range(), "2 to 5");
  EXPECT_THAT(member->log->Range(Partition(kPartitions)),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(LogConformanceTest, InputStableEndLiesBeforeWhatIsOpen) {
  auto member = Join("a");
  const auto stable = [&] {
    const auto end = member->log->StableEnd(kP0);
    EXPECT_THAT(end, IsOk());
    return end.ok() ? *end : Offset(-1);
  };
  EXPECT_EQ(stable(), Offset(0));
  Produce(input_, kP0, "v");
  auto open = world_->BeginForeign();
  open->Write(input_, kP0, "k", "v");
  Produce(input_, kP0, "v");
  EXPECT_EQ(stable(), Offset(1));
  open->Commit();
  // The leader's mark moves a moment after the marker is written.
  EXPECT_TRUE(world_->Eventually([&] { return stable() == Offset(4); }));
  EXPECT_THAT(member->log->StableEnd(Partition(kPartitions)),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(LogConformanceTest, InputFindsTimes) {
  for (const int64_t time : {1000, 3000, 2000, 4000}) {
    world_->Produce(input_, kP0, "k", "v", time);
  }
  auto member = Join("a");
  const auto find = [&](int64_t ms) {
    const auto found = member->log->FindTime(kP0, absl::FromUnixMillis(ms));
    EXPECT_THAT(found, IsOk());
    return found.ok() ? *found : absl::optional<Offset>();
  };
  EXPECT_EQ(find(0), Offset(0));
  EXPECT_EQ(find(1000), Offset(0));
  EXPECT_EQ(find(1001), Offset(1));
  EXPECT_EQ(find(3000), Offset(1));
  EXPECT_EQ(find(3001), Offset(3));
  EXPECT_EQ(find(4001), absl::nullopt) << "no record is as late";
  EXPECT_THAT(member->log->FindTime(Partition(kPartitions), absl::UnixEpoch()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(LogConformanceTest, InputDeletedRecordsAreOutOfRange) {
  for (int i = 0; i < 4; ++i) Produce(input_, kP0, "v");
  world_->DeleteRecordsBefore(input_, kP0, Offset(3));
  auto member = Join("a");
  EXPECT_THAT(member->log->ReadAt(kP0, Offset(2)),
              StatusIs(absl::StatusCode::kOutOfRange));
  ASSERT_TRUE(PollUntilShared({member.get()}));
  // Both ways are right: ResumeAt may know at once, or Poll find out.
  absl::Status status = Resume(member.get(), kP0, Offset(2));
  world_->Eventually([&] {
    if (status.ok()) status = Poll(member.get());
    return !status.ok();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_TRUE(member->delivered.empty()) << "no silent reset";
}

TEST_P(LogConformanceTest, InputBeyondTheEndIsOutOfRange) {
  Produce(input_, kP0, "v");
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  absl::Status status = Resume(member.get(), kP0, Offset(5));
  world_->Eventually([&] {
    if (status.ok()) status = Poll(member.get());
    return !status.ok();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_TRUE(member->delivered.empty()) << "no silent reset";
}

TEST_P(LogConformanceTest, InputMadeAnewIsAnotherTopic) {
  auto member = Join("a");
  const auto before = member->log->Describe();
  ASSERT_THAT(before, IsOk());
  world_->RecreateTopic(input_, kPartitions);
  EXPECT_TRUE(world_->Eventually([&] {
    const auto now = member->log->Describe();
    return now.ok() && now->id != before->id && now->partitions == kPartitions;
  }));
}

TEST_P(LogConformanceTest, InputKnowsWhatExists) {
  auto member = Join("a");
  const auto described = member->log->Describe();
  ASSERT_THAT(described, IsOk());
  EXPECT_EQ(described->partitions, kPartitions);
  const auto again = member->log->Describe();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->id, described->id);
  const auto none =
      world_->NewInput({world_->Unique("none"), group_, "none", "", false});
  EXPECT_THAT(none->Describe(), StatusIs(absl::StatusCode::kNotFound));
  // Both ways are right: Subscribe may know at once, or Poll find out.
  RecordingListener listener;
  absl::Status status = none->Subscribe(&listener);
  world_->Eventually([&] {
    if (status.ok()) status = none->Poll(absl::Milliseconds(20)).status();
    return !status.ok();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace exactmean
