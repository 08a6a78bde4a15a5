// The verdict is right about what is right, and names each thing that is wrong.

#include "tests/selftest/verdict.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr Partition kPartition(0);
constexpr int kRecords = 60;

StateSpec Spec() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last", WindowSpec::Kind::kCount, 3, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

// What a processor without trouble leaves: six transactions of ten records.
class VerdictTest : public ::testing::Test {
 protected:
  VerdictTest() {
    for (int i = 0; i < kRecords; ++i) {
      TrialRecord record;
      record.offset = Offset(i + i / 20);  // a marker every 20
      record.timestamp_ms = 0;
      record.key = "key" + std::to_string(i % 7);
      record.value = std::to_string(i * 1.5);
      if (i == 17) record.value = "not a number";
      input_.push_back(record);
    }
    Fold([](int) { return 1; });
  }

  // Folds each record so many times, at fresh offsets where more than once.
  void Fold(const std::function<int(int)>& times) {
    results_.clear();
    PartitionState state(&pipeline_, kPartition);
    state.StartEmpty(Offset(0));
    for (int i = 0; i < kRecords; ++i) {
      const TrialRecord& record = input_[static_cast<size_t>(i)];
      for (int n = 0; n < times(i); ++n) {
        if (i == 17) {
          state.Skip(record.offset);
        } else {
          state.Apply(Offset(record.offset.value() + n), *record.key,
                      {std::stod(*record.value), EventTime(0)});
        }
      }
      if (i % 10 == 9) Commit(&state);
    }
  }

  void Commit(PartitionState* state) {
    const ChangeSet changes = state->Changes("w");
    for (size_t i = 0; i < changes.size(); ++i) {
      Add(std::string(changes.key(i)), std::string(*changes.value(i)));
    }
    Add(std::string(kCheckpointKey), std::string(changes.checkpoint()));
    state->MarkCommitted();
  }

  void Add(const std::string& key, const std::string& value) {
    TrialRecord record;
    record.offset = Offset(static_cast<int64_t>(results_.size()));
    record.key = key;
    record.value = value;
    results_.push_back(record);
  }

  Verdict Judged() {
    Verdict verdict;
    Judge(pipeline_, kPartition, input_, results_, &verdict);
    return verdict;
  }

  const Pipeline pipeline_{Spec(), {"app", "in", 1}};
  std::vector<TrialRecord> input_;
  std::vector<TrialRecord> results_;
};

TEST_F(VerdictTest, WhatIsRightPasses) {
  const Verdict verdict = Judged();
  EXPECT_TRUE(verdict.Passed());
  EXPECT_THAT(verdict.problems, IsEmpty());
  EXPECT_EQ(verdict.read, kRecords);
  EXPECT_EQ(verdict.applied, kRecords - 1);
  EXPECT_EQ(verdict.skipped, 1);
  EXPECT_EQ(verdict.absent, 2);
  EXPECT_EQ(verdict.transactions, 6);
  EXPECT_EQ(verdict.snapshots, 7);
}

TEST_F(VerdictTest, NothingAtAllIsNoProof) {
  input_.clear();
  results_.clear();
  EXPECT_FALSE(Judged().Passed());
  EXPECT_FALSE(Verdict().Passed());
}

TEST_F(VerdictTest, ALostRecord) {
  Fold([](int i) { return i == 30 ? 0 : 1; });
  const Verdict verdict = Judged();
  EXPECT_EQ(verdict.lost, 1);
  EXPECT_EQ(verdict.duplicated, 0);
  EXPECT_GT(verdict.torn, 0);
  EXPECT_EQ(verdict.miscounted, 1);
  EXPECT_EQ(verdict.replay_differs, 1);
  EXPECT_FALSE(verdict.Passed());
}

TEST_F(VerdictTest, ARecordCountedTwice) {
  // The last before a marker: there is room for one more.
  Fold([](int i) { return i == 39 ? 2 : 1; });
  const Verdict verdict = Judged();
  EXPECT_EQ(verdict.duplicated, 1);
  EXPECT_EQ(verdict.lost, 0);
  EXPECT_GT(verdict.torn, 0);
  EXPECT_FALSE(verdict.Passed());
}

TEST_F(VerdictTest, HalfATransactionAndOneWithoutItsEnd) {
  std::vector<TrialRecord> whole = results_;
  results_.erase(results_.begin() + 10);  // a snapshot of the second
  EXPECT_GT(Judged().torn, 0);
  results_ = whole;
  results_.pop_back();  // the last checkpoint
  const Verdict verdict = Judged();
  EXPECT_EQ(verdict.torn, 1);
  EXPECT_THAT(verdict.problems[0], HasSubstr("follow the last checkpoint"));
}

TEST_F(VerdictTest, InputThatWasNotFoldedInIsLost) {
  TrialRecord more;
  more.offset = Offset(kRecords + 3);
  more.key = "key0";
  more.value = "1";
  input_.push_back(more);
  EXPECT_EQ(Judged().lost, 1);
  EXPECT_FALSE(Judged().Passed());
}

TEST_F(VerdictTest, AStepBack) {
  // The last transaction once more, before it the one before.
  std::vector<TrialRecord> again(results_.end() - 16, results_.end());
  for (const TrialRecord& record : again) Add(*record.key, *record.value);
  const Verdict verdict = Judged();
  EXPECT_EQ(verdict.torn, 1);
  EXPECT_THAT(verdict.problems, Not(IsEmpty()));
}

TEST_F(VerdictTest, ASnapshotOfOtherBytes) {
  // An unknown field at its end: the averages stay right.
  for (size_t i = results_.size() - 8; i < results_.size() - 1; ++i) {
    if (*results_[i].key == "key3") *results_[i].value += "\xf8\x07\x01";
  }
  const Verdict verdict = Judged();
  EXPECT_EQ(verdict.replay_differs, 1);
  EXPECT_EQ(verdict.digests_differ, 1);
  EXPECT_EQ(verdict.lost + verdict.duplicated + verdict.torn, 0);
  EXPECT_FALSE(verdict.Passed());
}

}  // namespace
}  // namespace exactmean
