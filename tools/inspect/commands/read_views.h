// The results topic of a session, read whole.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_READ_VIEWS_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_READ_VIEWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/inspect/explain/key_history.h"
#include "tools/inspect/scan.h"
#include "tools/inspect/session.h"

namespace exactmean {

// How the session reads: its clock, its patience, its stop.
ScanOptions ScanOptionsOf(Session& session);

// What committed readers can read of the partitions that the command line asks
// for. Remarks on open transactions go to session.err().
absl::StatusOr<std::vector<Stretch>> CommittedStretches(Session& session,
                                                        TopicReader* reader);

// Offsets in all of them.
uint64_t TotalOf(const std::vector<Stretch>& stretches);

// Of the keys that `words` stand for, as ReadKeyHistories has it; with
// progress.
absl::StatusOr<std::vector<KeyHistory>> ReadHistories(
    Session& session, absl::Span<const std::string> words);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_READ_VIEWS_H_
