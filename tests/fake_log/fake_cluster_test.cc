// What the fake cluster can do beyond the conformance suite: compaction, late
// markers, forced assignments, time, administrators.

#include "tests/fake_log/fake_cluster.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Partition kP0{0};
constexpr Partition kP1{1};

std::vector<int64_t> Readable(const FakePartition& partition) {
  std::vector<int64_t> offsets;
  partition.ReadCommitted(partition.low(), SIZE_MAX,
                          [&](const FakeRecord& record) {
                            offsets.push_back(record.offset.value());
                          });
  return offsets;
}

class FakeClusterTest : public testing::Test {
 protected:
  explicit FakeClusterTest(bool manual_markers = false)
      : cluster_(FakeCluster::Options{manual_markers}) {
    cluster_.CreateTopic("t", 2);
    producer_ = cluster_.InitProducer("id", absl::Seconds(10));
  }
  FakePartition& p0() { return cluster_.partition("t", kP0); }
  void Append(Partition partition, absl::string_view key,
              absl::optional<absl::string_view> value) {
    EXPECT_THAT(cluster_.Append(producer_, "t", partition, key, value), IsOk());
  }
  void End(bool commit) {
    EXPECT_THAT(cluster_.EndTransaction(producer_, commit), IsOk());
  }

  FakeCluster cluster_;
  FakeProducer producer_;
};

TEST_F(FakeClusterTest, CompactionKeepsTheNewestCommittedOfEachKey) {
  Append(kP0, "a", "1");  // 0: superseded
  Append(kP0, "b", "1");  // 1
  End(true);              // 2
  Append(kP0, "a", "2");  // 3: aborted
  End(false);             // 4
  Append(kP0, "a", "3");  // 5
  End(true);              // 6
  p0().Compact({});
  EXPECT_THAT(Readable(p0()), ElementsAre(1, 5));
  EXPECT_EQ(p0().high(), Offset(7)) << "offsets do not move";
  EXPECT_THAT(p0().records().size(), 5u) << "markers stay";
  FakePartition::Compaction late;
  late.drop_markers = true;
  p0().Compact(late);
  EXPECT_EQ(p0().records().size(), 2u);
  EXPECT_EQ(p0().ReadCommitted(Offset(6), 1, [](const FakeRecord&) {}),
            Offset(7))
      << "a gap at the tail is stepped over";
}

TEST_F(FakeClusterTest, CompactionStopsAtTheOpenTransaction) {
  cluster_.Produce("t", kP0, "a", "1");
  Append(kP0, "a", "2");
  cluster_.Produce("t", kP0, "a", "3");
  p0().Compact({});
  EXPECT_THAT(Readable(p0()), ElementsAre(0));
  End(true);
  EXPECT_THAT(Readable(p0()), ElementsAre(0, 1, 2));
  FakePartition::Compaction closed_segments;
  closed_segments.below = Offset(2);
  p0().Compact(closed_segments);
  EXPECT_THAT(Readable(p0()), ElementsAre(1, 2));
}

TEST_F(FakeClusterTest, CompactionDropsTombstonesWhenTold) {
  cluster_.Produce("t", kP0, "a", "1");
  cluster_.Produce("t", kP0, "a", absl::nullopt);
  cluster_.Produce("t", kP0, "b", "1");
  p0().Compact({});
  EXPECT_THAT(Readable(p0()), ElementsAre(1, 2));
  FakePartition::Compaction late;
  late.drop_tombstones = true;
  p0().Compact(late);
  EXPECT_THAT(Readable(p0()), ElementsAre(2));
}

