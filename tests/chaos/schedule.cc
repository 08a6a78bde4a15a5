// Shuffling and pairing.

#include "tests/chaos/schedule.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_join.h"

namespace exactmean {
namespace {

size_t Pick(size_t n, std::mt19937_64* random) { return (*random)() % n; }

bool GoTogether(const FaultKind& first, const FaultKind& second) {
  return first.scope != FaultScope::kAlone &&
         second.scope != FaultScope::kAlone && first.scope != second.scope;
}

}  // namespace

std::string NameOf(const FaultGroup& group) {
  return absl::StrJoin(
      group, " + ",
      [](std::string* out, const FaultKind* kind) { out->append(kind->name); });
}

std::vector<FaultGroup> Tour(const FaultGroup& kinds, std::mt19937_64* random) {
  FaultGroup order = kinds;
  // Not std::shuffle: a seed's order is to be the same with every library.
  for (size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[Pick(i, random)]);
  }
  std::vector<FaultGroup> tour;
  for (const FaultKind* kind : order) {
    const bool is_second = !tour.empty() && tour.back().size() == 1 &&
                           GoTogether(*tour.back()[0], *kind) &&
                           kind->scope != FaultScope::kInstance &&
                           Pick(2, random) == 0;
    if (is_second) {
      tour.back().push_back(kind);
    } else {
      tour.push_back({kind});
    }
  }
  return tour;
}

FaultGroup RandomGroup(const FaultGroup& kinds, std::mt19937_64* random) {
  FaultGroup group = {kinds[Pick(kinds.size(), random)]};
  const FaultKind* second = kinds[Pick(kinds.size(), random)];
  if (GoTogether(*group[0], *second)) group.push_back(second);
  // Of two the second is seen while the first is on, and an instance's fault is
  // seen by the work of others: what they need must not be out of reach.
  if (group.size() == 2 && group[0]->scope == FaultScope::kNetwork &&
      second->scope == FaultScope::kInstance) {
    std::swap(group[0], group[1]);
  }
  return group;
}

}  // namespace exactmean
