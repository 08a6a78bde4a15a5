// A line chart in characters.

#ifndef EXACTMEAN_TOOLS_INSPECT_CHART_TERMINAL_CHART_H_
#define EXACTMEAN_TOOLS_INSPECT_CHART_TERMINAL_CHART_H_

#include <string>

#include "tools/inspect/chart/series.h"

namespace exactmean {

struct TerminalChartSize {
  int width = 78;    // in all, columns
  int height = 8;    // of the plot, lines
  bool utf8 = true;  // Braille, eight dots a character; else one star
};

// Its name, the plot with its extremes beside it, and its first and last time.
// Empty without points.
std::string TerminalChart(const Series& series, const TerminalChartSize& size);

// Does the environment's locale say UTF-8?
bool LocaleIsUtf8();

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CHART_TERMINAL_CHART_H_
