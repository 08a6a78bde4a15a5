"""From the raw figures of every round to one row a peer: medians and spread."""

from dataclasses import dataclass
from statistics import median

BASE = "exactmean-1"  # what the ratios are to


@dataclass
class Row:
    """Of one peer; `main` is records/s, or seconds for a restore."""
    name: str
    title: str
    rounds: int
    main: float
    least: float
    most: float
    cpu: float         # seconds per million records; of a restore: seconds
    broker_cpu: float  # likewise
    rss_mb: float
    exact: str         # yes, or - where there is nothing to check
    ratio: float       # how many times better Exactmean's main is; 0: unknown
    noise: float       # the most that other processes had, of all CPU


def rows_of(raw, main, divide_cpu, more_is_better):
    """One a peer, in the order of `raw`. Every figure is a median, each ratio
    one of medians."""
    by_peer = {}
    for run in raw:
        by_peer.setdefault(run["peer"], []).append(run)
    rows = []
    for name, runs in by_peer.items():
        def middle(figure):
            return median(figure(run) for run in runs)
        values = [main(run) for run in runs]
        rows.append(Row(
            name, runs[0]["title"], len(runs), median(values), min(values),
            max(values),
            middle(lambda run: run["cpu_s"] / divide_cpu(run)),
            middle(lambda run: run["broker_cpu_s"] / divide_cpu(run)),
            middle(lambda run: run["rss_mb"]),
            runs[0]["exact"], 0, max(map(noise, runs))))
    base = next((row for row in rows if row.name == BASE), None)
    for row in rows if base else []:
        row.ratio = (base.main / row.main if more_is_better
                     else row.main / base.main)
    return rows


def noise(run):
    """What else ran on the machine, as a part of all that did."""
    other = max(0.0, run["other_cpu_s"])
    return other / max(1e-9, other + run["cpu_s"] + run["broker_cpu_s"])


def throughput(raw):
    return rows_of(
        raw, lambda run: run["records"] / (run["done_ms"] - run["first_ms"])
        * 1000, lambda run: run["records"] / 1e6, True)


def restore(raw):
    return rows_of(raw, lambda run: (run["first_ms"] - run["start_ms"]) / 1000,
                   lambda _: 1, False)
