"""The tables, for a terminal and for docs/how-fast.md."""

import facts as machine
import summary

NOISY = 0.1  # of all CPU

HEADS = {
    "throughput": ["", "records/s", "least to most", "CPU s / M",
                   "broker CPU s / M", "peak MB", "Exactmean is", "exact"],
    "restore": ["", "first record, s", "least to most", "all partitions, s",
                "CPU s", "broker CPU s", "peak MB", "Exactmean is", "exact"],
    "latency": ["", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "CPU, cores",
                "exact"],
    "growth": ["", "records/s", "CPU s / M", "peak MB", "results, bytes / record",
               "exact"],
    "memory": ["keys", "records", "at the start, MB", "after them, MB",
               "restored, MB", "restored in, s", "bytes / key",
               "restored, bytes / key",
               "key + window + 40", "is"],
}
HEADS["start"] = HEADS["restore"]


def thousands(number):
    return f"{number / 1000:,.0f} k"


def cells(row, kind):
    if kind == "throughput":
        main = f"{round(row.main, -3):,.0f}"
        spread = [f"{thousands(row.least)} to {thousands(row.most)}"]
    else:
        main = f"{row.main:.2f}"
        spread = [f"{row.least:.2f} to {row.most:.2f}",
                  "" if row.ready is None else f"{row.ready:.2f}"]
    ratio = f"{row.ratio:.2f} ×" if row.ratio and row.name != summary.BASE else ""
    return [row.title, main, *spread, f"{row.cpu:.2f}", f"{row.broker_cpu:.2f}",
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


def in_rounds(rows):
    rounds = max(row.rounds for row in rows)
    return ("one round:" if rounds == 1 else
            f"medians of {rounds} rounds in turn:")


def noise_of(rows):
    """What else ran, if it was much."""
    noisy = [f"{row.noise:.0%} beside '{row.title}'" for row in rows
             if row.noise > NOISY]
    return [f"Noisy: of the CPU that was used, other processes had up to "
            f"{', '.join(noisy)}."] if noisy else []


def of_peers(report, form):
    """Throughput, start and restore."""
    told = report["facts"]
    kinds = [("throughput", summary.throughput,
              f"{told['records']:,} records, {told['keys']:,} keys, a "
              "transaction every 100 ms; "),
             ("start", summary.restore,
              "From the process' start to its first record, and until all "
              "partitions run, without a state; "),
             ("restore", summary.restore,
              "From the process' start to its first record, and until all "
              f"partitions run, {told['restore_keys']:,} keys to restore; ")]
    for kind, summarize, title in kinds:
        if not report.get(kind):
            continue
        rows = summarize(report[kind])
        yield title + in_rounds(rows)
        yield form(HEADS[kind], [cells(row, kind) for row in rows])
        yield from noise_of(rows)


def of_latency(report, form):
    """One a rate."""
    rows = summary.latency(report.get("latency", []))
    for rate in dict.fromkeys(row.per_second for row in rows):
        here = [row for row in rows if row.per_second == rate]
        yield (f"{rate:,} records/s for {report['facts']['latency_seconds']} "
               f"s; {in_rounds(here)}")
        yield form(HEADS["latency"], [
            [row.title, f"{row.p50:.1f}", f"{row.p99:.1f}", f"{row.p999:.1f}",
             f"{row.max:.1f}", "" if row.cpu is None else f"{row.cpu:.2f}",
             row.exact] for row in here])
        yield ("The most that a record was sent too late: "
               f"{max(row.late for row in here):.1f} ms.")


def of_growth(report, form):
    told = report["facts"]
    if rows := summary.growth(report.get("growth", [])):
        yield (f"Exactmean alone, up to {told['records']:,} records; "
               + in_rounds(rows))
        yield form(HEADS["growth"], [
            [row.title, f"{round(row.rate, -3):,.0f}", f"{row.cpu:.2f}",
             f"{row.rss_mb:,.0f}", f"{row.written:,.1f}", row.exact]
            for row in rows])
        yield from noise_of([max(rows, key=lambda row: row.noise)])
    if rows := summary.memory(report.get("memory", [])):
        yield ("Memory of keys, each with a full window; a key's is what "
               f"a process has more than one with {rows[0].keys:,} keys; "
               + in_rounds(rows))
        yield form(HEADS["memory"], [
            [f"{row.keys:,}", f"{row.records:,}", f"{row.empty:,.1f}",
             f"{row.full:,.1f}", f"{row.restored:,.1f}",
             f"{row.restore_s:,.2f}",
             *([f"{row.grown:.0f}", f"{row.again:.0f}", f"{row.planned:.0f}",
                f"{row.grown / row.planned:.2f} ×"] if row.grown else [""] * 4)]
            for row in rows])


def tables(report, in_markdown):
    """All there is to say of a report, as benchmark.py writes it."""
    form = markdown if in_markdown else plain
    return "\n\n".join([machine.sentence(report["facts"]),
                        *of_peers(report, form), *of_latency(report, form),
                        *of_growth(report, form)])
