"""Who is measured, and how each is started and read.

A peer's run(job) gives its figures: records, first_ms (the first record
processed) and done_ms (the last commit), both since 1970, start_ms, and those
of measure.py.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass

import cluster
import measure


@dataclass
class Job:
    """One run of one peer. A second run of the same job finds its state."""
    name: str  # of the group, the transactional id and the results topic
    input: str
    folder: str
    heap: str


def run_to_end(command, job):
    """A peer that ends by itself and says when it began and was done."""
    with measure.MeasuredProcess(command, os.path.join(
            job.folder, f"{job.name}.log")) as process:
        process.wait()
        return {**cluster.result_line(process.output()),
                "start_ms": process.start_ms, **process.figures()}


class OneTopic:
    """What writes to its results topic, made beforehand, and to no other."""

    def results_topic(self, job):
        return job.name

    def created_topics(self, job):
        return [job.name]

    def topics(self, job):
        return [job.name]


class Exactmean(OneTopic):
    """The shipped binary. Its log says when the first batch was folded in;
    from outside it is seen that its group has committed the input's end."""

    CONFIG = """
application_id: "%s"
input { topic: "%s" json { value: "/value" }
        event_time { field: "/ts" format: EPOCH_MILLIS } }
results { topic: "%s" }
window { name: "last10" count { size: 10 } }
workers: %d
"""
    FIRST = re.compile(r"^I(\d+ \S+) .*: the first records are folded in",
                       re.M)

    format = "exactmean"
    restores = True

    def __init__(self, workers):
        self.workers = workers
        self.name = f"exactmean-{workers}"
        self.title = f"Exactmean, {workers} worker" + "s" * (workers > 1)

    def run(self, job):
        config = os.path.join(job.folder, "exactmean.textproto")
        with open(config, "w", encoding="utf-8") as file:
            file.write(self.CONFIG % (job.name, job.input, job.name,
                                      self.workers))
        command = [cluster.program("processor/exactmean"),
                   f"--config={config}", "--instance_id=benchmark",
                   f"--bootstrap_servers={cluster.SERVERS}"]
        log = os.path.join(job.folder, job.name)
        with measure.Watcher(job.name, job.input) as watcher, \
                measure.MeasuredProcess(command, f"{log}.log") as process:
            while not watcher.has_ended():
                if process.has_ended():
                    process.fail("it ended before its work was done")
                time.sleep(0.02)
            process.signal(signal.SIGTERM)
            process.wait()
            figures = {**watcher.result(), "start_ms": process.start_ms,
                       **process.figures()}
        first = self.FIRST.search(process.output())
        if first is None:
            process.fail(f"no line of its log is like {self.FIRST.pattern}")
        figures["first_ms"] = epoch_ms(first[1])
        return figures


def epoch_ms(stamp):
    """Of glog's time: [year]MMDD HH:MM:SS.micros, local."""
    day, clock = stamp.split()
    clock, micros = clock.split(".")
    parsed = time.strptime(f"{time.localtime().tm_year}{day[-4:]} {clock}",
                           "%Y%m%d %H:%M:%S")
    return time.mktime(parsed) * 1000 + int(micros) / 1000


class BareLoop(OneTopic):
    """librdkafka and nothing else."""

    format = "binary"
    restores = True

    def __init__(self, name, title, *flags):
        self.name, self.title, self.flags = name, title, flags

    def run(self, job):
        return run_to_end(
            [cluster.program("tests/benchmark/bare_loop/bare-loop"),
             f"--bootstrap_servers={cluster.SERVERS}", f"--input={job.input}",
             f"--output={job.name}", f"--name={job.name}", *self.flags,
             "--restore", "loop"], job)


class ConsumeOnly:
    """The ceiling: no results, nothing to check."""

    name = "consume-only"
    title = "librdkafka, consume only: no work done"
    format = None
    restores = False

    def created_topics(self, _):
        return []

    def topics(self, _):
        return []

    def run(self, job):
        return run_to_end(
            [cluster.program("tests/benchmark/bare_loop/bare-loop"),
             f"--bootstrap_servers={cluster.SERVERS}", f"--input={job.input}",
             f"--name={job.name}", "consume"], job)


class KafkaStreams:
    """tests/benchmark/kafka_streams, two threads. Nothing local is kept, so
    that a second run restores."""

    BUILD = "tests/benchmark/kafka_streams/build.sh"
    format = "binary"

    def __init__(self, name, title, *flags):
        self.name, self.title, self.flags = name, title, flags
        self.forwards = "changelog" not in flags
        self.restores = not self.forwards

    @classmethod
    def home(cls):
        """Where it is built; None: it is not."""
        done = subprocess.run([cls.BUILD, "--where"], stdout=subprocess.PIPE,
                              text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def changelog(self, job):
        return f"{job.name}-averages-changelog"

    def results_topic(self, job):
        return job.name if self.forwards else self.changelog(job)

    def created_topics(self, job):
        return [job.name] if self.forwards else []

    def topics(self, job):
        return self.created_topics(job) + [self.changelog(job)]

    def run(self, job):
        java = os.environ.get("JAVA_HOME")
        state = os.path.join(job.folder, "streams-state")
        shutil.rmtree(state, ignore_errors=True)
        home = self.home()
        return run_to_end(
            [os.path.join(java, "bin/java") if java else "java",
             f"-Xms{job.heap}", f"-Xmx{job.heap}", "-XX:+UseParallelGC",
             "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
             "-cp", f"{home}/kafka-streams-peer-1.jar:{home}/lib/*",
             "exactmean.benchmark.Main", "--bootstrap", cluster.SERVERS,
             "--input", job.input, "--output", job.name, "--app", job.name,
             "--state-dir", state, "--threads", "2",
             "--timeout-s", str(cluster.DEADLINE), *self.flags], job)


ALL = [
    Exactmean(1),
    Exactmean(2),
    BareLoop("bare-loop", "librdkafka, bare loop, commit on a second thread"),
    BareLoop("bare-loop-inline", "librdkafka, bare loop, commit in the loop",
             "--nocommit_aside"),
    KafkaStreams("streams-own-store",
                 "Kafka Streams, own store through its internals",
                 "--store", "own", "--emit", "changelog"),
    KafkaStreams("streams-changelog",
                 "Kafka Streams, stock store, changelog is the result",
                 "--cache", "false", "--emit", "changelog"),
    KafkaStreams("streams-uncached", "Kafka Streams, stock store, cache off",
                 "--cache", "false"),
    KafkaStreams("streams-cached", "Kafka Streams, stock store, cache on"),
    ConsumeOnly(),
]


def choose(names):
    """Of ALL, those that begin with one of the names; no names: all."""
    chosen = [peer for peer in ALL
              if any(peer.name.startswith(name) for name in names or [""])]
    for name in names:
        if not any(peer.name.startswith(name) for peer in ALL):
            raise cluster.Failure(
                f"--peers: no peer's name begins with '{name}': there are "
                + ", ".join(peer.name for peer in ALL))
    return chosen
