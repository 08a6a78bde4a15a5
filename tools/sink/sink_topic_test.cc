// Topics that are not what the table was made of: refused, or read anew.

#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "tests/status_matchers.h"
#include "tools/sink/sink.h"
#include "tools/sink/sink_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Each, SinkTest,
                         ::testing::Values(DatabaseKind::kSqlite,
                                           DatabaseKind::kPostgres),
                         [](const auto& one) { return Name(one.param); });

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

TEST_P(SinkTest, ABadCheckpointMattersWhileItIsTheNewest) {
  world_.MakeState();
  world_.cluster().Produce("out", Partition(0), kCheckpointKey, "none");
  ExpectStop(world_.RunOnce(), StopReason::kState, "partition 0, offset ");
  world_.Apply(0, "key0", 1);
  world_.Commit(0);
  ASSERT_THAT(world_.RunOnce(), IsOk());
  ExpectInStep();
  // Another, while it reads on.
  const auto process = world_.Process();
  process->sink.once = false;
  int looks = 0;
  process->sink.now = [&] {
    if (++looks == 2) {
      world_.cluster().Produce("out", Partition(0), kCheckpointKey, "none");
    }
    return world_.cluster().now();
  };
  ExpectStop(process->Run(), StopReason::kState, "out[0], offset ");
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

TEST_P(SinkTest, AnEndThatIsBehindIsWaitedForALittle) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  const std::string move = absl::StrCat(
      "UPDATE ", world_.database().table,
      "_positions SET next_offset = next_offset + 5 WHERE partition = 0");
  world_.database().Query(move);
  ExpectStop(world_.RunOnce(), StopReason::kState, "it was cut off");
  // As of a leader that knows it a moment later.
  const auto process = world_.Process();
  int looks = 0;
  process->sink.now = process->table.now = [&] {
    if (++looks == 8) {
      for (int i = 0; i < 8; ++i) world_.Apply(0, absl::StrCat("k", i), i);
      world_.Commit(0);
    }
    return world_.cluster().now();
  };
  ASSERT_THAT(process->Run(), IsOk());
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

TEST_P(SinkTest, NoRowGoesBackWhileAPartitionIsReadAnew) {
  const auto grow = [&](int commits) {
    for (int i = 0; i < commits; ++i) {
      world_.Apply(0, "IBM", i);
      world_.Commit(0);
    }
  };
  grow(10);
  ASSERT_THAT(world_.RunOnce(), IsOk());
  grow(10);
  world_.cluster().Advance(absl::Hours(25));
  const auto process = world_.Process();
  process->sink.batch_time = absl::ZeroDuration();
  std::set<int> seen;
  process->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call != SeamCall::kRead) return Fault();
    for (const auto& row : world_.database().Query(absl::StrCat(
             "SELECT DISTINCT records FROM ", world_.database().table))) {
      seen.insert(std::stoi(row.at(0)));
    }
    return Fault();
  });
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_THAT(seen, AllOf(Contains(10), SizeIs(Gt(2)), Each(Ge(10))));
  ExpectInStep();
}

// A rewind under other windows, and what followed it, while no sink ran.
TEST_P(SinkTest, RowsOfFormerWindowsGo) {
  for (const char* key : {"a", "b"}) world_.Apply(0, key, 1);
  world_.Commit(0);
  ASSERT_THAT(world_.RunOnce(), IsOk());
  world_.database().Query(
      absl::StrCat("UPDATE ", world_.database().table,
                   " SET window_name = 'former' WHERE window_name = 'ewma'"));
  for (const char* key : {"a", "b"}) {
    world_.Delete(0, key);
    world_.Apply(0, key, 2);
  }
  world_.Commit(0);
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

TEST_P(SinkTest, ATopicThatIsNoneOfOurs) {
  world_.cluster().Produce("out", Partition(0), "k", "\xff no snapshot");
  ExpectStop(world_.RunOnce(), StopReason::kState, "out[0], offset 0: ");
  EXPECT_THAT(world_.database().Rows(), IsEmpty());
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

// Of a sink that is always a little behind, too, it is known up to when nothing
// is missing.
TEST_P(SinkTest, WhoIsNeverAtTheEndIsUpToDateAllTheSame) {
  const auto grow = [&](int commits) {
    for (int i = 0; i < commits; ++i) {
      world_.Apply(0, absl::StrCat("busy", i), i);
      world_.Commit(0);
    }
  };
  grow(40);
  const auto process = world_.Process();
  process->sink.once = false;
  process->sink.status_every = absl::Milliseconds(500);
  const absl::Time end = world_.cluster().now() + absl::Minutes(5);
  int reads = 0;
  process->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call != SeamCall::kRead) return Fault();
    // As much as a read takes away.
    grow(3 + ++reads % 2);
    process->stop = world_.cluster().now() > end;
    return Fault();
  });
  ASSERT_THAT(process->Run(), IsOk());
  EXPECT_LT(world_.database().Positions()[0], world_.Ends()[0]);
  EXPECT_EQ(Count(absl::StrCat(
                "_positions WHERE caught_up_at > '",
                absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", end - absl::Minutes(2),
                                 absl::UTCTimeZone()),
                "' AND partition = 0")),
            1);
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
  // Those of the look for a checkpoint, and at the end.
  EXPECT_EQ(process->plan.calls(SeamCall::kCloseResults), 4);
}

}  // namespace
}  // namespace exactmean
