// Gathering a status from a cluster in memory.

#include "tools/inspect/cluster/status_reader.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What a group says, one answer after the other; the last one stays.
class SaidOffsets : public InputLog {
 public:
  explicit SaidOffsets(
      std::vector<absl::StatusOr<absl::optional<Offset>>> answers)
      : answers_(std::move(answers)) {}
  absl::StatusOr<absl::optional<Offset>> Committed(Partition) override {
    return answers_[std::min(asked_++, answers_.size() - 1)];
  }
  absl::Status Subscribe(AssignmentListener*) override { return Refused(); }
  absl::StatusOr<absl::Span<const LogRecord>> Poll(absl::Duration) override {
    return Refused();
  }
  absl::StatusOr<std::string> CommittedNote(Partition) override {
    return Refused();
  }
  absl::StatusOr<OffsetRange> Range(Partition) override { return Refused(); }
  absl::StatusOr<Offset> StableEnd(Partition) override { return Refused(); }
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition,
                                                  absl::Time) override {
    return Refused();
  }
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition, Offset) override {
    return Refused();
  }
  absl::Status ResumeAt(Partition, Offset) override { return Refused(); }
  absl::Status Pause(Partition) override { return Refused(); }
  absl::StatusOr<GroupToken> Token() override { return Refused(); }
  absl::Status CommitOffsets(absl::Span<const PartitionOffset>,
                             CommitWhen) override {
    return Refused();
  }
  absl::Status OffsetsCommitted(absl::Duration) override { return Refused(); }
  absl::StatusOr<TopicIdentity> Describe() override { return Refused(); }
  absl::Status Close() override { return Refused(); }

 private:
  static absl::Status Refused() {
    return absl::InternalError("a status does not ask this");
  }
  std::vector<absl::StatusOr<absl::optional<Offset>>> answers_;
  size_t asked_ = 0;
};

class StatusReaderTest : public ::testing::Test {
 protected:
  StatusReaderTest() {
    cluster_.CreateTopic("in", 1);
    cluster_.CreateTopic("out", 1);
  }

  ScanOptions Options() {
    ScanOptions options;
    options.clock = &clock_;
    options.patience = absl::Seconds(3);
    return options;
  }

  void Checkpoint(int64_t next, uint64_t keys, uint64_t digest,
                  results::Delivery mode = results::EXACTLY_ONCE) {
    results::Checkpoint checkpoint;
    checkpoint.set_format(1);
    checkpoint.set_next_offset(next);
    checkpoint.set_keys(keys);
    checkpoint.set_digest(digest);
    checkpoint.set_writer("app/a-0");
    checkpoint.set_delivery(mode);
    Write(std::string(kCheckpointKey), EncodeResult(checkpoint));
  }
  void Write(const std::string& key, absl::optional<absl::string_view> value) {
    cluster_.Produce("out", kPartition, key, value, 1000);
  }
  void Receive(int records) {
    for (int i = 0; i < records; ++i) {
      cluster_.Produce("in", kPartition, "k", "1", 2000);
    }
  }
  // The state of one key, folded up to input offset 5.
  void WriteState() {
    Write("a", "1");
    Checkpoint(5, 1, RecordHash("a", "1"));
  }
  PartitionStatus& Read() {
    EXPECT_THAT(reader_.ReadState({kPartition}), IsOk());
    return status_.partitions.at(0);
  }

  const Partition kPartition{0};
  FakeCluster cluster_;
  FaultPlan plan_;
  ClusterClock clock_{&cluster_, absl::Milliseconds(10)};
  FakeResultsLog results_{&cluster_, &plan_, {"out"}};
  FakeResultsLog input_{&cluster_, &plan_, {"in"}};
  ApplicationStatus status_;
  StatusReader reader_{&results_, Options(), &status_};
};

TEST_F(StatusReaderTest, NothingThereYet) {
  const PartitionStatus& at = Read();
  EXPECT_FALSE(at.checkpoint.has_value());
  EXPECT_EQ(reader_.AnyCheckpoint(), nullptr);
  EXPECT_THAT(TroublesOf(status_), IsEmpty());
}

