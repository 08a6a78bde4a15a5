"""Exactmean alone on many workloads, each differing in one thing from the first.

Inputs are loaded once for all that share them. With long windows the state is
filled by one run, and measured is a second one on the records after it.
"""

import contextlib
import signal
import time
from dataclasses import dataclass, field

import cluster
import exactmean
import measure as processes
import turns
from exactmean import Exactmean

LONG = 1000  # the values in a long window


def own(interval, max_records=100_000_000, **more):
    """Commits by time, or by records where that is sooner: to the end."""
    return Exactmean(to_end=True, more=f'commit {{ interval: "{interval}" '
                     f'max_records: {max_records} }}', **more)


@dataclass
class Input:
    """`filled` records for the state to begin with, and `records` more."""
    keys: int
    records: int
    filled: int = 0
    shape: dict = field(default_factory=dict)  # more of cluster.Workload


@dataclass
class Case:
    """What it is about, in words, and by how many values it can be checked."""
    what: str
    value: str
    peer: Exactmean = field(default_factory=Exactmean)
    window: int = 10
    instances: int = 1


def commit_every(value, interval):
    return Case("commit every", value, own(interval))


def windows(keys):
    """Time windows get about LONG records of a key: there is one a
    millisecond. Commits go by records, twenty of a key: what they write is then
    the same on every machine."""
    length = LONG * keys
    kinds = [(f"the last {n}", f"count {{ size: {n} }}", n)
             for n in (10, 100, LONG)] + [
        (f"time, {LONG:,} samples, exact",
         f'time {{ length: "{length}ms" }}', 0),
        (f"time, {LONG:,} samples, 100 panes",
         f'time {{ length: "{length}ms" resolution: "{length // 100}ms" }}', 0),
        ("ewma", "ewma { alpha: 0.1 }", 0),
        ("cumulative", "cumulative {}", 10**9)]
    return [Case(f"windows, {keys:,} keys", name,
                 own("5s", 20 * keys, window=f'window {{ name: "w" {kind} }}'),
                 window)
            for name, kind, window in kinds]


def inputs(options):
    """Each with its cases; the first case is what the others differ from."""
    keys, records = options.keys, options.records
    def shaped(part=1, **shape):
        return Input(keys, records // part, shape=shape)
    found = [
        (shaped(), [
            Case("base", f"{keys:,} keys, uniform, 40 bytes, 4 partitions, "
                 "1 worker, 100 ms, the last 10"),
            Case("workers", "2", Exactmean(2))]),
        (shaped(), [
            Case("instances", "2",
                 Exactmean(more='group { session_timeout: "60s" }'),
                 instances=2)])]
    # Some seconds of them.
    found.append((Input(keys, 4 * records), [
        commit_every("10 ms", "10ms"), commit_every("100 ms", "100ms"),
        commit_every("1 s", "1s"), commit_every("5 s", "5s")]))
    for many in [keys // 10, keys * 10] + (
            [keys * 100] if options.many_keys else []):
        found.append((Input(many, max(records, 2 * many)),
                      [Case("keys", f"{many:,}")]))
    found.append((shaped(zipf=1.1), [Case("skew", "Zipf 1.1")]))
    for size, part in [(400, 3), (4096, 10)]:
        found.append((shaped(part, value_bytes=size),
                      [Case("values", f"{size:,} bytes")]))
    for partitions in (1, 16, 64):
        found.append((shaped(partitions=partitions),
                      [Case("partitions", str(partitions))]))
    few = max(1, keys // 20)
    found.append((Input(few, records, filled=LONG * few), windows(few)))
    return found


def run_instances(case, job, workload, load):
    """Several processes: all are members, and stand still while the records
    are loaded; measured from when they go on."""
    with contextlib.ExitStack() as stack:
        started = []
        for i in range(case.instances):
            started.append(stack.enter_context(
                case.peer.started(job, f"instance-{i}")))
            # A later one takes from those before it what is its share.
            exactmean.await_ready(started[-1],
                                  workload.partitions // case.instances)
        for process in started:
            process.signal(signal.SIGSTOP)
        load()
        watcher = stack.enter_context(
            processes.Watcher(job.name, job.input))
        first_ms = time.time() * 1000
        for process in started:
            process.begin_anew()
            process.signal(signal.SIGCONT)
        exactmean.await_committed(watcher, *started)
        for process in started:
            exactmean.end(process)
        return {**watcher.result(), "first_ms": first_ms,
                **together([process.figures() for process in started])}


def together(figures):
    """Of all processes; broker and others are in each one's figures."""
    cpu_s = sum(one["cpu_s"] for one in figures)
    first = figures[0]
    return {"cpu_s": cpu_s, "rss_mb": sum(one["rss_mb"] for one in figures),
            "broker_cpu_s": first["broker_cpu_s"],
            "other_cpu_s": first["other_cpu_s"] + first["cpu_s"] - cpu_s}


def fill(case, job, workload):
    """The state of a first run; the bytes of its results."""
    own("1s", window=case.peer.window).run(job)
    return turns.verdict(case.peer, job, workload,
                         case.window)["output_bytes"]


def measure_input(number, put, cases, options, keep):
    workload = cluster.Workload(f"growth-{number}", put.keys, **put.shape)
    def load():
        turns.say(f"loading {put.records:,} records")
        workload.append(put.records)
    with contextlib.ExitStack() as stack:
        jobs = [stack.enter_context(turns.job_of(case.peer, workload, i,
                                                 options))
                for i, case in enumerate(cases)]
        before = [0] * len(cases)
        if put.filled:
            turns.say(f"filling states with {put.filled:,} records")
            workload.append(put.filled)
            before = [fill(case, job, workload)
                      for case, job in zip(cases, jobs)]
        if cases[0].instances == 1:
            load()
        for case, job, bytes_before in zip(cases, jobs, before):
            turns.say(f"{case.what}: {case.value}")
            figures = (case.peer.run(job) if case.instances == 1 else
                       run_instances(case, job, workload, load))
            figures.update(turns.verdict(case.peer, job, workload,
                                         case.window), records=put.records)
            figures["output_bytes"] -= bytes_before
            keep({"what": case.what, "value": case.value, **figures})
    cluster.delete_topics(workload.topic)


def measure(options, keep):
    number = 0
    for _ in range(options.rounds):
        for put, cases in inputs(options):
            number += 1
            measure_input(number, put, cases, options, keep)
