// The records of the updates topic: a commit's changed averages as JSON.

#ifndef EXACTMEAN_PROCESSOR_UPDATES_H_
#define EXACTMEAN_PROCESSOR_UPDATES_H_

#include <string>
#include <vector>

#include "state/change_set.h"
#include "state/spec.h"

namespace exactmean {

// Of record `i` of `changes`:
// {"key":"IBM","averages":{"sma20":{"average":1.5,"count":20},...}}; a deleted
// key has "deleted":true instead.
std::string UpdateJson(const ChangeSet& changes, size_t i,
                       const std::vector<WindowSpec>& windows);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_UPDATES_H_