TEST_F(StatusReaderTest, WhatFollowsTheCheckpointIsNobodysCommit) {
  WriteState();
  EXPECT_TRUE(Read().digest_verified);
  status_.partitions.clear();
  Write("a", "foreign");
  EXPECT_FALSE(Read().digest_verified);
  EXPECT_THAT(TroublesOf(status_), SizeIs(1));
}

TEST_F(StatusReaderTest, KeysSizesAndProof) {
  Write("a", "old");
  Write("gone", "x");
  Write("gone", absl::nullopt);
  WriteState();
  const PartitionStatus& at = Read();
  EXPECT_TRUE(at.digest_verified);
  EXPECT_EQ(at.keys, 1u);
  EXPECT_EQ(at.records_read, 5u);
  EXPECT_EQ(at.largest_record, 2u);
  EXPECT_EQ(at.committed_at, absl::FromUnixMillis(1000));
}

TEST_F(StatusReaderTest, SegmentsAreLiveRecords) {
  for (uint64_t i = 0; i < 3; ++i) Write(ToString(SegmentKey{i, "a"}), "s");
  Write(ToString(SegmentKey{0, "a"}), absl::nullopt);
  Write("a", "1");
  const PartitionStatus& at = Read();
  EXPECT_EQ(at.keys, 1u);
  EXPECT_EQ(at.segments, 2u);
  EXPECT_DOUBLE_EQ(at.RecordsPerLive(), 5.0 / 3);
}

TEST_F(StatusReaderTest, KeysThatAreNotTheCheckpointsAreFatal) {
  WriteState();
  Checkpoint(6, 1, RecordHash("a", "3"));
  status_.partitions.clear();
  EXPECT_FALSE(Read().digest_verified);
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_TRUE(TroublesOf(status_)[0].fatal);
}

TEST_F(StatusReaderTest, ARecordThatIsNoCheckpointIsNamed) {
  WriteState();
  Write(std::string(kCheckpointKey), "\xff\xff");
  const PartitionStatus& at = Read();
  EXPECT_THAT(at.checkpoint_problem, HasSubstr("the record at offset 2"));
  EXPECT_EQ(at.checkpoint->next_offset(), 5);  // the last that can be read
  EXPECT_TRUE(TroublesOf(status_)[0].fatal);
}

TEST_F(StatusReaderTest, AnOpenTransactionIsNotWaitedFor) {
  WriteState();
  Write("a", "2");  // of a commit whose rest the transaction hides
  const FakeProducer zombie =
      cluster_.InitProducer("app/zombie-0", absl::Hours(1));
  ASSERT_THAT(cluster_.Append(zombie, "out", kPartition, "b", "2"), IsOk());
  const absl::Time before = cluster_.now();
  EXPECT_TRUE(Read().digest_verified);
  EXPECT_LT(cluster_.now() - before, absl::Seconds(1));
}

