// What happens in a run, written down before it begins.

#ifndef EXACTMEAN_TESTS_SIMULATION_SCHEDULE_H_
#define EXACTMEAN_TESTS_SIMULATION_SCHEDULE_H_

#include <cstdint>

#include "tests/simulation/configuration.h"
#include "tests/simulation/event.h"

namespace exactmean {

// Every choice is made here: an event's meaning does not depend on those before
// it, so that any of them can be left out to find those that matter.
Schedule ScheduleOf(uint64_t seed, const Configuration& configuration);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_SCHEDULE_H_
