// AnyCheckpoint.

#include "tools/inspect/list/any_checkpoint.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "state/reserved_keys.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {

absl::StatusOr<absl::optional<results::Checkpoint>> AnyCheckpoint(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    const ScanOptions& options) {
  absl::optional<results::Checkpoint> found;
  std::map<Partition, absl::Status> bad;  // the newest of its partition
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
          results::Checkpoint checkpoint;
          const absl::Status status =
              DecodeCheckpointRecord(record, &checkpoint);
          if (status.ok()) {
            found = std::move(checkpoint);
            bad.erase(record.partition);
          } else {
            bad[record.partition] = absl::Status(
                status.code(),
                absl::StrCat("partition ", record.partition.value(),
                             ", offset ", record.offset.value(), ": ",
                             status.message()));
          }
          return absl::OkStatus();
        });
    if (!ends.ok()) return ends.status();
    if (!bad.empty()) return bad.begin()->second;
  }
  return found;
}

}  // namespace exactmean
