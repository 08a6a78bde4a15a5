// Exports of what processors without transactions left: half steps, and what an
// owner wrote that had lost the partition.

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/export/export.h"
#include "tools/inspect/export/export_writer.h"
#include "tools/inspect/records/plain_log_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

absl::Status ExportTo(PlainLog* log, std::string* csv) {
  std::ostringstream out;
  const auto writer = MakeCsvWriter(&out);
  const auto exported =
      Export(&log->results_reader(), {Partition(0)},
             KeyFilter::Create("", "").value(), log->Options(), writer.get());
  if (!exported.ok()) return exported.status();
  const absl::Status finished = writer->Finish();
  *csv = out.str();
  return finished;
}

// Where in the topic a row lies is another matter.
std::string Columns(PlainLog* log) {
  std::string csv;
  EXPECT_THAT(ExportTo(log, &csv), IsOk());
  return csv;
}

TEST(PlainExportTest, WhatAFormerOwnerWritesLateIsNotBelieved) {
  PlainLog without;
  without.ReceiveSome();
  without.Commit(10, without.Owner().get());
  const std::string expected = Columns(&without);
  for (const int64_t late : {4, 8}) {
    PlainLog log;
    log.WriteWithLate(late);
    EXPECT_EQ(Columns(&log), expected) << late;
  }
}

TEST(PlainExportTest, LateRecordsBeforeACommit) {
  PlainLog log;
  log.ReceiveSome();
  const auto former = log.Owner(), owner = log.Owner();
  log.Fold(4, former.get());
  log.Commit(10, owner.get());
  log.Write(PlainLog::StepOf(former.get()));
  log.Commit(11, owner.get());  // "a" alone
  std::string csv;
  EXPECT_THAT(ExportTo(&log, &csv), IsOk());
  EXPECT_THAT(csv, HasSubstr("\nb,,0,1,9,"));
}

TEST(PlainExportTest, ABadCheckpointThatIsReplacedDoesNotMatter) {
  PlainLog log(DeliveryMode::kExactlyOnce);
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  log.Write({{std::string(kCheckpointKey), "none", absl::nullopt}});
  std::string csv;
  EXPECT_THAT(ExportTo(&log, &csv), StatusIs(absl::StatusCode::kDataLoss));
  log.Commit(10, owner.get());
  EXPECT_THAT(ExportTo(&log, &csv), IsOk());
}

TEST(PlainExportTest, OfAHalfStepTheCommitBefore) {
  PlainLog without;
  without.ReceiveSome();
  without.Commit(10, without.Owner().get());
  PlainLog log;
  log.WriteWithHalf();
  EXPECT_EQ(Columns(&log), Columns(&without));
  // Unless compaction has taken it.
  log.results().Compact({});
  std::string csv;
  EXPECT_THAT(ExportTo(&log, &csv), StatusIs(absl::StatusCode::kUnavailable,
                                             HasSubstr("start one first")));
}

}  // namespace
}  // namespace exactmean
