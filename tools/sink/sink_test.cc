// The loop on a topic in memory: what is in the table afterwards, and what is
// refused.

#include "tools/sink/sink.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tools/sink/sink_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SinkTest : public ::testing::TestWithParam<DatabaseKind> {
 protected:
  SinkTest() : world_(GetParam()) {}

  void ExpectInStep() {
    EXPECT_EQ(world_.database().Rows(), world_.Expected());
    EXPECT_EQ(world_.database().Positions(), world_.Ends());
  }
  static void ExpectStop(const absl::Status& status, StopReason reason,
                         const std::string& says) {
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(says));
  }
  absl::Status Resync() {
    const auto process = world_.Process("resync");
    process->table.resync = true;
    return process->Run();
  }
  int64_t Count(const std::string& what) {
    return std::stoll(world_.database()
                          .Query(absl::StrCat("SELECT count(*) FROM ",
                                              world_.database().table, what))
                          .at(0)
                          .at(0));
  }

  SinkWorld world_;
};

INSTANTIATE_TEST_SUITE_P(Each, SinkTest,
                         ::testing::Values(DatabaseKind::kSqlite,
                                           DatabaseKind::kPostgres),
                         [](const auto& one) { return Name(one.param); });

TEST_P(SinkTest, TheTableBecomesTheTopic) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  ExpectInStep();
  EXPECT_THAT(world_.Expected(), Contains(HasSubstr("\\\\xff01[0] last2")));
  EXPECT_THAT(world_.database().Rows(), Not(Contains(HasSubstr("key5[1]"))));
}

TEST_P(SinkTest, GoesOnWhereItEnded) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.Apply(0, "new", 5);
  world_.Delete(0, "key0");
  world_.Commit(0);
  const auto process = world_.Process("other");
  FakeResultsLog log(&world_.cluster(), &process->plan, {"out", 7});
  ClusterClock clock(&world_.cluster(), absl::Milliseconds(10));
  const auto again = world_.database().Another();
  SinkTable rows(again.get(), process->table);
  Sink sink(process->sink, &log, &rows, &clock, &process->stop);
  ASSERT_THAT(sink.Run(), IsOk());
  EXPECT_EQ(sink.written(), 2u);
  ExpectInStep();
}

TEST_P(SinkTest, AnEmptyTopicIsAnEmptyTable) {
  ASSERT_THAT(world_.RunOnce(), IsOk());
  ExpectInStep();
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  ExpectInStep();
}

TEST_P(SinkTest, ResultsThatComeWhileItRuns) {
  const auto process = world_.Process();
  process->sink.once = false;
  process->sink.status_every = absl::Milliseconds(100);
  int looks = 0;
  process->sink.now = [&] {
    if (++looks == 2) world_.MakeState();
    if (looks == 40) process->stop = true;
    return world_.cluster().now();
  };
  ASSERT_THAT(process->Run(), IsOk());
  ExpectInStep();
}

TEST_P(SinkTest, OnePartOfACommitIsNotShown) {
  world_.Apply(0, "a", 1);
  world_.Commit(0);
  ASSERT_THAT(world_.RunOnce(), IsOk());
  const auto before = world_.database().Rows();
  world_.Apply(0, "a", 2);
  world_.Apply(0, "b", 3);
  world_.Commit(0, /*without=*/1);  // of the fold's commit all but its end
  const auto process = world_.Process();
  process->sink.once = false;
  int looks = 0;
  process->sink.now = [&] {
    // Asked at each look around: four is enough for all to be read.
    if (++looks == 4) process->stop = true;
    return world_.cluster().now();
  };
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_EQ(world_.database().Rows(), before);
}

TEST_P(SinkTest, ASecondSinkTakesOver) {
  world_.MakeState();
  const auto other = world_.database().Another();
  SinkProcess second(&world_.cluster(), other.get(), "the second");
  const auto first = world_.Process("the first");
  int looks = 0;
  first->sink.batch_keys = 3;
  first->sink.status_every = absl::Milliseconds(1);
  first->sink.now = [&] {
    if (++looks == 2) {
      EXPECT_THAT(second.Run(), IsOk());
    }
    return world_.cluster().now();
  };
  ExpectStop(first->Run(), StopReason::kFenced,
             "another sink has taken the table over: the second");
  ExpectInStep();
}

