// What others say, fit for one line of a log.

#ifndef EXACTMEAN_TOOLS_SINK_ONELINE_H_
#define EXACTMEAN_TOOLS_SINK_ONELINE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// `text`, which may quote a key or a value, as one line with nothing in it that
// a terminal or a log obeys: line ends are spaces, other control characters
// question marks, and no space is around it.
std::string Oneline(absl::string_view text);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_ONELINE_H_
