"""Who is measured, and how each is started and read.

A peer's run(job) gives its figures: records, first_ms (the first record
processed), done_ms (the last commit), ready_ms (the last partition restored, if
it tells), all since 1970, start_ms, and those of measure.py.
"""

import os
import shutil
import subprocess

import cluster
import measure
from exactmean import Exactmean
from job import OneTopic, run_to_end


class BareLoop(OneTopic):
    """librdkafka and nothing else."""

    format = "binary"
    restores = True

    def __init__(self, name, title, *flags):
        self.name, self.title, self.flags = name, title, flags

    def run(self, job):
        figures = run_to_end(self.command(job), job)
        # It reads all of the state first.
        return {**figures, "ready_ms": figures["first_ms"]}

    def started(self, job, records):
        """For an input that will have so many; it ends when it has done
        them."""
        return measure.MeasuredProcess(
            self.command(job, f"--records={records}"), job.log())

    def command(self, job, *more):
        return [cluster.program("tests/benchmark/bare_loop/bare-loop"),
                f"--bootstrap_servers={cluster.SERVERS}",
                f"--input={job.input}", f"--output={job.name}",
                f"--name={job.name}", *self.flags, *more, "--restore", "loop"]


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
        return run_to_end(self.command(job), job)

    def started(self, job, records):
        """For an input that will have so many; it ends when it has done
        them."""
        return measure.MeasuredProcess(
            self.command(job) + ["--records", str(records)], job.log())

    def command(self, job):
        java = os.environ.get("JAVA_HOME")
        state = os.path.join(job.folder, "streams-state")
        shutil.rmtree(state, ignore_errors=True)
        home = self.home()
        return [
            os.path.join(java, "bin/java") if java else "java",
            f"-Xms{job.heap}", f"-Xmx{job.heap}", "-XX:+UseParallelGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp", f"{home}/kafka-streams-peer-1.jar:{home}/lib/*",
            "exactmean.benchmark.Main", "--bootstrap", cluster.SERVERS,
            "--input", job.input, "--output", job.name, "--app", job.name,
            "--state-dir", state, "--threads", "2",
            "--timeout-s", str(cluster.DEADLINE), *self.flags]


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


def choose(names, among):
    """Of them, those that begin with one of the names; no names: all."""
    chosen = [peer for peer in among
              if any(peer.name.startswith(name) for name in names or [""])]
    for name in names:
        if not any(peer.name.startswith(name) for peer in among):
            raise cluster.Failure(
                f"--peers: no peer's name begins with '{name}': there are "
                + ", ".join(peer.name for peer in among))
    return chosen
