// A results topic that Kafka really compacts, while a test waits for it.

#ifndef EXACTMEAN_TESTS_BROKER_COMPACTION_H_
#define EXACTMEAN_TESTS_BROKER_COMPACTION_H_

#include "absl/status/status.h"
#include "tests/broker/pipeline.h"

namespace exactmean {

// Makes the results topic anew, compacted as early as Kafka can. Before the
// first processor starts.
absl::Status CompactEagerly(BrokerPipeline* pipeline);

// Feeds the processor that runs until most of what it wrote is compacted away.
// Commits go on meanwhile, so there are segments of every age.
absl::Status AwaitCompaction(BrokerPipeline* pipeline);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BROKER_COMPACTION_H_
