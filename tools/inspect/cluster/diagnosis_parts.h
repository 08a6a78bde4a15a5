// The parts of a diagnosis, a subject each; internal to it.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_PARTS_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_PARTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "tools/inspect/cluster/diagnosis.h"

namespace exactmean {

absl::optional<int64_t> NumberOf(const KafkaConfigs& configs,
                                 const std::string& name);

// The command that sets these of a topic.
std::string Alter(const ClusterFacts& facts, const std::string& topic,
                  const std::string& configs);

void DiagnoseAccess(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseDurability(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseDiverted(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseCompaction(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseMessages(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseTransactions(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseState(const ClusterFacts& facts, std::vector<Finding>* out);
void DiagnoseInput(const ClusterFacts& facts, std::vector<Finding>* out);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_PARTS_H_
