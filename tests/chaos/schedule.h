// Which faults come when: a tour of all of them, and what follows it.

#ifndef EXACTMEAN_TESTS_CHAOS_SCHEDULE_H_
#define EXACTMEAN_TESTS_CHAOS_SCHEDULE_H_

#include <random>
#include <string>
#include <vector>

#include "tests/chaos/faults/fault.h"

namespace exactmean {

// One fault, or two of different scopes that are on at the same time, the
// second made while the first is on.
using FaultGroup = std::vector<const FaultKind*>;

// "disk-full + instance-kill".
std::string NameOf(const FaultGroup& group);

// Every kind once, in a random order, some in pairs. Instances are not killed
// while another fault is on: the time of their takeover is a bound.
std::vector<FaultGroup> Tour(const FaultGroup& kinds, std::mt19937_64* random);

// Any, or any two that go together.
FaultGroup RandomGroup(const FaultGroup& kinds, std::mt19937_64* random);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_SCHEDULE_H_
