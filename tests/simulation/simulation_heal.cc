// Simulation: all trouble ends, and everything must come to rest.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulation/simulation.h"
#include "tests/world/reference.h"

namespace exactmean {
namespace {

constexpr absl::Duration kTurnEvery = absl::Milliseconds(100);

// What may stand in the way longest: a session that runs out and a transaction
// that times out, one after the other; then the patience with an offset that is
// missing, and room for the work itself.
constexpr absl::Duration kRestWithin = absl::Seconds(30 + 15 + 30 + 45);

}  // namespace

void Simulation::Heal() {
  Note("-- all trouble ends");
  EndTrouble();
  // A process that was failing when the trouble ended may still give up once,
  // and find its former self in its place once.
  Settle(configuration_.instances, /*restarts=*/2 * kNames);
  if (!status_.ok()) return;
  Note("-- one more joins");
  Produce(8, /*seed=*/1, nullptr);
  Settle(std::min(configuration_.instances + 1, kNames), /*restarts=*/0);
  if (status_.ok()) StopAll();
  if (status_.ok()) CheckBytes();
}

void Simulation::EndTrouble() {
  healing_ = true;
  owned_at_ = world_.cluster().now();
  // Whoever had two processes under one id starts one anew: the other may have
  // been fenced without having noticed yet.
  for (int slot = 0; slot < kSlots; ++slot) {
    if (had_twin_[static_cast<size_t>(slot % kNames)] &&
        actors_[static_cast<size_t>(slot)] != nullptr) {
      Kill(slot);
    }
  }
  group_away_until_ = transactions_away_until_ = offsets_missing_until_ =
      absl::InfinitePast();
  for (auto& actor : actors_) {
    if (actor != nullptr) actor->cut_off_until = absl::InfinitePast();
  }
  for (; !foreign_.empty(); foreign_.pop_front()) {
    world_.EndForeign(foreign_.front(), /*commit=*/true);
  }
  for (; !late_.empty(); late_.pop_front()) {
    const absl::Status late =
        world_.cluster().EndTransaction(late_.front().producer, true);
    Note(absl::StrCat("  late EndTxn: ", late.ToString()));
    Check();
  }
  world_.group().Force({});
  Produce(8, /*seed=*/0, nullptr);
  AfterStep();
}

void Simulation::Settle(int instances, int restarts) {
  const absl::Time deadline = world_.cluster().now() + kRestWithin;
  while (status_.ok()) {
    TurnOfAll(instances, &restarts);
    if (!status_.ok()) return;
    const absl::Status drained = world_.CheckDrained();
    if (drained.ok()) return;
    if (!absl::IsDeadlineExceeded(drained) ||
        world_.cluster().now() > deadline) {
      return Fail(drained);
    }
    FindOwners();
    world_.Advance(kTurnEvery);
  }
}

// Kafka leaves a partition without an owner when a static member dies after it
// has joined a cooperative rebalance and before it gives up what it claimed:
// its successor gets its place without a rebalance, until somebody else comes
// or goes. Here somebody does.
void Simulation::FindOwners() {
  FakeGroup& group = world_.group();
  const absl::Time now = world_.cluster().now();
  bool owned = true;
  for (int32_t p = 0; p < world_.partitions(); ++p) {
    owned &= !group.Owners(Partition(p)).empty();
  }
  if (owned || group.rebalancing() || !configuration_.instance.is_static ||
      !configuration_.instance.cooperative) {
    owned_at_ = now;
  } else if (now - owned_at_ > absl::Seconds(3)) {
    group.StartRebalance();
  }
}

void Simulation::TurnOfAll(int instances, int* restarts) {
  FakeCluster& cluster = world_.cluster();
  for (int slot = 0; slot < kNames; ++slot) {
    auto& actor = actors_[static_cast<size_t>(slot)];
    if (actor == nullptr && slot >= instances) continue;
    if (actor == nullptr) Start(slot);
    Turns(slot, 1, absl::ZeroDuration());
    while (cluster.pending_markers() > 0) cluster.WriteMarker(0);
    if (!status_.ok()) return;
    if (actor == nullptr && (*restarts)-- <= 0) {
      return Fail(absl::InternalError(
          absl::StrCat(SlotName(slot), " stops though nothing is wrong")));
    }
  }
}

void Simulation::StopAll() {
  for (int slot = 0; slot < kNames && status_.ok(); ++slot) {
    Actor* actor = actors_[static_cast<size_t>(slot)].get();
    if (actor == nullptr) continue;
    actor->busy = true;
    const absl::Status status = actor->instance->processor->Shutdown();
    actor->busy = false;
    if (!status.ok()) {
      return Fail(absl::InternalError(absl::StrCat(
          SlotName(slot), " does not stop cleanly: ", status.ToString())));
    }
    Check();
  }
}

void Simulation::CheckBytes() {
  // One fold in one go has another order.
  if (!configuration_.world.retry.topics.empty()) return;
  for (int32_t p = 0; p < world_.partitions() && status_.ok(); ++p) {
    const Partition partition(p);
    const PartitionWatch& watch = world_.watch(partition);
    const PlainWatch& plain = world_.plain_watch(partition);
    const bool watched = configuration_.transactional();
    const Offset next = watched ? watch.next() : plain.next();
    if (next < Offset(0) || (!watched && plain.lost() > 0)) continue;
    const absl::Status status = CheckAgainstOneGo(
        world_.pipeline(configuration_.world.promise), partition,
        world_.model(partition), watched ? watch.start() : plain.start(), next,
        watched ? watch.view() : plain.view());
    if (!status.ok()) Fail(status);
  }
}

}  // namespace exactmean
