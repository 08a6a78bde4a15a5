// The list of all faults.

#include "tests/chaos/faults/fault.h"

namespace exactmean {

const std::vector<FaultKind>& AllFaults() {
  static const auto* const all = [] {
    auto* list = new std::vector<FaultKind>;
    for (const auto& some : {InstanceFaults(), BrokerFaults(), NetworkFaults(),
                             LogFaults(), TopicFaults()}) {
      list->insert(list->end(), some.begin(), some.end());
    }
    return list;
  }();
  return *all;
}

}  // namespace exactmean
