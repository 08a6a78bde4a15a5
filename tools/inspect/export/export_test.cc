// Exports: what is in them, as of when, and what is refused.

#include "tools/inspect/export/export.h"

#include <atomic>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/change_set.h"
#include "tests/status_matchers.h"
#include "tools/inspect/export/export_testing.h"
#include "tools/inspect/export/export_writer.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr char kHeader[] =
    "key,key_base64,partition,offset,last_offset,event_time,records,"
    "last2_average,last2_count,last2_min,last2_max,last2_stddev,ewma_average,"
    "ewma_count\r\n";

TEST_F(ExportTest, Csv) {
  MakeState();
  EXPECT_EQ(Csv(), absl::StrCat(kHeader,
                                "\"a,\"\"x\"\"\",,0,1,1,1970-01-01T00:00:01Z,1,"
                                "0.1,1,0.1,0.1,0,0.1,1\r\n"
                                "b,,0,4,3,1970-01-01T00:00:03Z,2,"
                                "15,2,10,20,5,15,2\r\n"
                                "\\xff,/w==,1,0,0,1970-01-01T00:00:00Z,1,"
                                "-1e+30,1,-1e+30,-1e+30,0,-1e+30,1\r\n"));
  EXPECT_EQ(Csv("nobody"), kHeader);
  EXPECT_THAT(Csv("b*"), HasSubstr("\r\nb,,"));
}

TEST_F(ExportTest, JsonLines) {
  MakeState();
  std::ostringstream out;
  const auto writer = MakeJsonlWriter(&out);
  const auto exported = ExportTo(writer.get());
  ASSERT_THAT(exported, IsOk());
  ASSERT_THAT(writer->Finish(), IsOk());
  EXPECT_EQ(
      out.str(),
      R"({"key":"a,\"x\"","partition":0,"offset":1,"last_offset":1,"event_time":"1970-01-01T00:00:01Z","records":1,"last2_average":0.1,"last2_count":1,"last2_min":0.1,"last2_max":0.1,"last2_stddev":0,"ewma_average":0.1,"ewma_count":1}
{"key":"b","partition":0,"offset":4,"last_offset":3,"event_time":"1970-01-01T00:00:03Z","records":2,"last2_average":15,"last2_count":2,"last2_min":10,"last2_max":20,"last2_stddev":5,"ewma_average":15,"ewma_count":2}
{"key":"\\xff","key_base64":"/w==","partition":1,"offset":0,"last_offset":0,"event_time":"1970-01-01T00:00:00Z","records":1,"last2_average":-1e+30,"last2_count":1,"last2_min":-1e+30,"last2_max":-1e+30,"last2_stddev":0,"ewma_average":-1e+30,"ewma_count":1}
)");
  ASSERT_EQ(exported->size(), 2u);
  EXPECT_EQ((*exported)[0].rows, 2u);
  EXPECT_EQ((*exported)[0].checkpoint->next_offset(), 5);
}

TEST_F(ExportTest, WhatFollowsTheLastCheckpointCountsForNothing) {
  MakeState();
  const std::string before = Csv();
  Apply(0, "b", 1000);
  Apply(0, "new", 1);
  Commit(0, /*without=*/2);
  EXPECT_EQ(Csv(), before);
}

TEST_F(ExportTest, NothingThereYet) {
  EXPECT_EQ(Csv(),
            "key,key_base64,partition,offset,last_offset,event_time,"
            "records\r\n");
}

TEST_F(ExportTest, WhatIsNotProvenIsRefused) {
  MakeState();
  cluster_.Produce("out", Partition(0), "b", absl::nullopt);
  EXPECT_THAT(Failure(), IsOk());  // no checkpoint follows it
  Apply(0, "new", 1);
  Commit(0);
  EXPECT_THAT(
      Failure(),
      StatusIs(
          absl::StatusCode::kDataLoss,
          HasSubstr("partition 0: the topic has 2 keys with the digest ")));
}

// With the checkpoint that it replaces, or without.
TEST_F(ExportTest, WhatIsCompactedAwayBesideTheReadingIsFoundBehindItsEnd) {
  MakeState();
  FakePartition& log = cluster_.partition("out", Partition(0));
  for (const int in_the_next_segment : {0, 1}) {
    bool overtaken = false;
    plan_.set_chooser([&](SeamCall call, int64_t) {
      if (call != SeamCall::kRead || overtaken) return Fault();
      overtaken = true;
      Apply(0, "b", 30);
      Commit(0);
      FakePartition::Compaction compaction;
      compaction.below = Offset(log.high().value() - in_the_next_segment);
      log.Compact(compaction);
      return Fault();
    });
    EXPECT_THAT(Csv("b"), HasSubstr("\r\nb,,0,"));
    EXPECT_TRUE(overtaken);
  }
}

