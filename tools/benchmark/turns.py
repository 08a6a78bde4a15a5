"""Peers in turn: which, on what topics, and what each run's result is worth."""

import contextlib
import sys
import tempfile

import cluster
import peers
from job import Job


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def names(options):
    return [name for name in options.peers.split(",") if name]


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


def verdict(peer, job, workload, window=10):
    """Of the results topic; raises when a key is missing or wrong."""
    if peer.format is None:
        return {"exact": "-"}
    found = cluster.check(peer.results_topic(job), peer.format, workload,
                          window)
    return {"exact": "yes" if window else "counts",
            "outputs": found["outputs"], "output_bytes": found["bytes"]}


@contextlib.contextmanager
def job_of(peer, workload, label, options):
    """One with topics of its own, which are deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="exactmean-bench.") as folder:
        job = Job(f"{workload.topic}-{peer.name}-{label}", workload.topic,
                  folder, options.streams_heap)
        for topic in peer.created_topics(job):
            cluster.create_topic(topic, True, workload.partitions)
        yield job
    if topics := peer.topics(job):
        cluster.delete_topics(*topics)


def in_turn(selected, options, workload, measure_one, keep):
    """Every peer, then all again; `keep` gets each run's figures."""
    for number in range(1, options.rounds + 1):
        for peer in selected:
            say(f"round {number} of {options.rounds}: {peer.title}")
            with job_of(peer, workload, number, options) as job:
                keep({"peer": peer.name, "title": peer.title,
                      "round": number, **measure_one(peer, job, workload)})
