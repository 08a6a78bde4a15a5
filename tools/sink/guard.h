// The guard of a row, `results_offset`: SQL that every database takes.

#ifndef EXACTMEAN_TOOLS_SINK_GUARD_H_
#define EXACTMEAN_TOOLS_SINK_GUARD_H_

#include <string>

#include "absl/strings/string_view.h"
#include "state/types.h"
#include "tools/sink/database.h"
#include "tools/sink/schema.h"

namespace exactmean {

// May the results record of `offset` replace or delete the row? Both are names,
// or expressions. A later one may; while the row is in doubt its own, too.
std::string GivesWay(absl::string_view row, absl::string_view offset);

// Database::Unconfirm, and SweepUnconfirmed.
std::string UnconfirmStatement(const Table& rows, Partition partition,
                               ReplacedBy by);
std::string SweepStatement(const Table& rows, Partition partition);
// The key's rows that would have given way are no longer in doubt.
// `key` stands after "key = ".
std::string KeepStatement(const Table& rows, absl::string_view key,
                          absl::string_view partition,
                          absl::string_view offset);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_GUARD_H_
