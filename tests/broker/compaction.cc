// CompactEagerly and AwaitCompaction.

#include "tests/broker/compaction.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/broker/instance.h"

namespace exactmean {

absl::Status CompactEagerly(BrokerPipeline* pipeline) {
  const absl::Status deleted =
      pipeline->client().DeleteTopic(pipeline->results());
  if (!deleted.ok()) return deleted;
  const std::map<std::string, std::string> configs = {
      {"cleanup.policy", "compact"},         {"segment.ms", "200"},
      {"min.cleanable.dirty.ratio", "0.01"}, {"min.compaction.lag.ms", "0"},
      {"max.compaction.lag.ms", "100"},      {"delete.retention.ms", "0"}};
  return Eventually([&] {
    return pipeline->client().CreateTopic(pipeline->results(),
                                          pipeline->partitions(), configs);
  });
}

absl::Status AwaitCompaction(BrokerPipeline* pipeline) {
  return Eventually([&]() -> absl::Status {
    const absl::Status produced = pipeline->Produce(50);
    if (!produced.ok()) return produced;
    int64_t written = 0;
    for (int32_t p = 0; p < pipeline->partitions(); ++p) {
      const auto end = pipeline->client().EndOffset(
          pipeline->results(), Partition(p), Isolation::kCommitted);
      if (!end.ok()) return end.status();
      written += end->value();
    }
    const auto left = pipeline->client().ReadTopic(pipeline->results());
    if (!left.ok()) return left.status();
    const auto readable = static_cast<int64_t>(left->size());
    if (written > 1000 && readable < written / 4) return absl::OkStatus();
    return absl::DeadlineExceededError(
        absl::StrCat(readable, " of ", written, " are left"));
  });
}

}  // namespace exactmean
