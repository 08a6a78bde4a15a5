// A trouble that can be made and ended.

#ifndef EXACTMEAN_TESTS_CHAOS_FAULTS_FAULT_H_
#define EXACTMEAN_TESTS_CHAOS_FAULTS_FAULT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/chaos/world.h"

namespace exactmean {

class Fault {
 public:
  virtual ~Fault() = default;

  // Makes it, and returns when its effect was seen, with whom it hit. An error
  // that is not kCancelled says that the effect failed to come.
  virtual absl::StatusOr<std::string> Inject(ChaosWorld* world) = 0;
  // Ends it; also after an Inject that failed half-way.
  virtual absl::Status Heal(ChaosWorld* world) = 0;
};

// What a fault takes away: two of different kinds can be on at once, and a
// majority is left.
enum class FaultScope { kInstance, kBroker, kNetwork, kAlone };

struct FaultKind {
  std::string name;
  FaultScope scope;
  std::function<std::unique_ptr<Fault>()> make;
};

// All there are; the names are for --faults and reports.
const std::vector<FaultKind>& AllFaults();

// By scope; AllFaults is made of these.
std::vector<FaultKind> InstanceFaults();
std::vector<FaultKind> BrokerFaults();
std::vector<FaultKind> NetworkFaults();
std::vector<FaultKind> LogFaults();
std::vector<FaultKind> TopicFaults();

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_FAULTS_FAULT_H_
