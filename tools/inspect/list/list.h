// The live keys of a results topic, chosen, in an order, with cells of their
// snapshots: a million at the rate at which they are read.

#ifndef EXACTMEAN_TOOLS_INSPECT_LIST_LIST_H_
#define EXACTMEAN_TOOLS_INSPECT_LIST_LIST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/list/columns.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// In which order keys come. Equal ones are in the order of their bytes.
struct ListOrder {
  enum class By {
    kKey,     // its bytes
    kColumn,  // `column`
    kLog,     // of their newest records in the results topic
  };
  By by = By::kKey;
  Column column;
  bool descending = false;
};

// "key", "none" (the log's), or a column; "-" before it: descending.
// kInvalidArgument: none of these.
absl::StatusOr<ListOrder> ParseOrder(absl::string_view text,
                                     const std::vector<NamedWindow>& windows);

struct ListSpec {
  KeyFilter filter;
  std::vector<Column> columns;
  ListOrder order;
  size_t limit = 0;         // 0: none
  bool tombstones = false;  // deleted keys, too
};

// Valid while it is handed over.
struct ListRow {
  absl::string_view key;
  Partition partition;
  bool deleted = false;
  absl::Span<const Cell> cells;  // one a column
};

using EmitRow = absl::FunctionRef<void(const ListRow&)>;

// Calls `emit` for each key that the spec asks for, in its order. Holds their
// keys and cells; with a limit, or in the order of the log, it reads the
// stretches twice and holds 26 bytes a key, and the rows within the limit.
// kDataLoss: under some keys lies what is no snapshot; all others were emitted.
// kAborted: compaction took away records between the two readings.
absl::Status List(TopicReader* reader, absl::Span<const Stretch> stretches,
                  const ListSpec& spec, const ScanOptions& options,
                  EmitRow emit);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_LIST_LIST_H_
