// Brokers killed, held up, out of disk and restarted one by one.

#include "absl/strings/str_cat.h"
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
  };
}

}  // namespace exactmean