TEST_P(SinkTest, TheTableOfAnotherTopic) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.cluster().CreateTopic("other", 2);
  const auto process = world_.Process();
  process->sink.topic = "other";
  process->table.resync = true;  // no help
  ExpectStop(process->Run(), StopReason::kConfig,
             "results of topic \"out\", not of \"other\"");
}

TEST_P(SinkTest, ATopicMadeAgain) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  const auto before = world_.database().Rows();
  world_.cluster().RecreateTopic("out");
  world_.Apply(0, "after", 1);
  world_.Commit(0);
  ExpectStop(world_.RunOnce(), StopReason::kState,
             "topic \"out\" was deleted and made again");
  EXPECT_EQ(world_.database().Rows(), before);
  ASSERT_THAT(Resync(), IsOk());
  ExpectInStep();
  EXPECT_THAT(world_.database().Rows(), Contains(HasSubstr("after[0]")));
}

TEST_P(SinkTest, RecordsDeletedBeforeTheyWereRead) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.Apply(0, "lost", 1);
  world_.Commit(0);
  FakePartition& log = world_.cluster().partition("out", Partition(0));
  log.DeleteBefore(log.high());
  ExpectStop(world_.RunOnce(), StopReason::kState,
             "out[0]: records were deleted before they were read");
  ASSERT_THAT(Resync(), IsOk());
  ExpectInStep();
  EXPECT_EQ(Count(" WHERE partition = 0"), 0);
}

TEST_P(SinkTest, DeletionsThatAreGoneAreFound) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.Delete(0, "key0");
  world_.Apply(0, "key4", 99);
  world_.Commit(0);
  world_.cluster()
      .partition("out", Partition(0))
      .Compact({Offset(INT64_MAX), /*drop_tombstones=*/true,
                /*drop_markers=*/false});
  world_.cluster().Advance(absl::Hours(23));
  // Within the time that deletions are kept none is looked for.
  ASSERT_THAT(world_.RunOnce(), IsOk());
  EXPECT_THAT(world_.database().Rows(), Contains(HasSubstr("key0[0]")));
  EXPECT_EQ(world_.database().Positions(), world_.Ends());
  world_.cluster().Advance(absl::Hours(25));
  ASSERT_THAT(world_.RunOnce(), IsOk());
  ExpectInStep();
}

TEST_P(SinkTest, WhoFallsBehindForTooLongReadsAnew) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  const auto process = world_.Process();
  int looks = 0;
  process->sink.now = process->table.now = [&] {
    // After the start a day and a half goes by before the end is reached.
    if (++looks == 4) {
      world_.Delete(0, "key0");
      world_.Commit(0);
      world_.cluster()
          .partition("out", Partition(0))
          .Compact({Offset(INT64_MAX), /*drop_tombstones=*/true,
                    /*drop_markers=*/false});
      world_.cluster().Advance(absl::Hours(36));
    }
    if (looks == 60) process->stop = true;
    return world_.cluster().now();
  };
  process->sink.once = false;
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_EQ(world_.database().Rows(), world_.Expected());
}

TEST_P(SinkTest, ARefusedRowStopsAndNothingOfItsBatchIsStored) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  const auto positions = world_.database().Positions();
  world_.database().Query(
      absl::StrCat("CREATE UNIQUE INDEX ", world_.database().table, "_kind ON ",
                   world_.database().table, " (average, window_name)"));
  world_.Apply(0, "good", 1000);
  world_.Apply(0, "bad", 1000);
  world_.Commit(0);
  ExpectStop(world_.RunOnce(), StopReason::kBadRecord,
             "the database refuses key \"");
  EXPECT_EQ(world_.database().Positions(), positions);
  EXPECT_EQ(Count(" WHERE key = 'good'"), 0);
}

