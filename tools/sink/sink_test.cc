// The loop on a topic in memory: what is in the table afterwards.

#include "tools/sink/sink.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/sink/sink_testing.h"

namespace exactmean {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

TEST_P(SinkTest, OnceEndsWhereTheTopicEndedAndNotWithinALaterCommit) {
  world_.MakeState();
  const auto ends = world_.Ends();
  const auto process = world_.Process();
  process->sink.batch_keys = 3;
  process->sink.status_every = absl::Milliseconds(1);
  int looks = 0;
  process->sink.now = [&] {
    if (++looks == 2) {
      world_.Apply(0, "later", 1);
      world_.Apply(0, "later still", 2);
      world_.Commit(0, /*without=*/1);
    }
    return world_.cluster().now();
  };
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_GE(looks, 2);
  EXPECT_EQ(world_.database().Rows(), world_.ExpectedAt(ends));
  EXPECT_EQ(world_.database().Positions(), ends);
}

// As a rewind to another configuration leaves it.
TEST_P(SinkTest, OlderWindowsAreReadOver) {
  results::Snapshot snapshot;
  snapshot.set_format(1);
  snapshot.add_averages()->set_count(1);
  results::Checkpoint checkpoint;
  checkpoint.set_format(1);
  checkpoint.add_windows("of before");
  world_.cluster().Produce("out", Partition(0), "old", EncodeResult(snapshot));
  world_.cluster().Produce("out", Partition(0), kCheckpointKey,
                           EncodeResult(checkpoint));
  world_.cluster().Produce("out", Partition(0), "old", absl::nullopt);
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  ExpectInStep();
  EXPECT_EQ(Count(" WHERE key = 'old'"), 0);
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

TEST_P(SinkTest, AKeyIsShownSoThatNothingObeysIt) {
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.database().Query(absl::StrCat("CREATE UNIQUE INDEX ",
                                       world_.database().table, "_kind ON ",
                                       world_.database().table, " (average)"));
  world_.Apply(0, "evil\n\x1b[2J", 1000);  // two windows, one average
  world_.Commit(0);
  const absl::Status status = world_.RunOnce();
  ExpectStop(status, StopReason::kBadRecord, "key \"evil\\n\\x1b[2J\"");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\n")));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("\x1b")));
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

// Its record is there: the row is not what the topic does not have.
TEST_P(SinkTest, ARowThatIsRefusedWithinAResyncKeepsItsFormerSelf) {
  world_.Apply(0, "a", 1);
  world_.Apply(0, "b", 2);
  world_.Apply(0, "twin", 1000);
  world_.Commit(0);
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.Delete(0, "a");
  world_.Apply(0, "a", 1000);
  world_.Delete(0, "b");
  world_.Commit(0);
  world_.cluster()
      .partition("out", Partition(0))
      .Compact({Offset(INT64_MAX), /*drop_tombstones=*/true,
                /*drop_markers=*/false});
  world_.database().Query(
      absl::StrCat("CREATE UNIQUE INDEX ", world_.database().table, "_kind ON ",
                   world_.database().table, " (average, window_name)"));
  const auto process = world_.Process("resync");
  process->table.resync = true;
  process->table.on_rejected_row = RejectedRowPolicy::kDeadLetter;
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_EQ(Count("_rejected"), 1);
  EXPECT_EQ(Count(" WHERE key = 'a'"), 2);  // windows
  EXPECT_EQ(Count(" WHERE key = 'b'"), 0);
}

TEST_P(SinkTest, AnErrorIsOneAlsoForWhoIsAskedToStop) {
  world_.MakeState();
  const auto process = world_.Process();
  process->sink.once = false;
  process->plan.set_chooser([&](SeamCall call, int64_t nth) {
    if (call != SeamCall::kRead || nth < 2) return Fault();
    process->stop = true;
    return Fault::FailBefore(absl::DataLossError("broken"));
  });
  ExpectStop(process->Run(), StopReason::kState, "broken");
  process->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    return call == SeamCall::kRead
               ? Fault::FailBefore(absl::UnavailableError("away"))
               : Fault();
  });
  EXPECT_THAT(process->Run(), IsOk());
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

TEST_P(SinkTest, WithoutTables) {
  const auto process = world_.Process();
  process->table.create_table = false;
  ExpectStop(process->Run(), StopReason::kConfig, "--create_table");
}

}  // namespace
}  // namespace exactmean