TEST_F(ExportTest, KeysWithoutACheckpointAreRefused) {
  Apply(0, "a", 1);
  Apply(0, "b", 1);
  Commit(0, /*without=*/1);
  EXPECT_THAT(Failure(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("partition 0: 2 keys but no checkpoint")));
  // None is left of these.
  cluster_.Produce("out", Partition(0), "a", absl::nullopt);
  cluster_.Produce("out", Partition(0), "b", absl::nullopt);
  EXPECT_THAT(Failure(), IsOk());
}

TEST_F(ExportTest, ADeletedCheckpointIsDataLoss) {
  MakeState();
  cluster_.Produce("out", Partition(1), "__exactmean/checkpoint",
                   absl::nullopt);
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kDataLoss,
                                  HasSubstr("the checkpoint was deleted")));
}

TEST_F(ExportTest, ARecordThatIsNoSnapshotIsNamed) {
  MakeState();
  cluster_.Produce("out", Partition(1), "b", "no snapshot");
  EXPECT_THAT(Failure(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("partition 1, offset 2: key \"b\": ")));
}

TEST_F(ExportTest, OneThatAGoodOneFollowsDoesNotMatter) {
  MakeState();
  cluster_.Produce("out", Partition(0), "b", "no snapshot");
  cluster_.Produce("out", Partition(0), "gone", "no snapshot");
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kDataLoss,
                                  HasSubstr("offset 7: key \"b\": ")));
  Apply(0, "b", 30);
  states_[0].Delete(states_[0].next_offset(), "gone");
  cluster_.Produce("out", Partition(0), "gone", absl::nullopt);
  Commit(0);
  EXPECT_THAT(Csv(), HasSubstr("\r\nb,,0,"));
}

// The digest is of all that the record holds.
TEST_F(ExportTest, ABitInWhatWindowsHoldIsFound) {
  Apply(0, "a", 1);
  const ChangeSet changes = states_[0].Changes("w");
  std::string bent(*changes.value(0));
  bent.back() = static_cast<char>(bent.back() ^ 1);
  cluster_.Produce("out", Partition(0), "a", bent);
  cluster_.Produce("out", Partition(0), "__exactmean/checkpoint",
                   changes.checkpoint());
  EXPECT_THAT(Failure(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("partition 0: the topic has 1 key with the")));
}

TEST_F(ExportTest, PartitionsOfTwoConfigurationsAreNotMixed) {
  PartitionState state(&other_, Partition(1));
  state.StartEmpty(Offset(0));
  state.Apply(Offset(0), "k", {1, EventTime(0)});
  const ChangeSet changes = state.Changes("w");
  PartitionState first(&pipeline_, Partition(0));
  first.StartEmpty(Offset(0));
  first.RequestCommit();
  cluster_.Produce("out", Partition(0), "__exactmean/checkpoint",
                   first.Changes("w").checkpoint());
  cluster_.Produce("out", Partition(1), changes.key(0), changes.value(0));
  cluster_.Produce("out", Partition(1), "__exactmean/checkpoint",
                   changes.checkpoint());
  EXPECT_THAT(Failure(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  HasSubstr("another configuration")));
}

// A terminal may be slow.
TEST_F(ExportTest, EndsWhileRowsAreWritten) {
  MakeState();
  std::atomic<bool> stop{false};
  class Stopping : public ExportWriter {
   public:
    explicit Stopping(std::atomic<bool>* stop) : stop_(stop) {}
    absl::Status Begin(const std::vector<NamedWindow>& /*windows*/) override {
      return absl::OkStatus();
    }
    absl::Status Write(const ExportRow& /*row*/) override {
      *stop_ = true;
      ++rows_;
      return absl::OkStatus();
    }
    absl::Status WriteCheckpoint(const results::Checkpoint&) override {
      return absl::OkStatus();
    }
    absl::Status Finish() override { return absl::OkStatus(); }
    int rows() const { return rows_; }

   private:
    std::atomic<bool>* const stop_;
    int rows_ = 0;
  } writer(&stop);
  stop_ = &stop;
  EXPECT_THAT(ExportTo(&writer).status(),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(writer.rows(), 1);
}

TEST_F(ExportTest, AFullDiskIsAnError) {
  MakeState();
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  const auto writer = MakeCsvWriter(&out);
  ASSERT_THAT(ExportTo(writer.get()), IsOk());
  EXPECT_THAT(writer->Finish(), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace exactmean
