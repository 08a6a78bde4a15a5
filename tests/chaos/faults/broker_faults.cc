// Brokers killed, one or most of them, held up, out of disk and restarted one
// by one.

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/chaos/faults/fault.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

enum class Blow { kKill, kPause, kFillDisk };

// Hits the broker that has a role until the role has gone to another.
class BrokerFault : public Fault {
 public:
  BrokerFault(Blow blow, Role role) : blow_(blow), role_(role) {}

  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    const Topology::Names names = world->PickNames();
    const auto found = world->topology->BrokerOf(role_, names);
    if (!found.ok()) return found.status();
    const int broker = *found;
    hit_ = broker;
    absl::Status status = Strike(&world->kafka->kafka(), broker);
    if (!status.ok()) return status;
    int successor = -1;
    status = world->Await(
        absl::StrCat("another ", NameOf(role_)), kPatience,
        [&]() -> absl::Status {
          const auto now = world->topology->BrokerOf(role_, names, {broker});
          if (!now.ok()) return now.status();
          successor = *now;
          if (successor != broker) return absl::OkStatus();
          return absl::UnavailableError("it is still the old one");
        });
    if (!status.ok()) return status;
    return absl::StrCat("broker ", broker, ", ", NameOf(role_), "; now broker ",
                        successor, " is");
  }

  absl::Status Heal(ChaosWorld* world) override {
    if (hit_ < 0) return absl::OkStatus();
    LocalKafka& kafka = world->kafka->kafka();
    return blow_ == Blow::kPause ? kafka.Resume(hit_) : kafka.Restart(hit_);
  }

 private:
  absl::Status Strike(LocalKafka* kafka, int broker) const {
    switch (blow_) {
      case Blow::kKill:
        return kafka->Kill(broker);
      case Blow::kPause:
        return kafka->Pause(broker);
      case Blow::kFillDisk:
        return kafka->FillDisk(broker);
    }
    return absl::InternalError("no such blow");
  }

  const Blow blow_;
  const Role role_;
  int hit_ = -1;
};

class RollingRestartFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    LocalKafka& kafka = world->kafka->kafka();
    for (int i = 0; i < kafka.broker_count(); ++i) {
      absl::Status status = kafka.Stop(i);
      if (status.ok()) status = kafka.Restart(i);
      if (status.ok()) {
        status = world->Await("replicas in sync", kPatience, [&] {
          return world->topology->CheckHealthy({world->input, world->results});
        });
      }
      if (!status.ok()) return status;
    }
    return absl::StrCat(kafka.broker_count(), " brokers, one by one");
  }

  absl::Status Heal(ChaosWorld* world) override {
    return world->kafka->kafka().RestartAll();
  }
};

// Two of three: no controller is left, and nothing can be committed.
class MajorityFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    LocalKafka& kafka = world->kafka->kafka();
    const int left = world->Pick(kafka.broker_count());
    for (int i = 0; i < kafka.broker_count(); ++i) {
      const absl::Status status = i == left ? absl::OkStatus() : kafka.Kill(i);
      if (!status.ok()) return status;
    }
    const absl::Status status = AwaitStall(world);
    if (!status.ok()) return status;
    return absl::StrCat("broker ", left, " alone is left; no commit for ",
                        absl::FormatDuration(kStall));
  }

  absl::Status Heal(ChaosWorld* world) override {
    return world->kafka->kafka().RestartAll();
  }

 private:
  // Longer than an instance minds (unreachable_deadline): it ends, and is
  // started again while no majority is there.
  static constexpr absl::Duration kStall = absl::Seconds(15);

  static absl::Status AwaitStall(ChaosWorld* world) {
    std::vector<int64_t> last;
    absl::Time since = absl::Now();
    return world->Await("no commit", kPatience, [&]() -> absl::Status {
      std::vector<int64_t> now;
      for (const PartitionProgress& one : world->observer->Look()) {
        now.push_back(one.next_offset);
      }
      if (now != last) since = absl::Now();
      last = std::move(now);
      if (absl::Now() - since >= kStall) return absl::OkStatus();
      return absl::UnavailableError("there was one");
    });
  }
};

constexpr absl::Duration MajorityFault::kStall;

FaultKind Kind(const char* name, Blow blow, Role role) {
  return {name, FaultScope::kBroker,
          [=] { return std::make_unique<BrokerFault>(blow, role); }};
}

}  // namespace

std::vector<FaultKind> BrokerFaults() {
  return {
      Kind("kill-group-coordinator", Blow::kKill, Role::kGroupCoordinator),
      Kind("kill-transaction-coordinator", Blow::kKill,
           Role::kTransactionCoordinator),
      Kind("kill-input-leader", Blow::kKill, Role::kInputLeader),
      Kind("kill-results-leader", Blow::kKill, Role::kResultsLeader),
      Kind("pause-group-coordinator", Blow::kPause, Role::kGroupCoordinator),
      Kind("pause-transaction-coordinator", Blow::kPause,
           Role::kTransactionCoordinator),
      Kind("pause-input-leader", Blow::kPause, Role::kInputLeader),
      Kind("pause-results-leader", Blow::kPause, Role::kResultsLeader),
      Kind("disk-full", Blow::kFillDisk, Role::kResultsLeader),
      {"rolling-restart", FaultScope::kAlone,
       [] { return std::make_unique<RollingRestartFault>(); }},
      {"kill-majority", FaultScope::kAlone,
       [] { return std::make_unique<MajorityFault>(); }},
  };
}

}  // namespace exactmean
