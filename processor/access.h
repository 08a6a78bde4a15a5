// What a pipeline must be allowed to do, and how to say that it is not.

#ifndef EXACTMEAN_PROCESSOR_ACCESS_H_
#define EXACTMEAN_PROCESSOR_ACCESS_H_

#include <string>
#include <vector>

#include "processor/kafka/admin.h"

namespace exactmean {

enum class ResourceKind { kTopic, kGroup, kTransactionalIdPrefix };

struct Resource {
  ResourceKind kind;
  std::string name;
};

// That none of `operations` (not empty) is allowed on `resource`, and the
// command that allows them to the user who is put in for NAME.
std::string Denial(const Resource& resource,
                   const std::vector<Operation>& operations);

// Those of `needed` that are not in `allowed`; none if that is not known.
std::vector<Operation> MissingOf(const std::vector<Operation>& needed,
                                 const AllowedOperations& allowed);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_ACCESS_H_
