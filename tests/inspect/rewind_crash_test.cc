// A rewind that is killed has done all or nothing, and another one does it.

#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class RewindCrashTest : public ::testing::Test {
 protected:
  // A state of some keys in two partitions, and nobody at work.
  void Open(const std::string& name) {
    pipeline_ = std::make_unique<BrokerPipeline>(name, 2);
    pipeline_->extra_config = "group { membership: DYNAMIC }";
    ASSERT_THAT(pipeline_->Produce(300), IsOk());
    RunOnce();
    whole_ = Snapshots();
    ASSERT_GT(whole_.size(), 0u);
  }

  void RunOnce() {
    const auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }

  CommittedView Snapshots() {
    const auto snapshots = pipeline_->Snapshots();
    EXPECT_THAT(snapshots, IsOk());
    return snapshots.ok() ? *snapshots : CommittedView();
  }

  // A rewind that is struck there.
  absl::StatusOr<Process> StartStruck(const std::string& where) {
    ProcessOptions options;
    options.stderr_path = absl::StrCat(::testing::TempDir(), "/struck.log");
    return Process::Start({"tests/inspect/struck_rewind",
                           pipeline_->config_path(), SharedBroker(), where},
                          options);
  }

  // Runs a rewind that is killed there.
  void Strike(const std::string& where) {
    auto process = StartStruck(where);
    ASSERT_THAT(process, IsOk());
    const auto exit = process->Wait(absl::Now() + absl::Minutes(1));
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 128 + SIGKILL) << where;
  }

  bool TransactionOpen() {
    const auto end = [&](Isolation isolation) {
      const auto offset = pipeline_->client().EndOffset(
          pipeline_->results(), Partition(0), isolation);
      EXPECT_THAT(offset, IsOk());
      return offset.ok() ? *offset : Offset(-1);
    };
    return end(Isolation::kCommitted) != end(Isolation::kUncommitted);
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
  CommittedView whole_;
};

TEST_F(RewindCrashTest, BeforeTheCommitNothingHasHappened) {
  Open("rewind-killed");
  for (const std::string where :
       {"KILL after Transaction::Begin #1", "KILL before Transaction::Write #9",
        "KILL before Transaction::AddOffsets #1",
        "KILL after Transaction::AddOffsets #1",
        "KILL before Transaction::Commit #1"}) {
    SCOPED_TRACE(where);
    Strike(where);
    EXPECT_EQ(Snapshots(), whole_);
  }
  // The last one left a transaction open, in the log and for the offsets.
  EXPECT_TRUE(TransactionOpen());
  const InspectResult status = Inspect(*pipeline_, {"status"});
  EXPECT_EQ(status.code, 0) << status.out;
  EXPECT_THAT(status.out, HasSubstr("undecided"));
  const InspectResult again =
      Inspect(*pipeline_, {"rewind", "--to_earliest", "--execute", "--yes"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_FALSE(TransactionOpen());
  EXPECT_THAT(Snapshots(), SizeIs(0));
  RunOnce();
  EXPECT_EQ(Snapshots(), whole_);
}

TEST_F(RewindCrashTest, AfterTheCommitAllHasHappened) {
  Open("rewind-late");
  Strike("KILL after Transaction::Commit #1");
  EXPECT_THAT(Snapshots(), SizeIs(0));
  const InspectResult status = Inspect(*pipeline_, {"status"});
  EXPECT_EQ(status.code, 0) << status.out;
  RunOnce();
  EXPECT_EQ(Snapshots(), whole_);
}

TEST_F(RewindCrashTest, AWritersIdIsFencedAndWhatItLeftOpenAborted) {
  Open("rewind-fence");
  const auto zombie =
      Writer::Create(SharedBroker(), pipeline_->application() + "/a-0");
  ASSERT_THAT(zombie, IsOk());
  ASSERT_THAT((*zombie)->Begin(), IsOk());
  Record record;
  record.key = "key";
  record.value = "value";
  ASSERT_THAT((*zombie)->Write(pipeline_->results(), {record}), IsOk());
  ASSERT_TRUE(TransactionOpen());
  const InspectResult done =
      Inspect(*pipeline_, {"rewind", "--to_earliest", "--execute", "--yes"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_FALSE((*zombie)->Commit().ok());
  EXPECT_FALSE(TransactionOpen());
  EXPECT_THAT(Snapshots(), SizeIs(0));
  RunOnce();
  EXPECT_EQ(Snapshots(), whole_);
}

// It has looked before it began; what comes later waits for what it does.
TEST_F(RewindCrashTest, AProcessorThatStartsMeanwhileIsNotRewound) {
  Open("rewind-meanwhile");
  auto rewind = StartStruck("STOP after Transaction::AddOffsets #1");
  ASSERT_THAT(rewind, IsOk());
  ASSERT_THAT(Eventually([&] {
                return TransactionOpen()
                           ? absl::OkStatus()
                           : absl::UnavailableError("not that far yet");
              }),
              IsOk());
  const auto instance = pipeline_->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog(
                  "waiting for the group's committed offset to be decided"),
              IsOk());
  ASSERT_THAT(rewind->Signal(SIGCONT), IsOk());
  const auto exit = rewind->Wait(absl::Now() + absl::Minutes(1));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 1);
  ASSERT_THAT((*instance)->AwaitLog("starts at offset"), IsOk());
  EXPECT_EQ(Snapshots(), whole_);
  ASSERT_THAT(pipeline_->Produce(100), IsOk());
  EXPECT_THAT(pipeline_->AwaitDrained(), IsOk()) << (*instance)->Log();
}

}  // namespace
}  // namespace exactmean
