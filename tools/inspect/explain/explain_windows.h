// The windows of an explanation, from its folded records.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_EXPLAIN_WINDOWS_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_EXPLAIN_WINDOWS_H_

#include "state/key_windows.h"
#include "tools/inspect/explain/explain.h"

namespace exactmean {

// Fills `to->windows` from its snapshot, `folded` and `complete`. `exhausted`:
// the input has no more records that could be in the snapshot.
// REQUIRES: there is a snapshot.
void ExplainWindows(const WindowLayout& layout, bool exhausted,
                    Explanation* to);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_EXPLAIN_WINDOWS_H_