TEST_P(SinkTest, ARefusedRowIsSetAside) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.database().Query(
      absl::StrCat("CREATE UNIQUE INDEX ", world_.database().table, "_kind ON ",
                   world_.database().table, " (average, window_name)"));
  for (int i = 0; i < 20; ++i) world_.Apply(0, absl::StrCat("n", i), 1000 + i);
  world_.Apply(0, "twin", 1007);
  world_.Commit(0);
  const auto process = world_.Process();
  process->table.on_rejected_row = RejectedRowPolicy::kDeadLetter;
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_EQ(world_.database().Positions(), world_.Ends());
  // All but one of the two that cannot both be.
  EXPECT_EQ(Count(""), static_cast<int64_t>(world_.Expected().size()) - 2);
  EXPECT_EQ(Count("_rejected"), 1);
  EXPECT_THAT(world_.database().Query(
                  absl::StrCat("SELECT windows, error FROM ",
                               world_.database().table, "_rejected"))[0],
              ::testing::ElementsAre(HasSubstr("\"average\":1007"),
                                     HasSubstr(world_.database().table)));
}

TEST_P(SinkTest, ATopicThatIsNoneOfOurs) {
  world_.cluster().Produce("out", Partition(0), "k", "\xff no snapshot");
  ExpectStop(world_.RunOnce(), StopReason::kState, "out[0], offset 0: ");
  EXPECT_THAT(world_.database().Rows(), IsEmpty());
}

TEST_P(SinkTest, BrokersThatAreAwayAreWaitedFor) {
  world_.MakeState();
  const auto process = world_.Process();
  process->plan.Set(SeamCall::kRead, 2,
                    Fault::FailBefore(absl::UnavailableError("away")));
  process->plan.Set(SeamCall::kRead, 3,
                    Fault::FailBefore(absl::OutOfRangeError("cut")));
  ASSERT_THAT(process->Run(), IsOk());
  ExpectInStep();
}

TEST_P(SinkTest, AndNoLongerThanAskedFor) {
  world_.MakeState();
  const auto process = world_.Process();
  process->sink.unreachable_deadline = absl::Seconds(30);
  process->plan.set_chooser([](SeamCall call, int64_t /*nth*/) {
    return call == SeamCall::kRead
               ? Fault::FailBefore(absl::UnavailableError("away for good"))
               : Fault();
  });
  ExpectStop(process->Run(), StopReason::kUnreachable, "away for good");
}

TEST_P(SinkTest, ATopicThatDoesNotExist) {
  const auto process = world_.Process();
  process->sink.topic = "mistyped";
  ExpectStop(process->Run(), StopReason::kConfig, "mistyped");
}

TEST_P(SinkTest, ATopicThatForgetsDeletionsAtOnce) {
  const auto process = world_.Process();
  process->sink.delete_retention = [] { return absl::Seconds(1); };
  ExpectStop(process->Run(), StopReason::kConfig, "delete.retention.ms");
}

// Nothing is read anew while all is well, however short-lived deletions are.
TEST_P(SinkTest, AnIdleSinkStaysUpToDate) {
  world_.MakeState();
  const auto process = world_.Process();
  process->sink.once = false;
  process->sink.delete_retention = [] { return absl::Minutes(1); };
  process->sink.status_every = absl::Hours(1);
  process->a_look = absl::Milliseconds(100);
  const absl::Time end = world_.cluster().now() + absl::Minutes(10);
  process->sink.now = process->table.now = [&] {
    if (world_.cluster().now() > end) process->stop = true;
    return world_.cluster().now();
  };
  ASSERT_THAT(process->Run(), IsOk());
  ExpectInStep();
  EXPECT_EQ(process->plan.calls(SeamCall::kCloseResults), 2);
}

TEST_P(SinkTest, WithoutTables) {
  const auto process = world_.Process();
  process->table.create_table = false;
  ExpectStop(process->Run(), StopReason::kConfig, "--create_table");
}

}  // namespace
}  // namespace exactmean
