// What tests of the diagnosis share.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_TESTING_H_

#include <vector>

#include "absl/algorithm/container.h"
#include "gtest/gtest.h"
#include "tools/inspect/cluster/diagnosis.h"
#include "tools/inspect/cluster/finding.h"

namespace exactmean {

// Diagnose; whatever is found has one of the names that the help tells of.
inline std::vector<Finding> Named(const ClusterFacts& facts) {
  std::vector<Finding> findings = Diagnose(facts);
  for (const Finding& finding : findings) {
    EXPECT_TRUE(absl::c_linear_search(CheckNames(), finding.check))
        << finding.check;
  }
  return findings;
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_TESTING_H_
