// The versions of a key in the results topic, as text and as JSON.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_RENDER_HISTORY_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_RENDER_HISTORY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "tools/inspect/chart/series.h"
#include "tools/inspect/explain/key_history.h"
#include "tools/inspect/terminal.h"
#include "tools/inspect/text/format.h"

namespace exactmean {

// The windows of the key's snapshots, of the newest configuration.
std::vector<NamedWindow> WindowsOf(const KeyHistory& history);

// A window's averages over event time, of all versions of the newest
// configuration that have one.
Series SeriesOf(const KeyHistory& history, int window, std::string name);

// Tables of the newest `limit` versions (0: all), one a configuration, and a
// chart a window of the newest configuration.
std::string HistoryText(const KeyHistory& history, const Terminal& terminal,
                        bool utf8, size_t limit);

// A line a version; the fields are in the description of the command.
std::string HistoryJson(const KeyHistory& history, size_t limit);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_RENDER_HISTORY_H_
