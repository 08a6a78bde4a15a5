// What a pipeline must be allowed to do, how to say that it is not, and the
// commands of Kafka's own tools that mend it.

#ifndef EXACTMEAN_PROCESSOR_PROGRAM_ACCESS_H_
#define EXACTMEAN_PROCESSOR_PROGRAM_ACCESS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
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

// The command that sets these of a topic: "name=value,...".
std::string AlterCommand(const std::string& bootstrap_servers,
                         const std::string& topic, absl::string_view settings);

// Those of `needed` that are not in `allowed`; none if that is not known.
std::vector<Operation> MissingOf(const std::vector<Operation>& needed,
                                 const AllowedOperations& allowed);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROGRAM_ACCESS_H_
