// From the records of a results topic to views, and how they look.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/clock.h"
#include "state/result_codec.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/watch/follower.h"
#include "tools/inspect/watch/watch_model.h"
#include "tools/inspect/watch/watch_render.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kStart = absl::FromUnixSeconds(1000000);

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() { cluster_.CreateTopic("out", 2); }

  void Key(int p, const std::string& key, double first, double second) {
    results::Snapshot snapshot;
    snapshot.set_format(kSnapshotFormat);
    snapshot.add_averages()->set_average(first);
    snapshot.add_averages()->set_average(second);
    cluster_.Produce("out", Partition(p), key, EncodeResult(snapshot));
  }
  void Checkpoint(int p, int64_t next, uint64_t applied, uint64_t keys,
                  int64_t timestamp_ms = 0) {
    results::Checkpoint checkpoint;
    checkpoint.set_format(kCheckpointFormat);
    checkpoint.set_input_topic("in");
    checkpoint.set_next_offset(next);
    checkpoint.mutable_dispositions()->set_applied(applied);
    checkpoint.set_keys(keys);
    checkpoint.add_windows("fast");
    checkpoint.add_windows("slow");
    checkpoint.set_delivery(delivery_);
    cluster_.Produce("out", Partition(p), "__exactmean/checkpoint",
                     EncodeResult(checkpoint), timestamp_ms);
  }
  void Start(const std::string& window = "") {
    model_ = std::make_unique<WatchModel>(
        std::vector<Partition>{Partition(0), Partition(1)}, window, 3);
    follower_ = std::make_unique<Follower>(&log_, model_.get());
    ScanOptions options;
    options.clock = &clock_;
    ASSERT_THAT(follower_->Open({Partition(0), Partition(1)}, options), IsOk());
  }
  // All that is there.
  void ReadAll() {
    uint64_t before;
    do {
      before = follower_->records();
      ASSERT_THAT(follower_->Read(absl::ZeroDuration()), IsOk());
    } while (follower_->records() > before || !follower_->loaded());
  }
  // One interval of two seconds in which a moves up, b down, c a little.
  WatchView Example() {
    Key(0, "a", 10, 0);
    Key(0, "b", 100, 0);
    Key(0, "c", 1000, 0);
    Checkpoint(0, 5, 5, 3);
    Start();
    ReadAll();
    model_->Tick(kStart);
    Key(0, "a", 20, 0);
    Key(0, "a", 30, 0);
    Key(0, "b", 50, 0);
    Key(0, "c", 1001, 0);
    Key(0, "new", 7, 0);
    Key(0, "new", 70, 0);
    Checkpoint(0, 1205, 1005, 4, absl::ToUnixMillis(kStart) + 500);
    ReadAll();
    model_->SetInputEnd(Partition(0), Offset(2205));
    return model_->Tick(kStart + absl::Seconds(2));
  }
  static Terminal Of(int width, int height, bool colour = false) {
    Terminal terminal;
    terminal.interactive = true;
    terminal.width = width;
    terminal.height = height;
    terminal.colour = colour;
    return terminal;
  }

  results::Delivery delivery_ = results::EXACTLY_ONCE;
  FakeCluster cluster_;
  FaultPlan plan_;
  ClusterClock clock_{&cluster_};
  FakeResultsLog log_{&cluster_, &plan_, {"out"}};
  std::unique_ptr<WatchModel> model_;
  std::unique_ptr<Follower> follower_;
};

TEST_F(WatchTest, WhatAFormerOwnerWritesLateDoesNotTakeItBack) {
  delivery_ = results::AT_LEAST_ONCE;
  Checkpoint(0, 10, 10, 3);
  Checkpoint(0, 4, 4, 2);
  Start();
  ReadAll();
  EXPECT_EQ(model_->Tick(kStart).partitions[0].next_offset, Offset(10));
}

