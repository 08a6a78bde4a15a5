// The topics a pipeline needs, and what it must be allowed to do: checked
// before anything is processed, and made on request.

#ifndef EXACTMEAN_PROCESSOR_PROGRAM_TOPICS_H_
#define EXACTMEAN_PROCESSOR_PROGRAM_TOPICS_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/config/settings.h"

namespace exactmean {

// The number of the input's partitions, when everything is as it must be:
// topics exist, the results topic has as many partitions and is compacted, and
// topics and group may be used. Otherwise a Stop that lists all that is wrong,
// and how to mend it.
// Ends early, with whatever error, once `*stop` is true.
absl::StatusOr<int32_t> CheckTopics(const Settings& settings,
                                    const std::atomic<bool>* stop);

// For --check: the same, whether transactional ids may be used, and a report.
// Writes nothing to the cluster, and does not disturb a running application.
absl::Status CheckCluster(const Settings& settings);

// A Stop for a run that ended with `denied`, with all that CheckCluster finds.
absl::Status ExplainDenied(const Settings& settings,
                           const absl::Status& denied);

// Creates the results topic, and those for updates and dead letters if they are
// configured. One that exists is left alone, and checked.
absl::Status CreateTopics(const Settings& settings);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROGRAM_TOPICS_H_
