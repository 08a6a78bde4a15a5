// The segments of keys, as a results partition is read in order.

#ifndef EXACTMEAN_TOOLS_INSPECT_RECORDS_KEY_SEGMENTS_H_
#define EXACTMEAN_TOOLS_INSPECT_RECORDS_KEY_SEGMENTS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"
#include "state/types.h"

namespace exactmean {

// Puts back into a snapshot what lies in segments (state/whole_snapshot.h). Of
// one partition.
class KeySegments {
 public:
  static constexpr Offset kNow = Offset(std::numeric_limits<int64_t>::max());

  // `past`: snapshots that are not the newest of their key will be asked for,
  // too; then nothing is forgotten.
  explicit KeySegments(bool past = false) : past_(past) {}

  void Take(const SegmentKey& key, const LogRecord& record);

  // `as_of`: kNow, or the offset of the snapshot in the results partition, for
  // its segments are written before it. kDataLoss: they are not there, or no
  // longer.
  // `layout`: the one with segments.
  absl::Status MakeWhole(const WindowLayout& layout, absl::string_view key,
                         Offset as_of, results::Snapshot* snapshot) const;

  // Of the newest segments: their keys, and the records.
  void Visit(
      absl::FunctionRef<void(const SegmentKey& key, absl::string_view bytes)>
          visit) const;

 private:
  struct Version {
    Offset offset;
    absl::optional<std::string> bytes;
  };
  using Numbered = std::map<uint64_t, std::vector<Version>>;

  const bool past_;
  absl::flat_hash_map<std::string, Numbered> keys_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RECORDS_KEY_SEGMENTS_H_
