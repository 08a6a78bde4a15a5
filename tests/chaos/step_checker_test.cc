// The checker sees every kind of wrong step, and no wrong in right ones. The
// model of tests/world judges the same histories.

#include "tests/chaos/step_checker.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Bytes = absl::optional<std::string>;

absl::Time At(double seconds) {
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

StoredRecord RecordOf(int64_t offset, std::string key, Bytes value) {
  StoredRecord record;
  record.offset = offset;
  record.key = std::move(key);
  record.value = std::move(value);
  return record;
}

// What a right processor has in memory.
class Processor {
 public:
  void Fold(const std::string& key, const Bytes& value) {
    ++offset_;
    changed_.push_back(key);
    if (value.has_value()) {
      values_[key].push_back(std::stod(*value));
    } else {
      values_.erase(key);
    }
  }

  // The records of a step over all that was folded in since the last one.
  std::vector<StoredRecord> Step() {
    std::map<std::string, Bytes> changes;
    for (const std::string& key : std::exchange(changed_, {})) {
      changes[key] = Snapshot(key);
    }
    std::vector<StoredRecord> step;
    for (const auto& [key, value] : changes) {
      step.push_back(RecordOf(written_++, key, value));
    }
    results::Checkpoint checkpoint;
    checkpoint.set_format(kCheckpointFormat);
    checkpoint.set_next_offset(offset_);
    checkpoint.set_sequence(++sequence_);
    checkpoint.set_keys(values_.size());
    checkpoint.set_writer("w");
    step.push_back(RecordOf(written_++, std::string(kCheckpointKey),
                            EncodeResult(checkpoint)));
    ++written_;  // the marker
    return step;
  }

 private:
  Bytes Snapshot(const std::string& key) const {
    const auto it = values_.find(key);
    if (it == values_.end()) return absl::nullopt;
    results::Snapshot snapshot;
    snapshot.set_format(kSnapshotFormat);
    for (const size_t most : {size_t{3}, it->second.size()}) {
      const size_t n = std::min(most, it->second.size());
      double sum = 0;
      for (size_t i = it->second.size() - n; i < it->second.size(); ++i) {
        sum += it->second[i];
      }
      results::Average* average = snapshot.add_averages();
      average->set_count(n);
      average->set_average(sum / static_cast<double>(n));
    }
    return EncodeResult(snapshot);
  }

  std::map<std::string, std::vector<double>> values_;
  std::vector<std::string> changed_;
  int64_t offset_ = 0;
  int64_t written_ = 0;
  uint64_t sequence_ = 0;
};

class StepCheckerTest : public testing::Test {
 protected:
  // A record of the input that `processor` may or may not see.
  void Write(const std::string& key, const Bytes& value) {
    checker_.AddInput(RecordOf(end_++, key, value), At(0));
  }
  void WriteAndFold(const std::string& key, const Bytes& value) {
    Write(key, value);
    processor_.Fold(key, value);
  }
  void Read(const std::vector<StoredRecord>& step, double seconds = 0) {
    for (const StoredRecord& record : step) {
      checker_.AddResult(record, At(seconds));
    }
  }
  void ExpectWrong(int64_t lost, int64_t duplicated, int64_t torn) {
    EXPECT_EQ(checker_.tally().lost, lost);
    EXPECT_EQ(checker_.tally().duplicated, duplicated);
    EXPECT_EQ(checker_.tally().torn, torn);
  }

  StepChecker checker_ = StepChecker(7);
  Processor processor_;
  int64_t end_ = 0;
};

TEST_F(StepCheckerTest, RightStepsAreRight) {
  std::mt19937_64 random(1);
  std::map<std::string, std::string> view;  // as a reader keeps it
  for (int step = 0; step < 300; ++step) {
    for (uint64_t n = random() % 5; n > 0; --n) {
      const std::string key = absl::StrCat("k", random() % 4);
      Bytes value;
      if (random() % 5 != 0) value = absl::StrCat(random() % 100, ".25");
      WriteAndFold(key, value);
    }
    const std::vector<StoredRecord> results = processor_.Step();
    Read(results);
    for (const StoredRecord& record : results) {
      if (record.value.has_value()) {
        view[*record.key] = *record.value;
      } else {
        view.erase(*record.key);
      }
    }
    ASSERT_THAT(checker_.complaints(), IsEmpty());
  }
  checker_.CheckWhole(At(0));
  ExpectWrong(0, 0, 0);
  EXPECT_EQ(checker_.tally().steps, 300);
  EXPECT_EQ(checker_.tally().records, end_);
  view.erase(std::string(kCheckpointKey));
  EXPECT_EQ(checker_.view(), view);
}

TEST_F(StepCheckerTest, StepsWaitForTheInputTheyTellOf) {
  processor_.Fold("k", "1");
  Read(processor_.Step());
  EXPECT_EQ(checker_.tally().steps, 0);
  Write("k", "1");
  EXPECT_EQ(checker_.tally().steps, 1);
  EXPECT_EQ(checker_.next_offset(), 1);
  EXPECT_EQ(checker_.writer(), "w");
  ExpectWrong(0, 0, 0);
}

TEST_F(StepCheckerTest, ALostRecord) {
  WriteAndFold("k", "1");
  Write("k", "2");
  processor_.Fold("other", "2");  // passes it, and does not fold it into k
  Write("other", "3");
  Read(processor_.Step());
  EXPECT_GE(checker_.tally().lost, 1);
  EXPECT_THAT(checker_.complaints()[0],
              HasSubstr("partition 7, input offset 2: lost: key k has 1 "
                        "values, not 2"));
}

TEST_F(StepCheckerTest, ALostResult) {
  WriteAndFold("a", "1");
  WriteAndFold("b", "1");
  std::vector<StoredRecord> step = processor_.Step();
  step.erase(step.begin());
  Read(step);
  ExpectWrong(1, 0, 0);
}

TEST_F(StepCheckerTest, ALostDeletion) {
  WriteAndFold("a", "1");
  WriteAndFold("b", "1");
  Read(processor_.Step());
  WriteAndFold("a", absl::nullopt);
  std::vector<StoredRecord> step = processor_.Step();
  step.erase(step.begin());
  Read(step);
  ExpectWrong(1, 0, 0);
}

TEST_F(StepCheckerTest, ARecordFoldedInTwice) {
  WriteAndFold("k", "1");
  processor_.Fold("k", "1");
  Write("bad", "no number");
  Read(processor_.Step());
  ExpectWrong(0, 1, 0);
}

TEST_F(StepCheckerTest, AResultTwice) {
  WriteAndFold("k", "1");
  const std::vector<StoredRecord> step = processor_.Step();
  Read({step[0], step[0]});
  ExpectWrong(0, 1, 0);
  StoredRecord twice = step[0];
  twice.offset += 5;
  checker_.AddResult(twice, At(0));
  ExpectWrong(0, 2, 0);
}

TEST_F(StepCheckerTest, AWrongAverage) {
  WriteAndFold("k", "1");
  Write("k", "2");
  processor_.Fold("k", "3");
  Read(processor_.Step());
  ExpectWrong(0, 0, 1);
}

TEST_F(StepCheckerTest, TwoStepsOfTwoWriters) {
  WriteAndFold("k", "1");
  Processor zombie = processor_;
  Read(processor_.Step());
  // It does not know of that, and writes the same.
  std::vector<StoredRecord> step = zombie.Step();
  for (StoredRecord& record : step) record.offset += 10;
  Read(step);
  ExpectWrong(0, 0, 1);
  EXPECT_THAT(checker_.complaints()[0],
              HasSubstr("step 1 of w follows step 1"));
}

TEST_F(StepCheckerTest, AStepMissing) {
  WriteAndFold("k", "1");
  Read(processor_.Step());
  WriteAndFold("k", "1");
  processor_.Step();  // unseen
  WriteAndFold("k", "1");
  Read(processor_.Step());
  ExpectWrong(0, 0, 1);
}

TEST_F(StepCheckerTest, GoingBack) {
  WriteAndFold("k", "1");
  Processor older = processor_;
  WriteAndFold("k", "2");
  Read(processor_.Step());
  std::vector<StoredRecord> step = older.Step();
  for (StoredRecord& record : step) record.offset += 10;
  Read(step);
  EXPECT_GE(checker_.tally().wrong(), 2);
  EXPECT_THAT(checker_.complaints()[0], HasSubstr("goes back to 1"));
}

TEST_F(StepCheckerTest, AnOpenStepAtTheEnd) {
  WriteAndFold("a", "1");
  std::vector<StoredRecord> step = processor_.Step();
  step.pop_back();
  Read(step);
  ExpectWrong(0, 0, 0);
  checker_.CheckWhole(At(0));
  ExpectWrong(1, 0, 1);
}

TEST_F(StepCheckerTest, BytesThatAreNoResult) {
  WriteAndFold("k", "1");
  std::vector<StoredRecord> step = processor_.Step();
  step[0].value = "\xff";
  Read(step);
  ExpectWrong(0, 0, 1);
}

TEST_F(StepCheckerTest, AStallIsTheTimeThatARecordWaits) {
  WriteAndFold("k", "1");
  Read(processor_.Step(), 2);
  EXPECT_EQ(checker_.tally().longest_stall, absl::Seconds(2));
  // Nothing to do from 2 to 10 is no stall.
  checker_.AddInput(RecordOf(end_++, "k", "1"), At(10));
  processor_.Fold("k", "1");
  Read(processor_.Step(), 11);
  EXPECT_EQ(checker_.tally().longest_stall, absl::Seconds(2));
  checker_.AddInput(RecordOf(end_++, "k", "1"), At(12));
  checker_.CheckWhole(At(20));
  EXPECT_EQ(checker_.tally().longest_stall, absl::Seconds(8));
  EXPECT_EQ(checker_.tally().longest_stall_end, At(20));
}

}  // namespace
}  // namespace exactmean
