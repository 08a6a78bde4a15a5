// Errors and deaths at every call to the database, before and after its effect:
// the table is the topic all the same.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tools/sink/sink_testing.h"

namespace exactmean {
namespace {

// At which call of the database what happens.
struct Blow {
  int at = 0;  // from 1; 0: never
  bool after_effect = false;
  bool deadly = false;  // the process sees no more of it
};

// Counts the calls. A process that is struck dead is told kCancelled from then
// on, and what it had begun is rolled back, as its connection ends.
class StruckDatabase : public Database {
 public:
  StruckDatabase(std::unique_ptr<Database> inner, Blow blow)
      : inner_(std::move(inner)), blow_(blow) {}

  int calls() const { return calls_; }

  std::string name() const override { return inner_->name(); }
  absl::Status Connect() override {
    return Run([&] { return inner_->Connect(); });
  }
  absl::Status CreateTables() override {
    return Run([&] { return inner_->CreateTables(); });
  }
  absl::Status CheckTables() override {
    return Run([&] { return inner_->CheckTables(); });
  }
  absl::Status Begin() override {
    return Run([&] { return inner_->Begin(); });
  }
  absl::Status Commit() override {
    return Run([&] { return inner_->Commit(); });
  }
  void Rollback() override { inner_->Rollback(); }
  absl::Status LockForTakeover() override {
    return Run([&] { return inner_->LockForTakeover(); });
  }
  absl::StatusOr<std::vector<StoredPosition>> LockPositions() override {
    return Run([&] { return inner_->LockPositions(); });
  }
  absl::Status StorePositions(
      absl::Span<const StoredPosition> positions) override {
    return Run([&] { return inner_->StorePositions(positions); });
  }
  absl::Status DropPartitions(int32_t count) override {
    return Run([&] { return inner_->DropPartitions(count); });
  }
  absl::Status DropOtherWindows(const Windows& windows) override {
    return Run([&] { return inner_->DropOtherWindows(windows); });
  }
  absl::Status Apply(const Windows& windows,
                     absl::Span<const Change> changes) override {
    return Run([&] { return inner_->Apply(windows, changes); });
  }
  absl::Status Reject(const Windows& windows, const Change& change,
                      absl::string_view error, absl::Time now) override {
    return Run([&] { return inner_->Reject(windows, change, error, now); });
  }
  absl::Status Unconfirm(Partition partition, ReplacedBy by) override {
    return Run([&] { return inner_->Unconfirm(partition, by); });
  }
  absl::StatusOr<int64_t> SweepUnconfirmed(Partition partition) override {
    return Run([&] { return inner_->SweepUnconfirmed(partition); });
  }

 private:
  template <typename Effect>
  auto Run(Effect effect) -> decltype(effect()) {
    if (dead_) return absl::CancelledError("dead");
    if (++calls_ != blow_.at) return effect();
    dead_ = blow_.deadly;
    if (blow_.after_effect) {
      const auto done = effect();
      if (!done.ok()) return done;
    }
    if (dead_) inner_->Rollback();
    return absl::UnavailableError("struck");
  }

  const std::unique_ptr<Database> inner_;
  const Blow blow_;
  int calls_ = 0;
  bool dead_ = false;
};

// Connect, CreateTables, CheckTables.
constexpr int kSetUpCalls = 3;

// Runs a sink, with the blow, through a topic; a dead one is followed by
// another. Returns how many calls there were.
int RunWith(const Blow& blow, bool resync) {
  SCOPED_TRACE(
      absl::StrCat("call ", blow.at, blow.after_effect ? ", after" : "",
                   blow.deadly ? ", deadly" : "", resync ? ", resync" : ""));
  SinkWorld world;
  world.MakeState();
  if (resync) {
    EXPECT_THAT(world.RunOnce(), IsOk());
    world.cluster().RecreateTopic("out");
    world.Apply(0, "key1", 5);
    world.Apply(0, "again", 5);
    world.Commit(0);
    world.Apply(1, "key4", 5);
    world.Commit(1);
  }
  StruckDatabase database(world.database().Another(), blow);
  SinkProcess process(&world.cluster(), &database, "struck");
  process.sink.batch_keys = 4;
  process.table.resync = resync;
  const absl::Status status = process.Run();
  EXPECT_EQ(status.ok(), !blow.deadly) << status;
  // Whoever dies leaves the table as of its positions, and not before or after
  // them. (A resync that is not done has rows yet to be confirmed.)
  if (blow.deadly && !resync && blow.at > kSetUpCalls) {
    EXPECT_EQ(world.database().Rows(),
              world.ExpectedAt(world.database().Positions()));
  }
  if (blow.deadly) {
    const auto next = world.Process("next");
    // Whoever restarts it leaves its flags as they are.
    next->table.resync = resync;
    EXPECT_THAT(next->Run(), IsOk());
  }
  EXPECT_EQ(world.database().Rows(), world.Expected());
  EXPECT_EQ(world.database().Positions(), world.Ends());
  return database.calls();
}

TEST(SinkFaultTest, AtEveryCall) {
  for (const bool resync : {false, true}) {
    const int calls = RunWith(Blow(), resync);
    ASSERT_GT(calls, 15);
    for (int at = 1; at <= calls; ++at) {
      for (const bool after : {false, true}) {
        for (const bool deadly : {false, true}) {
          RunWith({at, after, deadly}, resync);
          if (HasFailure()) return;
        }
      }
    }
  }
}

}  // namespace
}  // namespace exactmean