TEST_F(WatchTest, RatesLagAndMoversOfAnInterval) {
  const WatchView view = Example();
  ASSERT_EQ(view.partitions.size(), 2u);
  const WatchedPartition& p = view.partitions[0];
  EXPECT_EQ(p.next_offset, Offset(1205));
  EXPECT_EQ(p.lag, 1000);
  EXPECT_EQ(p.commit_age, absl::Milliseconds(1500));
  EXPECT_EQ(p.keys, 4u);
  EXPECT_EQ(p.records_per_second, 500);
  EXPECT_EQ(p.commits_per_second, 0.5);
  EXPECT_FALSE(view.partitions[1].next_offset.has_value());
  EXPECT_EQ(view.window, "fast");
  ASSERT_EQ(view.movers.size(), 3u);  // new is none
  EXPECT_EQ(view.movers[0].key, "a");
  EXPECT_EQ(view.movers[0].before, 10);
  EXPECT_EQ(view.movers[0].now, 30);
  EXPECT_EQ(view.movers[1].key, "b");
  EXPECT_EQ(view.movers[2].key, "c");

  const WatchView next = model_->Tick(kStart + absl::Seconds(3));
  EXPECT_THAT(next.movers, IsEmpty());
  EXPECT_EQ(next.partitions[0].records_per_second, 0);
}

TEST_F(WatchTest, AnotherWindowAndOneThatIsNotThere) {
  Checkpoint(0, 0, 0, 0);
  Key(0, "a", 1, 1);
  Start("slow");
  ReadAll();
  model_->Tick(kStart);
  Key(0, "a", 2, 1);
  ReadAll();
  EXPECT_THAT(model_->Tick(kStart + absl::Seconds(1)).movers, IsEmpty());
  Key(0, "a", 2, 3);
  ReadAll();
  const WatchView view = model_->Tick(kStart + absl::Seconds(2));
  ASSERT_EQ(view.movers.size(), 1u);
  EXPECT_EQ(view.movers[0].now, 3);

  Start("medium");
  EXPECT_THAT(follower_->Read(absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("\"medium\"; there are fast, slow")));
}

TEST_F(WatchTest, DeletedKeysAreForgotten) {
  Key(0, "a", 1, 0);
  Start();
  ReadAll();
  model_->Tick(kStart);
  Key(0, "a", 2, 0);
  cluster_.Produce("out", Partition(0), "a", absl::nullopt);
  ReadAll();
  EXPECT_THAT(model_->Tick(kStart + absl::Seconds(1)).movers, IsEmpty());
  Key(0, "a", 3, 0);
  ReadAll();
  EXPECT_THAT(model_->Tick(kStart + absl::Seconds(2)).movers, IsEmpty());
}

TEST_F(WatchTest, PassingTroubleIsSaidAndATopicMadeAnewIsReadAnew) {
  Key(0, "a", 1, 0);
  Checkpoint(0, 50, 50, 1);
  Start();
  ReadAll();
  plan_.Set(SeamCall::kRead, plan_.calls(SeamCall::kRead) + 1,
            Fault::FailBefore(absl::UnavailableError("away")));
  ASSERT_THAT(follower_->Read(absl::ZeroDuration()), IsOk());
  EXPECT_EQ(follower_->trouble(), "away");
  Key(0, "a", 1, 0);
  ReadAll();
  EXPECT_EQ(follower_->trouble(), "");
  EXPECT_EQ(follower_->records(), 3u);  // none twice

  Key(0, "a", 1, 0);
  Key(0, "a", 1, 0);
  cluster_.partition("out", Partition(0)).DeleteBefore(Offset(4));
  ReadAll();  // notices
  ReadAll();
  EXPECT_EQ(follower_->records(), 4u);
  EXPECT_FALSE(model_->Tick(kStart).partitions[0].next_offset.has_value());
}

TEST_F(WatchTest, ARecordThatIsNotOursIsNamed) {
  cluster_.Produce("out", Partition(1), "k", "no snapshot");
  Start();
  EXPECT_THAT(follower_->Read(absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("partition 1, offset 0: key \"k\": ")));
  // As in a restore, one that a good one follows does not matter, though they
  // are not read at once.
  for (int i = 0; i < 600; ++i) Key(1, "other", i, 0);
  Key(1, "k", 1, 0);
  Start();
  ReadAll();
}

