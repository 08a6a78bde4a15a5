// The topics a pipeline needs: checked before anything is processed, and made
// on request.

#ifndef EXACTMEAN_PROCESSOR_TOPICS_H_
#define EXACTMEAN_PROCESSOR_TOPICS_H_

#include "absl/status/statusor.h"
#include "processor/config/settings.h"

namespace exactmean {

// The number of the input's partitions, when everything is as it must be:
// topics exist, the results topic has as many partitions and is compacted.
// Otherwise a Stop that lists all that is wrong, and how to mend it.
absl::StatusOr<int32_t> CheckTopics(const Settings& settings);

// Prints what CheckTopics found, for --check.
absl::Status CheckCluster(const Settings& settings);

// Creates the results topic, and the updates topic if one is configured. One
// that exists is left alone, and checked.
absl::Status CreateTopics(const Settings& settings);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_TOPICS_H_
