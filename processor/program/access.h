// What a pipeline must be allowed to do, and how to say that it is not.

#ifndef EXACTMEAN_PROCESSOR_PROGRAM_ACCESS_H_
#define EXACTMEAN_PROCESSOR_PROGRAM_ACCESS_H_

#include <string>
#include <vector>

#include "processor/kafka/admin.h"

namespace exactmean {

enum class ResourceKind { kTopic, kGroup, kTransactionalIdPrefix };

struct Resource {
  ResourceKind kind;
  std::string name;
};

struct Problem {
  std::string what;
  std::string mend;  // commands, or what to do; empty: not known
};

// Both, as one sentence after the other.
std::string ToString(const Problem& problem);

// That none of `operations` (not empty) is allowed on `resource`, and the
// command that allows them to the user who is put in for NAME.
Problem Denial(const std::string& bootstrap_servers, const Resource& resource,
               const std::vector<Operation>& operations);

// Those of `needed` that are not in `allowed`; none if that is not known.
std::vector<Operation> MissingOf(const std::vector<Operation>& needed,
                                 const AllowedOperations& allowed);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROGRAM_ACCESS_H_
