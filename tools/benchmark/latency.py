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


def bare(name, milliseconds, title):
    return peers.BareLoop(
        f"bare-loop-{name}", f"librdkafka, bare loop, {title}",
        f"--commit_ms={milliseconds}")


# Its own linger.ms holds nothing back, as each commit flushes; what is sent
# before need not be sent then.
def streams(name, milliseconds, title, *flags):
    return peers.KafkaStreams(
        f"streams-{name}", f"Kafka Streams, {title}, every {milliseconds} ms",
        "--emit", "changelog", "--linger-ms", "5", "--commit-ms",
        str(milliseconds), *flags)


OWN_STORE = ["own store through its internals", "--store", "own"]
STOCK_STORE = ["stock store, changelog is the result", "--cache", "false"]
ALL = [
    own("at-once", "0", "as soon as possible"),
    own("10ms", "10ms", "every 10 ms"),
    own("100ms", "100ms", "every 100 ms"),
    bare("at-once", 0, "as soon as possible"),
    streams("own-store-10ms", 10, *OWN_STORE),
    streams("changelog-10ms", 10, *STOCK_STORE),
    streams("own-store-100ms", 100, *OWN_STORE),
    streams("changelog-100ms", 100, *STOCK_STORE),
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
    endless = isinstance(peer, exactmean.Exactmean)
    process = (peer.started(job) if endless
               else peer.started(job, workload.records))
    with process:
        figures = meter.run()
        if endless:
            exactmean.end(process)
        else:
            process.wait()
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
