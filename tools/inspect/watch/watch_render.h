// A view as a screen, as a line, as JSON.

#ifndef EXACTMEAN_TOOLS_INSPECT_WATCH_WATCH_RENDER_H_
#define EXACTMEAN_TOOLS_INSPECT_WATCH_WATCH_RENDER_H_

#include <string>

#include "tools/inspect/terminal.h"
#include "tools/inspect/watch/watch_model.h"

namespace exactmean {

// Lines that fit into the terminal, without control characters but for colour,
// each ended by '\n'. `title` is the topic; `remark`, unless empty, a line of
// its own, in the place of the view's trouble.
std::string WatchScreen(const WatchView& view, const std::string& title,
                        const std::string& remark, const Terminal& terminal);

// "2026-11-21T12:00:00Z  10 keys, lag 3, 12.5 records/s, 9.9 commits/s; ...",
// and the trouble.
std::string WatchLine(const WatchView& view);

// One object a view; fields as the command's help lists them.
std::string WatchJson(const WatchView& view);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_WATCH_WATCH_RENDER_H_
