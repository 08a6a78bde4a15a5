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
    ready: float       # seconds until the last partition ran; None: not told


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
            runs[0]["exact"], 0, max(map(noise, runs)),
            middle(ready_after) if "ready_ms" in runs[0] else None))
    base = next((row for row in rows if row.name == BASE), None)
    for row in rows if base else []:
        row.ratio = (base.main / row.main if more_is_better
                     else row.main / base.main)
    return rows


def grouped(raw, *names):
    """Runs of the same thing, in the order of `raw`."""
    groups = {}
    for run in raw:
        groups.setdefault(tuple(run[name] for name in names), []).append(run)
    return list(groups.values())


def middle(runs, figure):
    return median(figure(run) for run in runs)


@dataclass
class LatencyRow:
    """Of one peer at one rate; milliseconds."""
    title: str
    per_second: int
    rounds: int
    p50: float
    p99: float
    p999: float
    max: float     # of all rounds
    late: float    # the most that a record was sent too late, of all rounds
    cpu: object    # of the processor, as a part of one core; None: there is none
    exact: str


def latency(raw):
    rows = []
    for runs in grouped(raw, "peer", "per_second"):
        def ms(name, runs=runs):
            return middle(runs, lambda run: run[name] / 1000)
        works = "cpu_s" in runs[0]
        rows.append(LatencyRow(
            runs[0]["title"], runs[0]["per_second"], len(runs), ms("p50_us"),
            ms("p99_us"), ms("p999_us"),
            max(run["max_us"] for run in runs) / 1000,
            max(run["late_us"] for run in runs) / 1000,
            middle(runs, lambda run: run["cpu_s"] / run["seconds"])
            if works else None, runs[0]["exact"]))
    return rows


@dataclass
class GrowthRow:
    """Of one workload."""
    title: str
    rounds: int
    rate: float
    cpu: float      # seconds per million records
    rss_mb: float
    written: float  # bytes of results per record
    exact: str
    noise: float


def growth(raw):
    return [GrowthRow(
        f"{runs[0]['what']}: {runs[0]['value']}", len(runs),
        middle(runs, lambda run: run["records"] * 1000
               / (run["done_ms"] - run["first_ms"])),
        middle(runs, lambda run: run["cpu_s"] / run["records"] * 1e6),
        middle(runs, lambda run: run["rss_mb"]),
        middle(runs, lambda run: run["output_bytes"] / run["records"]),
        runs[0]["exact"], max(map(noise, runs)))
        for runs in grouped(raw, "what", "value")]


@dataclass
class MemoryRow:
    """Of one number of keys; megabytes, and bytes a key that it has more than
    the first row: None there."""
    keys: int
    rounds: int
    records: int
    empty: float
    full: float
    restored: float
    restore_s: float  # from a process' start until all partitions run
    planned: float  # key, window and 40 bytes of bookkeeping
    grown: float = None  # what `full` grew by
    again: float = None  # what `restored` did


def memory(raw):
    rows = []
    for runs in grouped(raw, "keys"):
        def mb(name, runs=runs):
            return middle(runs, lambda run: run[name])
        row = MemoryRow(runs[0]["keys"], len(runs), runs[0]["records"],
                        mb("empty_mb"), mb("full_mb"), mb("restored_mb"),
                        middle(runs, lambda run: run["restore_s"]),
                        runs[0]["key_bytes"] + runs[0]["window_bytes"] + 40)
        rows.append(row)
        if row.keys > rows[0].keys:
            a_key = 2**20 / (row.keys - rows[0].keys)
            row.grown = (row.full - rows[0].full) * a_key
            row.again = (row.restored - rows[0].restored) * a_key
    return rows


def noise(run):
    """What else ran on the machine, as a part of all that did."""
    other = max(0.0, run["other_cpu_s"])
    return other / max(1e-9, other + run["cpu_s"] + run["broker_cpu_s"])


def throughput(raw):
    return rows_of(
        raw, lambda run: run["records"] / (run["done_ms"] - run["first_ms"])
        * 1000, lambda run: run["records"] / 1e6, True)


def ready_after(run):
    return (run["ready_ms"] - run["start_ms"]) / 1000


def restore(raw):
    return rows_of(raw, lambda run: (run["first_ms"] - run["start_ms"]) / 1000,
                   lambda _: 1, False)
