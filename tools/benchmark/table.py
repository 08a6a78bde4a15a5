"""The tables, for a terminal and for docs/how-fast.md."""

import facts as machine
import summary

NOISY = 0.1  # of all CPU

HEADS = {
    "throughput": ["", "records/s", "least to most", "CPU s / M",
                   "broker CPU s / M", "peak MB", "Exactmean is", "exact"],
    "restore": ["", "seconds", "least to most", "CPU s", "broker CPU s",
                "peak MB", "Exactmean is", "exact"],
}


def thousands(number):
    return f"{number / 1000:,.0f} k"


def cells(row, kind):
    if kind == "throughput":
        main = f"{round(row.main, -3):,.0f}"
        spread = f"{thousands(row.least)} to {thousands(row.most)}"
    else:
        main, spread = f"{row.main:.2f}", f"{row.least:.2f} to {row.most:.2f}"
    ratio = f"{row.ratio:.2f} ×" if row.ratio and row.name != summary.BASE else ""
    return [row.title, main, spread, f"{row.cpu:.2f}", f"{row.broker_cpu:.2f}",
            f"{row.rss_mb:,.0f}", ratio, row.exact]


def plain(head, lines):
    widths = [max(map(len, column)) for column in zip(head, *lines)]
    def line(texts):
        first, *others = (text.ljust(width) if i == 0 else text.rjust(width)
                          for i, (text, width) in enumerate(zip(texts, widths)))
        return "  ".join([first, *others]).rstrip()
    return "\n".join(map(line, [head, *lines]))


def markdown(head, lines):
    rule = ["---"] + ["--:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(texts) + " |"
                     for texts in [head, rule, *lines])


def tables(report, in_markdown):
    """All there is to say of a report, as benchmark.py writes it."""
    form = markdown if in_markdown else plain
    told = report["facts"]
    parts = [machine.sentence(told)]
    kinds = [("throughput", summary.throughput(report["throughput"]),
              f"{told['records']:,} records, {told['keys']:,} keys, a "
              "transaction every 100 ms; ")]
    if report["restore"]:
        kinds.append(("restore", summary.restore(report["restore"]),
                      f"From the process' start to its first record, "
                      f"{told['restore_keys']:,} keys to restore; "))
    for kind, rows, title in kinds:
        rounds = max(row.rounds for row in rows)
        parts.append(title + ("one round:" if rounds == 1 else
                              f"medians of {rounds} rounds in turn:"))
        parts.append(form(HEADS[kind], [cells(row, kind) for row in rows]))
        noisy = [f"{row.noise:.0%} beside '{row.title}'" for row in rows
                 if row.noise > NOISY]
        if noisy:
            parts.append("Noisy: of the CPU that was used, other processes had "
                         f"up to {', '.join(noisy)}.")
    return "\n\n".join(parts)
