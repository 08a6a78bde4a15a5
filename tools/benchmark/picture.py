"""The picture: bars of records/s, CPU and memory, as one SVG file that needs
nothing else, in light or dark as whoever looks at it prefers."""

from html import escape

import facts as machine

WIDTH = 940
ROW, BAR, TOP = 30, 14, 52
LABELS = 345  # width of the names
PANELS = [  # title, x, width of the longest bar, its value, its text
    ("records per second", LABELS + 10, 190, lambda row: row.main,
     lambda row: f"{row.main / 1000:,.0f} k"),
    ("CPU s per million", LABELS + 285, 90, lambda row: row.cpu,
     lambda row: f"{row.cpu:.2f}"),
    ("peak MB", LABELS + 445, 90, lambda row: row.rss_mb,
     lambda row: f"{row.rss_mb:,.0f}"),
]
# The paper is drawn: a page need not be as light or dark as its reader's system.
STYLE = """
.paper { fill: #fff; }
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.head { font-weight: 600; }
.small { font-size: 10.5px; fill: #6e7781; }
.own { fill: #1a7f4b; }
.peer { fill: #8c959f; }
.none { fill: none; stroke: #8c959f; stroke-dasharray: 3 2; }
.spread { stroke: #24292f; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #0d1117; }
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .own { fill: #3fb97a; }
  .peer { fill: #6e7681; }
  .none { stroke: #6e7681; }
  .spread { stroke: #e6edf3; }
}
"""


def text(x, y, words, kind="", anchor="start"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" '
            f'text-anchor="{anchor}">{escape(words)}</text>')


def kind_of(row):
    if row.name.startswith("exactmean"):
        return "own"
    return "none" if row.exact == "-" else "peer"


def bars(row, y, scales):
    """One row: its name, and a bar in each panel."""
    parts = [text(LABELS, y + BAR - 3, row.title,
                  "head" if kind_of(row) == "own" else "", "end")]
    for (_, x, width, value, words), most in zip(PANELS, scales):
        length = value(row) / most * width
        parts.append(f'<rect x="{x}" y="{y}" width="{length:.1f}" '
                     f'height="{BAR}" rx="2" class="{kind_of(row)}"/>')
        end = length
        if value is PANELS[0][3] and row.most > row.least:
            left, end = (part / most * width for part in (row.least, row.most))
            middle = y + BAR / 2
            parts.append(f'<path class="spread" d="M{x + left:.1f} {middle}'
                         f'H{x + end:.1f}"/>')
        parts.append(text(x + max(length, end) + 5, y + BAR - 3, words(row)))
    return parts


def svg(report, rows):
    """REQUIRES: a row at least."""
    scales = [max(value(row) for row in rows) or 1
              for _, _, _, value, _ in PANELS]
    # Room for the line from least to most.
    scales[0] = max(row.most for row in rows)
    told = report["facts"]
    height = TOP + ROW * len(rows) + 58
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
             f'height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
             "<title>Exactmean and its peers: records per second, CPU and "
             "memory</title>", f"<style>{STYLE}</style>",
             '<rect class="paper" width="100%" height="100%"/>']
    parts += [text(x, TOP - 16, title, "head") for title, x, *_ in PANELS]
    for i, row in enumerate(rows):
        parts += bars(row, TOP + ROW * i, scales)
    foot = TOP + ROW * len(rows) + 14
    parts.append(text(12, foot, f"{told['records']:,} JSON records, "
                      f"{told['keys']:,} keys, the last 10 values, exactly "
                      "once, a transaction every 100 ms; medians, and "
                      "lines from the least to the most.", "small"))
    for i, words in enumerate(machine.sentence(told).split("; ", 1)):
        parts.append(text(12, foot + 16 * (i + 1), words, "small"))
    return "\n".join(parts) + "\n</svg>\n"
