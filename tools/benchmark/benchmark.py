#!/usr/bin/env python3
"""Exactmean and its peers on the same records, in turn, each result checked.

Run by tools/benchmark.sh, which starts the broker. docs/how-fast.md says what
is measured, and how to read it.
"""

import argparse
import json
import sys

import cluster
import ending
import facts
import growth
import latency
import memory
import peers
import picture
import summary
import table
import turns

APPENDED = 1000  # records that a restored process finds
say = turns.say


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="tools/benchmark.sh", formatter_class=argparse.RawTextHelpFormatter,
        description="Measures Exactmean and its peers on a local broker, in "
        "turn, and checks every result.",
        epilog="peers: " + "\n       ".join(
            f"{peer.name:18} {peer.title}" for peer in peers.ALL)
        + "\nof --latency:\n       " + "\n       ".join(
            f"{peer.name:18} {peer.title}" for peer in latency.ALL))
    add = parser.add_argument
    add("--peers", default="", help="comma-separated beginnings of the names "
        "below; default: all")
    add("--quick", action="store_true",
        help="fewer records and keys to restore, one round")
    add("--records", type=int,
        help="default 5000000; of --growth 3000000, and for some rows fewer")
    add("--keys", type=int, default=100_000)
    add("--rounds", type=int, help="default 3; of --growth 1")
    add("--restore", action="store_true",
        help="also: from a process' start to its first record, with a state")
    add("--restore_keys", type=int, help="default 1000000")
    add("--start", action="store_true", help="also: without a state")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--latency", action="store_true",
                      help="instead: from a record to its visible result")
    only.add_argument("--growth", action="store_true",
                      help="instead: Exactmean alone on many workloads, and "
                      "its memory per key")
    add("--rates", default="1000,50000",
        help="of --latency, records per second; default %(default)s")
    add("--warm_up", type=int, help="of --latency, seconds; default 10")
    add("--seconds", type=int, help="of --latency, measured; default 30")
    add("--many_keys", action="store_true",
        help="of --growth, also: 100 times as many keys; takes long")
    add("--streams_heap", default="3g", help="Kafka Streams' -Xms and -Xmx")
    add("--markdown", action="store_true", help="print tables for a document")
    add("--svg", metavar="FILE", help="write a picture")
    add("--json", metavar="FILE", help="write the raw figures")
    add("--report", metavar="FILE",
        help="measure nothing: tables and picture from such a file")
    add("--setup", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if (options.latency or options.growth) and (
            options.restore or options.start or options.svg):
        parser.error("--restore, --start and --svg: not with --latency or "
                     "--growth")
    if not all(rate.isdigit() and int(rate) > 0
               for rate in options.rates.split(",")):
        parser.error("--rates: whole numbers above 0, comma-separated")
    fill_in(options)
    return options


def fill_in(options):
    """What was left to its default."""
    quick = options.quick
    def default(name, usual, small):
        if getattr(options, name) is None:
            setattr(options, name, small if quick else usual)
    if options.growth:
        default("records", 3_000_000, 300_000)
        default("rounds", 1, 1)
    default("records", 5_000_000, 1_000_000)
    default("rounds", 3, 1)
    default("restore_keys", 1_000_000, 100_000)
    default("warm_up", 10, 5)
    default("seconds", 30, 10)


def chosen(options):
    """Of those that the table asked for is about."""
    if options.growth:
        return []
    return peers.choose(turns.names(options),
                        latency.ALL if options.latency else peers.ALL)


def measure_throughput(peer, job, workload):
    figures = peer.run(job)
    figures.update(turns.verdict(peer, job, workload), records=workload.records)
    rate = workload.records / (figures["done_ms"] - figures["first_ms"]) * 1000
    say(f"  {rate:,.0f} records/s, {figures['cpu_s']:.1f} CPU s, "
        f"{figures['rss_mb']:,.0f} MB")
    return figures


def measure_start(peer, job, workload):
    """Of a process that finds few records and no state."""
    figures = peer.run(job)
    figures.update(turns.verdict(peer, job, workload), records=workload.records)
    seconds = (figures["first_ms"] - figures["start_ms"]) / 1000
    say(f"  {seconds:.2f} s to the first record")
    return figures


def measure_restore(peer, job, workload):
    """One run fills the state; the second finds some records more."""
    peer.run(job)
    workload.append(APPENDED)
    return measure_start(peer, job, workload)


def warm_up(workload, options):
    """A run that does not count: the broker is a JVM, and slow at first."""
    say("warming the broker up")
    peer, = peers.choose(["bare-loop-inline"], peers.ALL)
    with turns.job_of(peer, workload, "warm-up", options) as job:
        peer.run(job)


def keeper(report, kind, options):
    """Raw figures are kept as they come."""
    report[kind] = []
    def keep(figures):
        report[kind].append(figures)
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump(report, file, indent=1)
    return keep


def measure_table(selected, options, workload, report):
    """Throughput and what goes with it."""
    turns.in_turn(selected, options, workload, measure_throughput,
                  keeper(report, "throughput", options))
    working = [peer for peer in selected if peer.format is not None]
    if options.start and working:
        fresh = cluster.Workload("few", APPENDED)
        fresh.append(APPENDED)
        turns.in_turn(working, options, fresh, measure_start,
                      keeper(report, "start", options))
    restoring = [peer for peer in selected if peer.restores]
    if options.restore and restoring:
        say(f"restore: loading {options.restore_keys:,} keys")
        workload = cluster.Workload("every-key", options.restore_keys, cover=1)
        workload.append(options.restore_keys)
        turns.in_turn(restoring, options, workload, measure_restore,
                      keeper(report, "restore", options))


def measure(options):
    """All that was asked for."""
    if not cluster.SERVERS:
        raise cluster.Failure("run tools/benchmark.sh, which starts a broker")
    selected = [] if options.growth else turns.usable(chosen(options))
    report = {"facts": facts.gather(options)}
    say(f"loading {options.records:,} records")
    workload = cluster.Workload("events", options.keys)
    workload.append(options.records)
    warm_up(workload, options)
    if options.latency:
        latency.measure(selected, options, keeper(report, "latency", options))
    elif options.growth:
        growth.measure(options, keeper(report, "growth", options))
        memory.measure(options, keeper(report, "memory", options))
    else:
        measure_table(selected, options, workload, report)
    return report


def show(report, options):
    print(table.tables(report, options.markdown))
    if options.svg:
        with open(options.svg, "w", encoding="utf-8") as file:
            file.write(picture.svg(
                report, summary.throughput(report["throughput"])))
        say(f"the picture is in {options.svg}")


def main():
    options = parse_arguments()
    if options.setup:
        # For benchmark.sh: what tools/setup.sh is to be told.
        if any(isinstance(peer, peers.KafkaStreams) for peer in chosen(options)):
            print("--benchmark")
        return
    ending.on_signals()
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
