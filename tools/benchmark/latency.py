"""From a record's due time to its committed result, at a steady rate.

tests/benchmark/latency:measure-latency sends the records and reads the results,
beside the peer. A second run of the same reads the input itself: what the
measurement adds.
"""

import time

import cluster
import exactmean
import peers
import turns

class Echo:
    """No processor at all."""

    name = "echo"
    title = "nothing in between: the input itself is read"
    format = "echo"

    def created_topics(self, _):
        return []

    def topics(self, _):
        return []

    def results_topic(self, job):
        return job.input


def own(name, interval, title):
    return exactmean.Exactmean(
        name=f"exactmean-{name}", title=f"Exactmean, {title}",
        more=f'commit {{ interval: "{interval}" }}')


# Streams' own linger.ms holds nothing back, as each commit flushes; what is sent
# before need not be sent then.
ALL = [
    own("at-once", "0", "as soon as possible"),
    own("100ms", "100ms", "every 100 ms"),
    peers.KafkaStreams(
        "streams-own-store",
        "Kafka Streams, own store through its internals, every 100 ms",
        "--store", "own", "--emit", "changelog", "--linger-ms", "5"),
    peers.KafkaStreams(
        "streams-changelog",
        "Kafka Streams, stock store, changelog is the result, every 100 ms",
        "--cache", "false", "--emit", "changelog", "--linger-ms", "5"),
    Echo(),
]


class Meter:
    """measure-latency on one job."""

    def __init__(self, peer, job, workload, per_second, options):
        self._command = [
            cluster.program("tests/benchmark/latency/measure-latency"),
            f"--bootstrap_servers={cluster.SERVERS}", f"--input={job.input}",
            f"--results={peer.results_topic(job)}", f"--format={peer.format}",
            f"--per_second={per_second}", f"--warm_up={options.warm_up}s",
            *workload.flags()]

    def run(self):
        return cluster.result_line(cluster.run(self._command))


def measure_beside(peer, job, workload, meter):
    """The meter's figures and the processor's own."""
    if isinstance(peer, Echo):
        return {**meter.run(), "exact": "-"}
    if isinstance(peer, peers.KafkaStreams):
        process = peer.started(job, workload.records)
    else:
        process = peer.started(job)
    with process:
        figures = meter.run()
        if isinstance(peer, peers.KafkaStreams):
            process.wait()
        else:
            exactmean.end(process)
        figures["seconds"] = time.time() - process.start_ms / 1000
        figures.update(process.figures())
    checked = turns.verdict(peer, job, workload)
    return {**figures, "exact": checked["exact"]}


def measure(selected, options, keep):
    """Each peer at each rate on an input of its own, `rounds` times."""
    for number in range(1, options.rounds + 1):
        for per_second in map(int, options.rates.split(",")):
            for peer in selected:
                turns.say(f"round {number} of {options.rounds}, {per_second:,} "
                          f"records/s: {peer.title}")
                workload = cluster.Workload(
                    f"paced-{peer.name}-{per_second}-{number}", options.keys)
                # One by which the meter knows that all are there.
                workload.records = 1 + per_second * (options.warm_up
                                                     + options.seconds)
                with turns.job_of(peer, workload, number, options) as job:
                    meter = Meter(peer, job, workload, per_second, options)
                    figures = measure_beside(peer, job, workload, meter)
                cluster.delete_topics(workload.topic)
                turns.say(f"  p50 {figures['p50_us'] / 1000:.1f} ms, p99 "
                          f"{figures['p99_us'] / 1000:.1f} ms")
                keep({"peer": peer.name, "title": peer.title, "round": number,
                      "per_second": per_second, **figures})
