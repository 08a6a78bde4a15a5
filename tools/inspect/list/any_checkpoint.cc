// AnyCheckpoint.

#include "tools/inspect/list/any_checkpoint.h"

#include <algorithm>
#include <vector>

#include "state/reserved_keys.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {

absl::StatusOr<absl::optional<results::Checkpoint>> AnyCheckpoint(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    const ScanOptions& options) {
  absl::optional<results::Checkpoint> found;
  std::vector<Stretch> tails(stretches.begin(), stretches.end());
  for (Stretch& tail : tails) tail.from = tail.to;
  for (int64_t length = 64; !found.has_value(); length *= 64) {
    bool more = false;
    for (size_t i = 0; i < tails.size(); ++i) {
      tails[i].to = tails[i].from;
      tails[i].from =
          std::max(stretches[i].from, Offset(tails[i].to.value() - length));
      more = more || tails[i].from < tails[i].to;
    }
    if (!more) break;
    const auto ends =
        Scan(reader, tails, options, [&](const LogRecord& record) {
          if (record.key != kCheckpointKey) return absl::OkStatus();
          return DecodeCheckpointRecord(record, &found.emplace());
        });
    if (!ends.ok()) return ends.status();
  }
  return found;
}

}  // namespace exactmean
