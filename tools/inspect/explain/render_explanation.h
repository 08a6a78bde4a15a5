// An explanation as text and as JSON.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_RENDER_EXPLANATION_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_RENDER_EXPLANATION_H_

#include <cstddef>
#include <string>

#include "tools/inspect/explain/explain.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// A sentence a window, then the records, the newest first, with a column a
// window: a mark, or a weight. At most `limit` records; 0: all that are in a
// count or time window, and of the others twenty.
std::string ExplanationText(const Explanation& explanation,
                            const Terminal& terminal, size_t limit);

// One line; the fields are in the description of the command.
std::string ExplanationJson(const Explanation& explanation);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_RENDER_EXPLANATION_H_
