// Denials, in the words of Kafka's documentation and tools.

#include "processor/program/access.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "processor/program/kafka_tool.h"

namespace exactmean {
namespace {

absl::string_view NameOf(Operation operation) {
  switch (operation) {
    case Operation::kRead:
      return "Read";
    case Operation::kWrite:
      return "Write";
    case Operation::kCreate:
      return "Create";
    case Operation::kDescribe:
      return "Describe";
    case Operation::kDescribeConfigs:
      return "DescribeConfigs";
  }
  return "";
}

std::string NameOf(const Resource& resource) {
  switch (resource.kind) {
    case ResourceKind::kTopic:
      return absl::StrCat("topic \"", resource.name, "\"");
    case ResourceKind::kGroup:
      return absl::StrCat("group \"", resource.name, "\"");
    case ResourceKind::kTransactionalIdPrefix:
      return absl::StrCat("transactional ids that begin with \"", resource.name,
                          "\"");
  }
  return "";
}

std::string ArgumentsOf(const Resource& resource) {
  switch (resource.kind) {
    case ResourceKind::kTopic:
      return absl::StrCat("--topic ", resource.name);
    case ResourceKind::kGroup:
      return absl::StrCat("--group ", resource.name);
    case ResourceKind::kTransactionalIdPrefix:
      return absl::StrCat("--transactional-id ", resource.name,
                          " --resource-pattern-type prefixed");
  }
  return "";
}

}  // namespace

std::string ToString(const Problem& problem) {
  if (problem.mend.empty()) return problem.what;
  return absl::StrCat(problem.what, ". Mend: ", problem.mend);
}

Problem Denial(const std::string& bootstrap_servers, const Resource& resource,
               const std::vector<Operation>& operations) {
  const std::string names =
      absl::StrJoin(operations, ", ", [](std::string* out, Operation one) {
        absl::StrAppend(out, NameOf(one));
      });
  const std::string flags =
      absl::StrJoin(operations, " ", [](std::string* out, Operation one) {
        absl::StrAppend(out, "--operation ", NameOf(one));
      });
  return {absl::StrCat("not authorised: ", names, " on ", NameOf(resource)),
          absl::StrCat(KafkaTool("acls", bootstrap_servers),
                       " --add --allow-principal User:NAME ", flags, " ",
                       ArgumentsOf(resource))};
}

std::vector<Operation> MissingOf(const std::vector<Operation>& needed,
                                 const AllowedOperations& allowed) {
  std::vector<Operation> missing;
  if (!allowed.has_value()) return missing;
  for (const Operation operation : needed) {
    if (allowed->count(operation) == 0) missing.push_back(operation);
  }
  return missing;
}

}  // namespace exactmean
