#!/usr/bin/env python3
"""Exactmean and its peers on the same records, in turn, each result checked.

Run by tools/benchmark.sh, which starts the broker. docs/how-fast.md says what
is measured, and how to read it.
"""

import argparse
import contextlib
import json
import signal
import sys
import tempfile

import cluster
import facts
import peers
import picture
import summary
import table

APPENDED = 1000  # records that a restored process finds
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="tools/benchmark.sh", formatter_class=argparse.RawTextHelpFormatter,
        description="Measures Exactmean and its peers on a local broker, in "
        "turn, and checks every result.",
        epilog="peers: " + "\n       ".join(
            f"{peer.name:18} {peer.title}" for peer in peers.ALL))
    add = parser.add_argument
    add("--peers", default="", help="comma-separated beginnings of the names "
        "below; default: all")
    add("--quick", action="store_true",
        help="1,000,000 records and keys to restore 100,000, one round")
    add("--records", type=int, help="default 5000000")
    add("--keys", type=int, default=100_000)
    add("--rounds", type=int, help="default 3")
    add("--restore", action="store_true",
        help="also: from a process' start to its first record")
    add("--restore_keys", type=int, help="default 1000000")
    add("--streams_heap", default="3g", help="Kafka Streams' -Xms and -Xmx")
    add("--markdown", action="store_true", help="print tables for a document")
    add("--svg", metavar="FILE", help="write a picture")
    add("--json", metavar="FILE", help="write the raw figures")
    add("--report", metavar="FILE",
        help="measure nothing: tables and picture from such a file")
    add("--setup", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.records = options.records or (1_000_000 if options.quick
                                          else 5_000_000)
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.restore_keys = options.restore_keys or (
        100_000 if options.quick else 1_000_000)
    return options


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def chosen(options):
    return peers.choose([name for name in options.peers.split(",") if name])


def usable(selected):
    """Without the peers that this machine cannot run, which are named."""
    if peers.KafkaStreams.home() is None:
        left_out = [peer.name for peer in selected
                    if isinstance(peer, peers.KafkaStreams)]
        if left_out:
            say("left out, because the Kafka Streams peer is not built on this "
                f"machine (tools/setup.sh --benchmark): {', '.join(left_out)}")
        selected = [peer for peer in selected if peer.name not in left_out]
    if not selected:
        raise cluster.Failure("no peer is left to measure")
    return selected


def verdict(peer, job, workload):
    """Of the results topic; raises when a key is missing or wrong."""
    if peer.format is None:
        return {"exact": "-"}
    found = cluster.check(peer.results_topic(job), peer.format, workload)
    return {"exact": "yes", "outputs": found["outputs"],
            "output_bytes": found["bytes"]}


def measure_throughput(peer, job, workload):
    figures = peer.run(job)
    figures.update(verdict(peer, job, workload), records=workload.records)
    rate = workload.records / (figures["done_ms"] - figures["first_ms"]) * 1000
    say(f"  {rate:,.0f} records/s, {figures['cpu_s']:.1f} CPU s, "
        f"{figures['rss_mb']:,.0f} MB")
    return figures


def measure_restore(peer, job, workload):
    """One run fills the state; the second finds some records more."""
    peer.run(job)
    workload.append(APPENDED)
    figures = peer.run(job)
    figures.update(verdict(peer, job, workload), records=APPENDED)
    seconds = (figures["first_ms"] - figures["start_ms"]) / 1000
    say(f"  {seconds:.2f} s to the first record")
    return figures


@contextlib.contextmanager
def job_of(peer, workload, label, options):
    """One with topics of its own, which are deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="exactmean-bench.") as folder:
        job = peers.Job(f"{workload.topic}-{peer.name}-{label}",
                        workload.topic, folder, options.streams_heap)
        for topic in peer.created_topics(job):
            cluster.create_topic(topic, compact=True)
        yield job
    if topics := peer.topics(job):
        cluster.delete_topics(*topics)


def warm_up(workload, options):
    """A run that does not count: the broker is a JVM, and slow at first."""
    say("warming the broker up")
    peer, = peers.choose(["bare-loop-inline"])
    with job_of(peer, workload, "warm-up", options) as job:
        peer.run(job)


def in_turn(selected, options, workload, measure_one, report):
    """Every peer, then all again; `report()` gets each run's figures."""
    for number in range(1, options.rounds + 1):
        for peer in selected:
            say(f"round {number} of {options.rounds}: {peer.title}")
            with job_of(peer, workload, number, options) as job:
                report({"peer": peer.name, "title": peer.title,
                        "round": number, **measure_one(peer, job, workload)})


def measure(options):
    """All that was asked for; the raw figures are kept as they come."""
    if not cluster.SERVERS:
        raise cluster.Failure("run tools/benchmark.sh, which starts a broker")
    selected = usable(chosen(options))
    report = {"facts": facts.gather(options), "throughput": [], "restore": []}

    def keep(kind):
        def add(figures):
            report[kind].append(figures)
            if options.json:
                with open(options.json, "w", encoding="utf-8") as file:
                    json.dump(report, file, indent=1)
        return add

    say(f"loading {options.records:,} records")
    workload = cluster.Workload("events", options.keys)
    workload.append(options.records)
    warm_up(workload, options)
    in_turn(selected, options, workload, measure_throughput,
            keep("throughput"))
    restoring = [peer for peer in selected if peer.restores]
    if options.restore and restoring:
        say(f"restore: loading {options.restore_keys:,} keys")
        workload = cluster.Workload("every-key", options.restore_keys, cover=1)
        workload.append(options.restore_keys)
        in_turn(restoring, options, workload, measure_restore, keep("restore"))
    return report


def show(report, options):
    print(table.tables(report, options.markdown))
    if options.svg:
        with open(options.svg, "w", encoding="utf-8") as file:
            file.write(picture.svg(
                report, summary.throughput(report["throughput"])))
        say(f"the picture is in {options.svg}")


def end(number, _):
    """What was started ends on the way out, which a second signal must not
    disturb."""
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    options = parse_arguments()
    if options.setup:
        # For benchmark.sh: what tools/setup.sh is to be told.
        if any(isinstance(peer, peers.KafkaStreams) for peer in chosen(options)):
            print("--benchmark")
        return
    for number in ENDING:
        signal.signal(number, end)
    if options.report:
        with open(options.report, encoding="utf-8") as file:
            report = json.load(file)
    else:
        report = measure(options)
    show(report, options)


if __name__ == "__main__":
    try:
        main()
    except cluster.Failure as failure:
        sys.exit(f"benchmark: {failure}")