TEST_F(WatchTest, AnOpenTransactionIsSaidOnceNothingCame) {
  constexpr absl::Duration kPatience = absl::Seconds(5);
  Key(0, "a", 1, 0);
  Start();
  ReadAll();
  EXPECT_EQ(follower_->HeldBack(kStart, kPatience), "");
  const FakeProducer producer = cluster_.InitProducer("w", absl::Minutes(5));
  ASSERT_THAT(cluster_.Append(producer, "out", Partition(0), "k", "v"), IsOk());
  Key(0, "a", 2, 0);
  ReadAll();
  EXPECT_EQ(follower_->HeldBack(kStart + absl::Seconds(4), kPatience), "");
  const std::string said = "partition 0: a transaction is open from offset 1 ";
  EXPECT_THAT(follower_->HeldBack(kStart + absl::Seconds(5), kPatience),
              HasSubstr(said));
  Start();  // which has waited for it
  ReadAll();
  EXPECT_THAT(follower_->HeldBack(kStart, kPatience), HasSubstr(said));
  ASSERT_THAT(cluster_.EndTransaction(producer, false), IsOk());
  while (follower_->records() < 2) ReadAll();
  EXPECT_EQ(follower_->HeldBack(kStart + absl::Seconds(5), kPatience), "");
}

TEST_F(WatchTest, Screen) {
  const WatchView view = Example();
  EXPECT_EQ(WatchScreen(view, "prices", "", Of(80, 24)),
            "prices  1970-01-12T13:46:42Z  q quits, p pauses\n"
            "4 keys, lag 1,000, 500 records/s, 0.5 commits/s\n"
            "\n"
            "PARTITION  NEXT OFFSET    LAG  LAST COMMIT  RECORDS/S  COMMITS/S  "
            "KEYS\n"
            "        0         1205  1,000           1s        500        0.5  "
            "   4\n"
            "        1     no state      -            -        0.0        0.0  "
            "   0\n"
            "\n"
            "Top movers of fast in 2s\n"
            "KEY     BEFORE   NOW  CHANGE\n"
            "a    \xe2\x96\xb2      10    30     +20  +200.00 %\n"
            "b    \xe2\x96\xbc     100    50     -50   -50.00 %\n"
            "c    \xe2\x96\xb2    1000  1001      +1    +0.10 %\n");
}

TEST_F(WatchTest, AScreenNeverExceedsTheTerminal) {
  WatchView view = Example();
  view.partitions.resize(5);
  const std::string screen =
      WatchScreen(view, "prices", "remark", Of(30, 8, true));
  EXPECT_EQ(std::count(screen.begin(), screen.end(), '\n'), 8);
  EXPECT_THAT(screen, HasSubstr("\nremark\n"));
  EXPECT_THAT(WatchScreen(view, "prices", "", Of(30, 24)),
              HasSubstr("\nand 4 more that are less be...\n"));
  const std::string coloured =
      WatchScreen(view, "prices", "", Of(80, 24, true));
  EXPECT_THAT(coloured, HasSubstr("\x1b[32ma "));
  EXPECT_THAT(coloured, HasSubstr("\x1b[31mb "));
  EXPECT_THAT(WatchScreen(view, "prices", "", Of(80, 24)),
              Not(HasSubstr("\x1b")));
}

TEST_F(WatchTest, LineAndJson) {
  WatchView view = Example();
  EXPECT_EQ(WatchLine(view),
            "1970-01-12T13:46:42Z  4 keys, lag 1,000, 500 records/s, 0.5 "
            "commits/s; top mover a 10 to 30\n");
  EXPECT_EQ(
      WatchJson(view),
      R"({"time":"1970-01-12T13:46:42Z","interval_seconds":2,"keys":4,"lag":1000,"records_per_second":500,"commits_per_second":0.5,"partitions":[{"partition":0,"next_offset":1205,"lag":1000,"commit_age_seconds":1.5,"keys":4,"records_per_second":500,"commits_per_second":0.5},{"partition":1,"next_offset":null,"lag":null,"commit_age_seconds":null,"keys":0,"records_per_second":0,"commits_per_second":0}],"window":"fast","movers":[{"key":"a","partition":0,"before":10,"now":30},{"key":"b","partition":0,"before":100,"now":50},{"key":"c","partition":0,"before":1000,"now":1001}],"trouble":null}
)");
  view.trouble = "away";
  EXPECT_THAT(WatchLine(view), HasSubstr(" 10 to 30; away\n"));
  EXPECT_THAT(WatchJson(view), HasSubstr("}],\"trouble\":\"away\"}\n"));
}

}  // namespace
}  // namespace exactmean
