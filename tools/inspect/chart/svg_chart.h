// A picture of averages over time, as one SVG file that needs nothing else.

#ifndef EXACTMEAN_TOOLS_INSPECT_CHART_SVG_CHART_H_
#define EXACTMEAN_TOOLS_INSPECT_CHART_SVG_CHART_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tools/inspect/chart/series.h"

namespace exactmean {

// One key: its input values as dots, its averages as lines.
struct SvgPanel {
  std::string title;
  Series dots;
  std::vector<Series> lines;
};

// The panels below each other, with one axis of time, each with its axis of
// values; the lines of one name have one colour in all panels. In light or dark
// as whoever looks at it prefers. Where there are more points than can be seen,
// those of least and greatest value are drawn. REQUIRES: a panel at least.
std::string SvgChart(absl::Span<const SvgPanel> panels);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CHART_SVG_CHART_H_
