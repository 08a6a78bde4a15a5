// SvgChart.

#include "tools/inspect/chart/svg_chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/inspect/chart/axis.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 90;
constexpr double kRight = 20;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = 260;
constexpr double kTitle = 34;    // above each plot
constexpr double kBetween = 34;  // below it, for the labels of times
constexpr double kLegend = 30;   // above all
constexpr double kBottom = 18;   // below all

// Of middle lightness, to be seen on white and on black.
constexpr const char* kColours[] = {"#3b82c4", "#e07b39", "#3a9d5d", "#c65a9b",
                                    "#8a6fd1", "#b08d2f", "#2aa1a8"};
constexpr size_t kColourCount = sizeof(kColours) / sizeof(kColours[0]);

constexpr char kStyle[] =
    R"(<style>
text { font: 12px sans-serif; fill: #333; }
.title { font-size: 15px; font-weight: bold; }
.paper { fill: #fff; }
.frame { fill: none; stroke: #999; }
.grid { stroke: #ddd; }
.dot { fill: #888; fill-opacity: 0.7; }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd; }
  .paper { fill: #16181c; }
  .frame { stroke: #666; }
  .grid { stroke: #333; }
  .dot { fill: #aaa; }
}
</style>
)";

// Text within an element: no markup, and no characters that XML has not.
std::string Escaped(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}

std::string Number(double value) { return absl::StrFormat("%.1f", value); }

// At most a few points for each of the columns of the plot: its first, last,
// least and greatest.
std::vector<Point> Thinned(const std::vector<Point>& points,
                           const Extent& times) {
  constexpr size_t kMost = 4000;
  if (points.size() <= kMost) return points;
  std::vector<Point> kept;
  const auto column = [&](const Point& point) {
    return static_cast<int>(times.Share(static_cast<double>(point.time_us)) *
                            kPlotWidth);
  };
  for (size_t i = 0; i < points.size();) {
    size_t end = i, least = i, greatest = i;
    for (; end < points.size() && column(points[end]) == column(points[i]);
         ++end) {
      if (points[end].value < points[least].value) least = end;
      if (points[end].value > points[greatest].value) greatest = end;
    }
    std::vector<size_t> at = {i, least, greatest, end - 1};
    std::sort(at.begin(), at.end());
    at.erase(std::unique(at.begin(), at.end()), at.end());
    for (const size_t k : at) kept.push_back(points[k]);
    i = end;
  }
  return kept;
}

class Drawing {
 public:
  explicit Drawing(absl::Span<const SvgPanel> panels) : panels_(panels) {
    for (const SvgPanel& panel : panels) {
      for (const Series& line : panel.lines) {
        if (std::find(names_.begin(), names_.end(), line.name) ==
            names_.end()) {
          names_.push_back(line.name);
        }
        for (const Point& point : line.points) {
          times_.Include(static_cast<double>(point.time_us));
        }
      }
      for (const Point& point : panel.dots.points) {
        times_.Include(static_cast<double>(point.time_us));
      }
    }
  }

  std::string ToString() {
    const double height = kLegend +
                          static_cast<double>(panels_.size()) *
                              (kTitle + kPlotHeight + kBetween) +
                          kBottom;
    out_ = absl::StrFormat(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
        "height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n%s"
        "<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n",
        kWidth, height, kWidth, height, kStyle);
    DrawLegend();
    double top = kLegend + kTitle;
    for (const SvgPanel& panel : panels_) {
      DrawPanel(panel, top);
      top += kTitle + kPlotHeight + kBetween;
    }
    DrawText(kLeft + kPlotWidth, height - 8, "end", "event time, UTC");
    return absl::StrCat(out_, "</svg>\n");
  }

 private:
  std::string Colour(const std::string& name) const {
    const auto it = std::find(names_.begin(), names_.end(), name);
    return kColours[static_cast<size_t>(it - names_.begin()) % kColourCount];
  }

  double X(double time_us) const {
    return kLeft + times_.Share(time_us) * kPlotWidth;
  }

  void DrawText(double x, double y, absl::string_view anchor,
                absl::string_view text, absl::string_view kind = "label") {
    absl::StrAppend(&out_, "<text class=\"", kind, "\" x=\"", Number(x),
                    "\" y=\"", Number(y), "\" text-anchor=\"", anchor, "\">",
                    Escaped(text), "</text>\n");
  }

  void DrawRule(double x0, double y0, double x1, double y1) {
    absl::StrAppend(&out_, "<path class=\"grid\" d=\"M", Number(x0), " ",
                    Number(y0), "L", Number(x1), " ", Number(y1), "\"/>\n");
  }

  void DrawLegend() {
    double x = kLeft;
    constexpr double kY = kLegend - 8;
    if (std::any_of(panels_.begin(), panels_.end(), [](const SvgPanel& panel) {
          return !panel.dots.points.empty();
        })) {
      absl::StrAppend(&out_, "<circle class=\"dot\" cx=\"", Number(x + 4),
                      "\" cy=\"", Number(kY - 4), "\" r=\"3\"/>\n");
      DrawText(x + 12, kY, "start", "input");
      x += 60;
    }
    for (const std::string& name : names_) {
      absl::StrAppend(&out_, "<path class=\"line\" stroke=\"", Colour(name),
                      "\" d=\"M", Number(x), " ", Number(kY - 4), "h18\"/>\n");
      DrawText(x + 24, kY, "start", name);
      x += 44 + 7 * static_cast<double>(TextWidth(name));
    }
  }

  void DrawPanel(const SvgPanel& panel, double top) {
    Extent values;
    for (const Point& point : panel.dots.points) values.Include(point.value);
    for (const Series& line : panel.lines) {
      for (const Point& point : line.points) values.Include(point.value);
    }
    // No line runs along the frame.
    values.Pad(0.04);
    const double bottom = top + kPlotHeight;
    const auto y = [&](double value) {
      return bottom - values.Share(value) * kPlotHeight;
    };
    DrawText(kLeft, top - 10, "start", panel.title, "title");
    for (const Tick& tick : NumberTicks(values, 5)) {
      DrawRule(kLeft, y(tick.at), kLeft + kPlotWidth, y(tick.at));
      DrawText(kLeft - 8, y(tick.at) + 4, "end", tick.label);
    }
    for (const Tick& tick : TimeTicks(times_, 7)) {
      DrawRule(X(tick.at), top, X(tick.at), bottom);
      DrawText(X(tick.at), bottom + 18, "middle", tick.label);
    }
    absl::StrAppend(&out_, "<rect class=\"frame\" x=\"", Number(kLeft),
                    "\" y=\"", Number(top), "\" width=\"", Number(kPlotWidth),
                    "\" height=\"", Number(kPlotHeight), "\"/>\n");
    absl::StrAppend(&out_, "<g class=\"dot\">\n");
    for (const Point& point : Thinned(panel.dots.points, times_)) {
      absl::StrAppend(&out_, "<circle cx=\"",
                      Number(X(static_cast<double>(point.time_us))), "\" cy=\"",
                      Number(y(point.value)), "\" r=\"1.8\"/>\n");
    }
    absl::StrAppend(&out_, "</g>\n");
    for (const Series& line : panel.lines) {
      if (line.points.empty()) continue;
      std::string path;
      for (const Point& point : Thinned(line.points, times_)) {
        absl::StrAppend(&path, path.empty() ? "M" : "L",
                        Number(X(static_cast<double>(point.time_us))), " ",
                        Number(y(point.value)));
      }
      absl::StrAppend(&out_, "<path class=\"line\" stroke=\"",
                      Colour(line.name), "\" d=\"", path, "\"/>\n");
    }
  }

  const absl::Span<const SvgPanel> panels_;
  std::vector<std::string> names_;  // of lines, in the order of the legend
  Extent times_;
  std::string out_;
};

}  // namespace

std::string SvgChart(absl::Span<const SvgPanel> panels) {
  return Drawing(panels).ToString();
}

}  // namespace exactmean
