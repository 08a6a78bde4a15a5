// What diff found, as text for people and as JSON for programs.

#ifndef EXACTMEAN_TOOLS_INSPECT_DIFF_DIFF_TEXT_H_
#define EXACTMEAN_TOOLS_INSPECT_DIFF_DIFF_TEXT_H_

#include <string>

#include "tools/inspect/diff/state_diff.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// What the two sides are, in words.
struct DiffTitles {
  std::string left;
  std::string right;
};

// Tables of the partitions, windows and keys, and a last line.
std::string DiffText(const StateDiff& diff, const DiffTitles& titles,
                     const Terminal& terminal);

// An object a line: the partitions, the windows, the keys; see the help.
std::string DiffJson(const StateDiff& diff);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DIFF_DIFF_TEXT_H_