TEST_F(FakeClusterTest, ATransactionTimesOutOnTheClusterClock) {
  Append(kP0, "a", "1");
  cluster_.Advance(absl::Seconds(9));
  EXPECT_EQ(p0().last_stable(), Offset(0));
  cluster_.Advance(absl::Seconds(1));
  EXPECT_EQ(p0().last_stable(), p0().high());
  EXPECT_THAT(Readable(p0()), IsEmpty());
  EXPECT_THAT(cluster_.EndTransaction(producer_, true),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(FakeClusterTest, ARecreatedTopicBeginsAnew) {
  cluster_.Produce("t", kP0, "a", "1");
  Append(kP0, "a", "1");
  cluster_.RecreateTopic("t");
  EXPECT_EQ(p0().high(), Offset(0));
  End(true);
  EXPECT_EQ(cluster_.Produce("t", kP0, "a", "1"), Offset(0));
}

class ManualMarkersTest : public FakeClusterTest {
 protected:
  ManualMarkersTest() : FakeClusterTest(true) {}
  GroupToken outside() {
    GroupToken token;
    token.group = "g";
    return token;
  }
};

TEST_F(ManualMarkersTest, EachPartitionAndGroupLearnsOnItsOwn) {
  Append(kP0, "a", "1");
  Append(kP1, "a", "1");
  EXPECT_THAT(
      cluster_.AddOffsets(producer_, "t", {{kP0, Offset(4)}}, outside()),
      IsOk());
  End(true);
  FakeGroup& group = cluster_.group("g", "t");
  ASSERT_EQ(cluster_.pending_markers(), 3u);
  EXPECT_THAT(Readable(p0()), IsEmpty());
  EXPECT_THAT(group.Committed(kP0), StatusIs(absl::StatusCode::kUnavailable));
  cluster_.WriteMarker(2);  // the group's
  EXPECT_THAT(group.Committed(kP0),
              IsOkAndHolds(Eq(absl::optional<Offset>(Offset(4)))));
  EXPECT_THAT(Readable(p0()), IsEmpty());
  cluster_.WriteMarker(0);
  EXPECT_THAT(Readable(p0()), ElementsAre(0));
  EXPECT_THAT(Readable(cluster_.partition("t", kP1)), IsEmpty());
  // The producer's next transaction waits for the rest.
  Append(kP0, "a", "2");
  EXPECT_EQ(cluster_.pending_markers(), 0u);
  EXPECT_THAT(Readable(cluster_.partition("t", kP1)), ElementsAre(0));
}

TEST_F(ManualMarkersTest, ADecisionOutlivesTheProducer) {
  Append(kP0, "a", "1");
  End(true);
  cluster_.InitProducer("id", absl::Seconds(10));
  EXPECT_THAT(Readable(p0()), ElementsAre(0)) << "committed, not aborted";
}

TEST_F(ManualMarkersTest, TheLaterOffsetWinsWhicheverMarkerComesFirst) {
  const FakeProducer other = cluster_.InitProducer("other", absl::Seconds(10));
  for (const auto& [producer, offset] :
       {std::make_pair(producer_, 4), std::make_pair(other, 6)}) {
    EXPECT_THAT(
        cluster_.AddOffsets(producer, "t", {{kP0, Offset(offset)}}, outside()),
        IsOk());
    EXPECT_THAT(cluster_.EndTransaction(producer, true), IsOk());
  }
  cluster_.WriteMarker(1);
  cluster_.WriteMarker(0);
  EXPECT_THAT(cluster_.group("g", "t").Committed(kP0),
              IsOkAndHolds(Eq(absl::optional<Offset>(Offset(6)))));
}

class CountingListener : public AssignmentListener {
 public:
  void OnAssigned(absl::Span<const Partition> partitions) override {
    held.insert(held.end(), partitions.begin(), partitions.end());
  }
  void OnRevoked(absl::Span<const Partition> partitions) override {
    Drop(partitions);
  }
  void OnLost(absl::Span<const Partition> partitions) override {
    Drop(partitions);
  }
  std::vector<Partition> held;

 private:
  void Drop(absl::Span<const Partition> partitions) {
    for (const Partition p : partitions) {
      held.erase(std::find(held.begin(), held.end(), p));
    }
  }
};

class FakeGroupTest : public FakeClusterTest {
 protected:
  struct Client {
    FaultPlan plan;
    CountingListener listener;
    std::unique_ptr<FakeInputLog> log;
  };
  std::unique_ptr<Client> Join(const std::string& name,
                               const std::string& instance = "") {
    auto client = std::make_unique<Client>();
    FakeInputLog::Options options;
    options.topic = "t";
    options.group = "g";
    options.client = name;
    options.instance = instance;
    options.cooperative = true;
    client->log =
        std::make_unique<FakeInputLog>(&cluster_, &client->plan, options);
    EXPECT_THAT(client->log->Subscribe(&client->listener), IsOk());
    return client;
  }
  void Poll(const std::vector<Client*>& clients) {
    for (int turn = 0; turn < 5; ++turn) {
      for (Client* client : clients) {
        EXPECT_THAT(client->log->Poll(absl::ZeroDuration()), IsOk());
      }
    }
  }
  FakeGroup& group() { return cluster_.group("g", "t"); }
};

TEST_F(FakeGroupTest, AForcedAssignmentHoldsUntilItIsLifted) {
  auto a = Join("a");
  auto b = Join("b");
  Poll({a.get(), b.get()});
  EXPECT_THAT(a->listener.held, ElementsAre(kP0));
  EXPECT_THAT(b->listener.held, ElementsAre(kP1));
  EXPECT_THAT(group().Owners(kP1), ElementsAre("b"));
  group().Force({{"a", {kP1}}, {"b", {kP0}}});
  Poll({a.get(), b.get()});
  EXPECT_THAT(a->listener.held, ElementsAre(kP1));
  EXPECT_THAT(b->listener.held, ElementsAre(kP0));
  group().Force({{"a", {kP0, kP1}}});
  Poll({a.get(), b.get()});
  EXPECT_THAT(a->listener.held, UnorderedElementsAre(kP0, kP1));
  EXPECT_THAT(b->listener.held, IsEmpty());
  group().Force({});
  Poll({a.get(), b.get()});
  EXPECT_EQ(a->listener.held.size(), 1u);
  EXPECT_EQ(b->listener.held.size(), 1u);
}

TEST_F(FakeGroupTest, ASilentMembersSessionRunsOut) {
  auto a = Join("a", "instance");
  Poll({a.get()});
  auto b = Join("b");
  cluster_.Advance(absl::Seconds(5));
  Poll({b.get()});
  EXPECT_THAT(b->listener.held, IsEmpty()) << "a has not joined";
  cluster_.Advance(absl::Seconds(5));
  Poll({b.get()});
  EXPECT_THAT(b->listener.held, UnorderedElementsAre(kP0, kP1));
  EXPECT_EQ(group().member_count(), 1u);
}

TEST_F(FakeGroupTest, AddedPartitionsAreAssignedWithTheNextRebalance) {
  auto a = Join("a");
  Poll({a.get()});
  cluster_.AddPartitions("t", 1);
  const auto described = a->log->Describe();
  ASSERT_THAT(described, IsOk());
  EXPECT_EQ(described->partitions, 3);
  group().StartRebalance();
  Poll({a.get()});
  EXPECT_THAT(a->listener.held, UnorderedElementsAre(kP0, kP1, Partition(2)));
}

TEST_F(FakeGroupTest, AnAdministratorMovesAndDeletesOffsets) {
  auto a = Join("a");
  group().SetCommitted(kP0, Offset(7));
  EXPECT_THAT(a->log->Committed(kP0),
              IsOkAndHolds(Eq(absl::optional<Offset>(Offset(7)))));
  group().SetCommitted(kP0, absl::nullopt);
  EXPECT_THAT(a->log->Committed(kP0),
              IsOkAndHolds(Eq(absl::optional<Offset>())));
}

}  // namespace
}  // namespace exactmean
