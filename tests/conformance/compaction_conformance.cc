// What compaction leaves, and what a reader makes of the holes: what every
// restore from a results topic leans on.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {

Offset LogConformanceTest::Put(const std::string& topic, const std::string& key,
                               absl::optional<absl::string_view> value) {
  return world_->Produce(topic, kP0, absl::string_view(key), value, 1000);
}

std::vector<ReadRecord> LogConformanceTest::Kept(const std::string& topic,
                                                 absl::optional<Offset> end) {
  std::vector<ReadRecord> records = ReadAll(topic, kP0, end);
  records.erase(
      std::remove_if(records.begin(), records.end(),
                     [](const ReadRecord& r) { return r.key == kRollKey; }),
      records.end());
  return records;
}

testing::AssertionResult LogConformanceTest::CompactTo(
    const std::string& topic, size_t count, absl::optional<Offset> end) {
  size_t kept = 0;
  const bool done = world_->Eventually([&] {
    world_->Compact(topic, kP0);
    kept = Kept(topic, end).size();
    return kept <= count;
  });
  if (done && kept == count) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << kept << " records are kept, not " << count;
}

namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Optional;

auto Holds(Offset offset, const std::string& key,
           const absl::optional<std::string>& value) {
  return testing::AllOf(Field("offset", &ReadRecord::offset, offset.value()),
                        Field("key", &ReadRecord::key, Optional(key)),
                        Field("value", &ReadRecord::value, value));
}

auto At(Offset offset) {
  return Field("offset", &ReadRecord::offset, offset.value());
}

// Its records are read to their end by ReadAll: the position steps over holes.
TEST_P(LogConformanceTest, ResultsCompactedKeepTheNewestOfEachKey) {
  world_->MakeCompacted(results_, Tombstones::kKept);
  Put(results_, "a", "old");
  Put(results_, "gone", "old");
  const Offset a = Put(results_, "a", "new");
  const Offset gone = Put(results_, "gone", absl::nullopt);
  const Offset kept = Put(results_, "kept", "v");
  auto foreign = world_->BeginForeign();
  foreign->Write(results_, kP0, "kept", "no");
  foreign->Abort();
  foreign = world_->BeginForeign();
  foreign->Write(results_, kP0, "b", "old");
  const Offset b = foreign->Write(results_, kP0, "b", "new");
  foreign->Commit();
  ASSERT_TRUE(CompactTo(results_, 4));
  EXPECT_THAT(
      Kept(results_),
      ElementsAre(Holds(a, "a", "new"), Holds(gone, "gone", absl::nullopt),
                  Holds(kept, "kept", "v"), Holds(b, "b", "new")));
}

TEST_P(LogConformanceTest, ResultsCompactedLoseTombstonesInTheEnd) {
  world_->MakeCompacted(results_, Tombstones::kDropped);
  Put(results_, "gone", "old");
  const Offset a = Put(results_, "a", "v");
  Put(results_, "gone", absl::nullopt);
  auto foreign = world_->BeginForeign();
  const Offset b = foreign->Write(results_, kP0, "b", "v");
  foreign->Commit();
  ASSERT_TRUE(CompactTo(results_, 2));
  EXPECT_THAT(Kept(results_),
              ElementsAre(Holds(a, "a", "v"), Holds(b, "b", "v")))
      << "without its marker a committed record stays one";
}

// A reader that waits at an open transaction, and what lies behind it goes;
// what lies beyond it does not count yet.
TEST_P(LogConformanceTest, ResultsCompactedStandWhereATransactionIsOpen) {
  const auto log = world_->NewResults(results_);
  ASSERT_THAT(log->Open(kP0), IsOk());
  const Offset a = Put(results_, "a", "1");
  Put(results_, "b", "1");
  const Offset b = Put(results_, "b", "2");
  ASSERT_TRUE(ReadTo(log.get(), kP0, Next(b)));
  EXPECT_THAT(Values(read_[kP0]), ElementsAre("1", "1", "2"));
  world_->MakeCompacted(results_, Tombstones::kKept);
  world_->Compact(results_, kP0);  // what follows is in another segment
  auto foreign = world_->BeginForeign();
  const Offset open = foreign->Write(results_, kP0, "c", "open");
  Put(results_, "a", "2");
  ASSERT_TRUE(ReadTo(log.get(), kP0, open));
  ASSERT_TRUE(CompactTo(results_, 2, open));
  EXPECT_THAT(Kept(results_, open),
              ElementsAre(Holds(a, "a", "1"), Holds(b, "b", "2")))
      << "the newer one lies beyond";
  read_[kP0].clear();
  foreign->Commit();
  ASSERT_TRUE(ReadTo(log.get(), kP0, EndOf(log.get(), kP0)));
  ASSERT_GE(read_[kP0].size(), 2u);
  EXPECT_THAT(read_[kP0][0], Holds(open, "c", "open")) << "it goes on there";
  EXPECT_THAT(read_[kP0][1], Holds(Next(open), "a", "2"));
  ASSERT_TRUE(CompactTo(results_, 3));
  EXPECT_THAT(Kept(results_), ElementsAre(At(b), At(open), At(Next(open))));
}

TEST_P(LogConformanceTest, InputIsReadOnFromWhereRecordsWereCompactedAway) {
  world_->MakeCompacted(input_, Tombstones::kDropped);
  for (const char* value : {"0", "1", "2"}) Put(input_, "a", value);
  for (const char* value : {"3", "4"}) Put(input_, "b", value);
  Put(input_, "c", "5");
  ASSERT_TRUE(CompactTo(input_, 3));
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  InputLog* const log = member->log.get();
  const auto range = log->Range(kP0);
  ASSERT_THAT(range, IsOk());
  EXPECT_EQ(range->low, Offset(0)) << "compaction does not move it";
  const auto offset_at = [&](int64_t offset) {
    const auto read = log->ReadAt(kP0, Offset(offset));
    EXPECT_THAT(read, IsOk());
    return read.ok() && read->has_value() ? (*read)->offset.value() : -1;
  };
  EXPECT_EQ(offset_at(0), 2);
  EXPECT_EQ(offset_at(2), 2);
  EXPECT_EQ(offset_at(3), 4);
  for (const int64_t from : {0, 3}) {
    SCOPED_TRACE(from);
    member->delivered.clear();
    ASSERT_THAT(Resume(member.get(), kP0, Offset(from)), IsOk());
    const std::vector<int64_t> expected =
        from == 0 ? std::vector<int64_t>{2, 4, 5} : std::vector<int64_t>{4, 5};
    ASSERT_TRUE(PollUntilDelivered(member.get(), kP0, expected.size()));
    std::vector<int64_t> offsets = member->Offsets(kP0);
    offsets.resize(expected.size());
    EXPECT_EQ(offsets, expected);
    ASSERT_THAT(log->Pause(kP0), IsOk());
  }
}

}  // namespace
}  // namespace exactmean
