// Instances killed, held up, and more or fewer of them.

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/chaos/faults/fault.h"

namespace exactmean {
namespace {

// Much more than the bound: what took longer is then still measured.
constexpr absl::Duration kPatience = absl::Seconds(90);

// The instance to hit, once there is another to take over.
absl::StatusOr<int> Victim(ChaosWorld* world) {
  if (world->fleet->size() < 2) world->fleet->Scale(2);
  int victim = -1;
  const absl::Status status = world->Await(
      "an instance with partitions", kPatience, [&]() -> absl::Status {
        victim = world->PickInstance();
        if (world->fleet->AllRunning() && victim >= 0) return absl::OkStatus();
        return absl::UnavailableError("none, or not all are up");
      });
  if (!status.ok()) return status;
  return victim;
}

class KillFault : public Fault {
 public:
  explicit KillFault(bool hold) : hold_(hold) {}

  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    const auto victim = Victim(world);
    if (!victim.ok()) return victim.status();
    const std::vector<int32_t> held = world->PartitionsOf(*victim);
    const absl::Time start = absl::Now();
    absl::Status status = world->fleet->Kill(*victim, hold_);
    if (status.ok()) {
      status = world->AwaitProgress(held, hold_ ? *victim : -1, kPatience);
    }
    if (!status.ok()) return status;
    const absl::Duration time = absl::Now() - start;
    world->takeovers.push_back({time, world->faults_now == 1});
    return absl::StrCat("instance ", *victim, "; its ", held.size(),
                        " partitions were at work again after ",
                        absl::FormatDuration(time));
  }

  absl::Status Heal(ChaosWorld* world) override {
    world->fleet->Revive();
    return absl::OkStatus();
  }

 private:
  const bool hold_;  // others take over, it is not started again at once
};

// SIGSTOP past the session: a zombie wakes up to partitions it has lost.
class PauseFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    const auto victim = Victim(world);
    if (!victim.ok()) return victim.status();
    victim_ = *victim;
    const std::vector<int32_t> held = world->PartitionsOf(victim_);
    absl::Status status = world->fleet->Pause(victim_);
    if (status.ok()) status = world->AwaitProgress(held, victim_, kPatience);
    if (!status.ok()) return status;
    return absl::StrCat("instance ", victim_, ", past its session: its ",
                        held.size(), " partitions went to others");
  }

  absl::Status Heal(ChaosWorld* world) override {
    if (victim_ < 0) return absl::OkStatus();
    return world->fleet->Resume(victim_);
  }

 private:
  int victim_ = -1;
};

class ScaleFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    for (const int n : {1, 4, 2}) {
      world->fleet->Scale(n);
      const absl::Status status =
          world->Await(absl::StrCat(n, " instances at work"), kPatience,
                       [&] { return CheckWorking(world, n); });
      if (!status.ok()) return status;
    }
    return std::string("1, then 4, then 2 instances, all with partitions");
  }

  absl::Status Heal(ChaosWorld* /*world*/) override { return absl::OkStatus(); }

 private:
  // The first n instances run, and each has partitions.
  static absl::Status CheckWorking(ChaosWorld* world, int n) {
    size_t partitions = 0;
    for (int i = 0; i < n; ++i) {
      const size_t own = world->PartitionsOf(i).size();
      if (own == 0) {
        return absl::UnavailableError(
            absl::StrCat("instance ", i, " has no partitions"));
      }
      partitions += own;
    }
    if (world->fleet->AllRunning() &&
        static_cast<int32_t>(partitions) == world->partitions) {
      return absl::OkStatus();
    }
    return absl::UnavailableError("others have partitions, too");
  }
};

}  // namespace

std::vector<FaultKind> InstanceFaults() {
  return {
      {"scale", FaultScope::kAlone,
       [] { return std::make_unique<ScaleFault>(); }},
      {"instance-kill", FaultScope::kInstance,
       [] { return std::make_unique<KillFault>(/*hold=*/true); }},
      {"instance-restart", FaultScope::kInstance,
       [] { return std::make_unique<KillFault>(/*hold=*/false); }},
      {"instance-pause", FaultScope::kInstance,
       [] { return std::make_unique<PauseFault>(); }},
  };
}

}  // namespace exactmean
