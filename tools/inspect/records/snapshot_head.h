// The averages of a snapshot's bytes, without what its windows hold.

#ifndef EXACTMEAN_TOOLS_INSPECT_RECORDS_SNAPSHOT_HEAD_H_
#define EXACTMEAN_TOOLS_INSPECT_RECORDS_SNAPSHOT_HEAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// For who reads millions of snapshots and shows their averages: what windows
// hold is most of them, and is stepped over, not decoded.
class SnapshotHead {
 public:
  // Fields 1 to 5 of the snapshot, as bytes that DecodeSnapshot takes: mostly a
  // part of `snapshot`, else valid until the next call. kDataLoss, in
  // DecodeSnapshot's words: it is no sequence of fields, or of another format.
  // What the fields hold is not looked at.
  absl::StatusOr<absl::string_view> Of(absl::string_view snapshot);

 private:
  std::string rewritten_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RECORDS_SNAPSHOT_HEAD_H_
