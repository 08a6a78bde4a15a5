// What a simulation prints.

#ifndef EXACTMEAN_TOOLS_INSPECT_SIMULATE_RENDER_H_
#define EXACTMEAN_TOOLS_INSPECT_SIMULATE_RENDER_H_

#include <string>
#include <vector>

#include "state/change_set.h"
#include "state/spec.h"
#include "tools/inspect/simulate/simulation.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// Columns of fixed widths, as no line waits for those to come.
std::string ChangesHeader(const std::vector<WindowSpec>& windows);
// A row a key.
std::string ChangesText(const LineOutcome& outcome, const ChangeSet& changes,
                        const std::vector<WindowSpec>& windows);

// "line 7 is late: ..."; empty for what was applied.
std::string RemarkText(const LineOutcome& outcome);

// One object with all of it:
//   {"line":3,"fate":"applied","results":[RESULT,...]}
//   {"line":4,"fate":"late","why":"...","results":[]}
// A RESULT is the record that the updates topic would get.
std::string OutcomeJson(const LineOutcome& outcome, const ChangeSet& changes,
                        const std::vector<WindowSpec>& windows);

// The state after the last line: all keys in their order as bytes.
std::string FinalText(const ChangeSet& changes,
                      const std::vector<WindowSpec>& windows,
                      const Terminal& terminal);
// One RESULT a line.
std::string FinalJson(const ChangeSet& changes,
                      const std::vector<WindowSpec>& windows);

// "5 lines: 3 applied, 1 late, 1 bad and skipped; 2 keys".
std::string SummaryText(const Simulation& simulation);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_SIMULATE_RENDER_H_