TEST_F(StatusReaderTest, TheGroupsOffset) {
  WriteState();
  PartitionStatus& at = Read();
  const auto is =
      [&](std::vector<absl::StatusOr<absl::optional<Offset>>> said) {
        SaidOffsets group(std::move(said));
        EXPECT_THAT(reader_.ReadGroupOffsets(&group), IsOk());
        return at.agreement;
      };
  EXPECT_EQ(is({absl::optional<Offset>(5)}), Agreement::kAgree);
  EXPECT_EQ(is({absl::optional<Offset>(4)}), Agreement::kDiffer);
  EXPECT_THAT(TroublesOf(status_)[0].mend, HasSubstr("--to-offset 5"));
  EXPECT_EQ(is({absl::optional<Offset>()}), Agreement::kNoGroupOffset);
  EXPECT_EQ(is({absl::UnavailableError("undecided")}), Agreement::kUndecided);
  SaidOffsets denied({absl::PermissionDeniedError("no")});
  EXPECT_THAT(reader_.ReadGroupOffsets(&denied),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(StatusReaderTest, TheGroupMayBeAStepBehindOrAhead) {
  WriteState();
  PartitionStatus& at = Read();
  Checkpoint(6, 1, RecordHash("a", "1"));  // meanwhile
  SaidOffsets behind({absl::optional<Offset>(5), absl::optional<Offset>(6)});
  EXPECT_THAT(reader_.ReadGroupOffsets(&behind), IsOk());
  EXPECT_EQ(at.agreement, Agreement::kAgree);
  EXPECT_EQ(at.group_offset, Offset(6));
  // An offset that was the checkpoint's once does not agree for that.
  SaidOffsets reset({absl::optional<Offset>(5)});
  EXPECT_THAT(reader_.ReadGroupOffsets(&reset), IsOk());
  EXPECT_EQ(at.agreement, Agreement::kDiffer);
  SaidOffsets ahead({absl::optional<Offset>(7), absl::optional<Offset>(6)});
  EXPECT_THAT(reader_.ReadGroupOffsets(&ahead), IsOk());
  EXPECT_EQ(at.agreement, Agreement::kAgree);
}

TEST_F(StatusReaderTest, WithoutTransactionsOneOfTheTwoIsWrittenFirst) {
  Write("a", "1");
  Checkpoint(5, 1, RecordHash("a", "1"), results::AT_LEAST_ONCE);
  PartitionStatus& at = Read();
  const auto is = [&](int64_t offset) {
    SaidOffsets group({absl::optional<Offset>(Offset(offset))});
    EXPECT_THAT(reader_.ReadGroupOffsets(&group), IsOk());
    return at.agreement;
  };
  EXPECT_EQ(is(5), Agreement::kAgree);
  EXPECT_EQ(is(4), Agreement::kBehind);
  EXPECT_THAT(TroublesOf(status_), IsEmpty());
  EXPECT_EQ(is(6), Agreement::kDiffer);
  Checkpoint(5, 1, RecordHash("a", "1"), results::AT_MOST_ONCE);
  EXPECT_EQ(is(9), Agreement::kAhead);
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_FALSE(TroublesOf(status_)[0].fatal);
  EXPECT_THAT(TroublesOf(status_)[0].text, HasSubstr("4 offsets"));
}

TEST_F(StatusReaderTest, WithoutTransactionsAStepMayBeHalfDone) {
  Write("a", "1");
  Checkpoint(5, 1, RecordHash("a", "1"), results::AT_LEAST_ONCE);
  Write("a", "2");
  const PartitionStatus& at = Read();
  EXPECT_TRUE(at.digest_verified);
  EXPECT_EQ(at.after_checkpoint, 1u);
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_FALSE(TroublesOf(status_)[0].fatal);
}

TEST_F(StatusReaderTest, LagCountsRecordsAndNoMarkers) {
  WriteState();
  Receive(6);
  const FakeProducer writer = cluster_.InitProducer("w", absl::Hours(1));
  ASSERT_THAT(cluster_.Append(writer, "in", kPartition, "k", "1"), IsOk());
  ASSERT_THAT(cluster_.EndTransaction(writer, true), IsOk());
  PartitionStatus& at = Read();
  EXPECT_THAT(reader_.ReadInput(&input_, &input_), IsOk());
  EXPECT_EQ(at.lag, 2u);  // offsets 5 and 6; 7 is the marker
  EXPECT_TRUE(at.lag_counted);
  EXPECT_EQ(at.input->high, Offset(8));
  EXPECT_THAT(at.open, IsEmpty());
}

TEST_F(StatusReaderTest, FarBehindTheLagIsABound) {
  WriteState();
  Receive(30000);
  PartitionStatus& at = Read();
  EXPECT_THAT(reader_.ReadInput(&input_, &input_), IsOk());
  EXPECT_EQ(at.lag, 29995u);
  EXPECT_FALSE(at.lag_counted);
}

TEST_F(StatusReaderTest, DeletedBeforeItWasReadIsFatal) {
  WriteState();
  Receive(10);
  cluster_.partition("in", kPartition).DeleteBefore(Offset(8));
  Read();
  EXPECT_THAT(reader_.ReadInput(&input_, &input_), IsOk());
  ASSERT_THAT(TroublesOf(status_), SizeIs(1));
  EXPECT_THAT(TroublesOf(status_)[0].text, HasSubstr("offsets 5 to 7"));
  EXPECT_TRUE(TroublesOf(status_)[0].fatal);
}

}  // namespace
}  // namespace exactmean
