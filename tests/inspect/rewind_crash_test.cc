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

  // Runs a rewind that is killed there.
  void Strike(const std::string& where) {
    ProcessOptions options;
    options.stderr_path = absl::StrCat(::testing::TempDir(), "/struck.log");
    auto process =
        Process::Start({"tests/inspect/struck_rewind", pipeline_->config_path(),
                        SharedBroker(), where},
                       options);
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

}  // namespace
}  // namespace exactmean
