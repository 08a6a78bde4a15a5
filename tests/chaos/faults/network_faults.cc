// The network between the instances and one broker, or all of them.

#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "tests/chaos/faults/fault.h"

namespace exactmean {
namespace {

using Kind = ProxyRule::Kind;

constexpr absl::Duration kPatience = absl::Seconds(60);
// For a look at what does not happen.
constexpr absl::Duration kLook = absl::Milliseconds(300);

class NetworkFault : public Fault {
 public:
  // No role: towards all brokers.
  NetworkFault(ProxyRule rule, absl::optional<Role> role, absl::Duration hold)
      : rule_(rule), role_(role), hold_(hold) {}

  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    if (role_.has_value()) {
      const auto found = world->topology->BrokerOf(*role_, world->PickNames());
      if (!found.ok()) return found.status();
      hit_ = {*found};
    } else {
      hit_.resize(static_cast<size_t>(world->kafka->kafka().broker_count()));
      std::iota(hit_.begin(), hit_.end(), 0);
    }
    const ProxyCounts before = Counts(world);
    for (const int broker : hit_) {
      world->kafka->proxy(broker).SetRule(rule_);
    }
    const absl::Time end = absl::Now() + hold_;
    absl::Status status = AwaitEffect(world, before);
    if (!status.ok()) return status;
    status = world->Await("the end", kPatience, [end]() -> absl::Status {
      if (absl::Now() >= end) return absl::OkStatus();
      return absl::UnavailableError("not yet");
    });
    if (!status.ok()) return status;
    return absl::StrCat(
        "broker ", absl::StrJoin(hit_, ", "),
        role_.has_value() ? absl::StrCat(", ", NameOf(*role_)) : "", ", for ",
        absl::FormatDuration(hold_));
  }

  absl::Status Heal(ChaosWorld* world) override {
    for (const int broker : hit_) world->kafka->proxy(broker).SetRule({});
    return absl::OkStatus();
  }

 private:
  // Of the proxies that are hit together.
  ProxyCounts Counts(ChaosWorld* world) const {
    ProxyCounts sum;
    for (const int broker : hit_) {
      const ProxyCounts counts = world->kafka->proxy(broker).Counts();
      sum.reset += counts.reset;
      sum.passed_bytes += counts.passed_bytes;
      sum.lost_bytes += counts.lost_bytes;
    }
    return sum;
  }

  absl::Status AwaitEffect(ChaosWorld* world, const ProxyCounts& before) const {
    if (rule_.kind == Kind::kStall) {
      const int64_t passed = Counts(world).passed_bytes;
      absl::SleepFor(kLook);
      if (Counts(world).passed_bytes == passed) return absl::OkStatus();
      return absl::InternalError("bytes pass through a stalled proxy");
    }
    return world->Await(
        "an effect on the network", kPatience, [&]() -> absl::Status {
          const ProxyCounts now = Counts(world);
          const bool seen = rule_.kind == Kind::kDelay
                                ? now.passed_bytes > before.passed_bytes
                                : now.reset > before.reset ||
                                      now.lost_bytes > before.lost_bytes;
          if (seen) return absl::OkStatus();
          return absl::UnavailableError("no connection was touched");
        });
  }

  const ProxyRule rule_;
  const absl::optional<Role> role_;
  const absl::Duration hold_;
  std::vector<int> hit_;
};

// Cut off from everything past all timeouts, also that after which an instance
// that has something to do gives up with exit code 6.
constexpr absl::Duration kIsolation = absl::Seconds(20);

ProxyRule RuleOf(Kind kind) {
  ProxyRule rule;
  rule.kind = kind;
  rule.delay = absl::Milliseconds(150);
  rule.bytes = 5000;
  return rule;
}

FaultKind Named(const char* name, const ProxyRule& rule,
                absl::optional<Role> role,
                absl::Duration hold = absl::Seconds(4)) {
  return {name, FaultScope::kNetwork,
          [=] { return std::make_unique<NetworkFault>(rule, role, hold); }};
}

// Towards the coordinator as such: what else its broker does goes on.
FaultKind OnlyTransactions(const char* name, Kind kind) {
  ProxyRule rule = RuleOf(kind);
  rule.transactions_only = true;
  return Named(name, rule, Role::kTransactionCoordinator);
}

}  // namespace

std::vector<FaultKind> NetworkFaults() {
  const auto everyone = absl::nullopt;
  std::vector<FaultKind> faults = {
      OnlyTransactions("cut-transactions-only", Kind::kCut),
      OnlyTransactions("lose-answers-of-transactions-only", Kind::kLoseAnswers),
      Named("lose-answers-of-transaction-coordinator",
            RuleOf(Kind::kLoseAnswers), Role::kTransactionCoordinator),
      Named("stall-group-coordinator", RuleOf(Kind::kStall),
            Role::kGroupCoordinator),
      Named("cut-results-leader", RuleOf(Kind::kCut), Role::kResultsLeader),
      Named("lose-requests-to-input-leader", RuleOf(Kind::kLoseRequests),
            Role::kInputLeader),
      Named("delay-all", RuleOf(Kind::kDelay), everyone),
      Named("reset-all", RuleOf(Kind::kReset), everyone),
      Named("stall-all", RuleOf(Kind::kStall), everyone),
      Named("isolate", RuleOf(Kind::kCut), everyone, kIsolation),
  };
  faults.back().scope = FaultScope::kAlone;
  return faults;
}

}  // namespace exactmean
