// TerminalChart: lines on a grid of dots.

#include "tools/inspect/chart/terminal_chart.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/inspect/chart/axis.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

// A character is 2 by 4 dots in Braille, else one.
class Grid {
 public:
  Grid(int columns, int lines, bool utf8)
      : utf8_(utf8),
        columns_(columns),
        width_(columns * (utf8 ? 2 : 1)),
        height_(lines * (utf8 ? 4 : 1)),
        cells_(static_cast<size_t>(columns * lines)) {}

  int width() const { return width_; }
  int height() const { return height_; }

  // From the lower left.
  void Dot(int x, int y) {
    if (x < 0 || x >= width_ || y < 0 || y >= height_) return;
    const int down = height_ - 1 - y;
    if (!utf8_) {
      At(x, down) = 1;
      return;
    }
    // Unicode's order of the dots.
    constexpr int kBits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    At(x / 2, down / 4) |= kBits[down % 4][x % 2];
  }

  void Line(int x0, int y0, int x1, int y1) {
    const int steps = std::max({1, std::abs(x1 - x0), std::abs(y1 - y0)});
    for (int i = 0; i <= steps; ++i) {
      const double share = static_cast<double>(i) / steps;
      Dot(static_cast<int>(std::lround(x0 + share * (x1 - x0))),
          static_cast<int>(std::lround(y0 + share * (y1 - y0))));
    }
  }

  std::string LineText(int line) const {
    std::string text;
    for (int column = 0; column < columns_; ++column) {
      const int bits = cells_[static_cast<size_t>(line * columns_ + column)];
      if (!utf8_ || bits == 0) {
        text += bits == 0 ? ' ' : '*';
        continue;
      }
      // U+2800 and the bits, in UTF-8.
      text += '\xe2';
      text += static_cast<char>(0xa0 | bits >> 6);
      text += static_cast<char>(0x80 | (bits & 0x3f));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

 private:
  int& At(int column, int line) {
    return cells_[static_cast<size_t>(line * columns_ + column)];
  }

  const bool utf8_;
  const int columns_, width_, height_;
  std::vector<int> cells_;
};

std::string Padded(const std::string& text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

std::string TerminalChart(const Series& series, const TerminalChartSize& size) {
  if (series.points.empty()) return "";
  Extent times, values;
  for (const Point& point : series.points) {
    times.Include(static_cast<double>(point.time_us));
    values.Include(point.value);
  }
  const std::string high = NumberText(values.high());
  const std::string low = NumberText(values.low());
  const size_t margin = std::max(high.size(), low.size());
  const int columns = std::max(10, size.width - static_cast<int>(margin) - 3);
  Grid grid(columns, size.height, size.utf8);
  const auto x = [&](const Point& point) {
    return static_cast<int>(std::lround(
        times.Share(static_cast<double>(point.time_us)) * (grid.width() - 1)));
  };
  const auto y = [&](const Point& point) {
    return static_cast<int>(
        std::lround(values.Share(point.value) * (grid.height() - 1)));
  };
  const Point* before = &series.points[0];
  for (const Point& point : series.points) {
    grid.Line(x(*before), y(*before), x(point), y(point));
    before = &point;
  }
  std::string text = absl::StrCat(series.name, "\n");
  for (int line = 0; line < size.height; ++line) {
    const std::string label = line == 0                 ? high
                              : line == size.height - 1 ? low
                                                        : "";
    absl::StrAppend(&text, Padded(label, margin), size.utf8 ? " \u2502" : " |",
                    grid.LineText(line), "\n");
  }
  const std::string first = TimeText(series.points.front().time_us);
  const std::string last = TimeText(series.points.back().time_us);
  const size_t room = static_cast<size_t>(columns);
  absl::StrAppend(&text, std::string(margin + 2, ' '), first);
  if (first != last && first.size() + last.size() + 2 <= room) {
    absl::StrAppend(&text, Padded(last, room - first.size()));
  }
  return text + "\n";
}

bool LocaleIsUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale = absl::AsciiStrToLower(value);
    return absl::StrContains(locale, "utf-8") ||
           absl::StrContains(locale, "utf8");
  }
  return false;
}

}  // namespace exactmean
