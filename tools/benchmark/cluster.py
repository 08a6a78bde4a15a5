"""The broker's side of the benchmark: topics, records, and the check of results.

The programs are found under PROGRAMS, which is bazel-bin, or the run-files of a
test.
"""

import os
import subprocess

SERVERS = os.environ.get("EXACTMEAN_BOOTSTRAP_SERVERS", "")
PROGRAMS = os.environ.get("EXACTMEAN_BENCHMARK_PROGRAMS", "bazel-bin")
PARTITIONS = 4
DEADLINE = 900  # seconds that any one step may take


class Failure(Exception):
    """What went wrong, for the user."""


def program(path):
    return os.path.join(PROGRAMS, path)


def run_in_time(command, **options):
    """To its end, however that is."""
    try:
        return subprocess.run(command, stderr=subprocess.PIPE, text=True,
                              timeout=DEADLINE, check=False, **options)
    except subprocess.TimeoutExpired as late:
        raise Failure(f"{' '.join(command)}: not done after {DEADLINE} s"
                      ) from late


def run(command):
    """Runs to the end; its output."""
    done = run_in_time(command, stdout=subprocess.PIPE)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: exit code {done.returncode}\n"
                      f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def create_topic(topic, compact, partitions=PARTITIONS):
    run([program("tests/benchmark/topics"), f"--bootstrap_servers={SERVERS}",
         f"--partitions={partitions}", f"--compact={str(compact).lower()}",
         "create", topic])


def delete_topics(*topics):
    run([program("tests/benchmark/topics"), f"--bootstrap_servers={SERVERS}",
         "delete", *topics])


class Workload:
    """An input topic: which records are in it so far. tests/benchmark's
    workload.h says what the flags mean."""

    def __init__(self, topic, keys, cover=0, zipf=0, value_bytes=0,
                 partitions=PARTITIONS):
        self.topic, self.keys, self.partitions = topic, keys, partitions
        self._flags = [f"--keys={keys}", f"--cover={cover}", f"--zipf={zipf}",
                       f"--value_bytes={value_bytes}"]
        self.records = 0
        create_topic(topic, compact=False, partitions=partitions)

    def flags(self):
        return [f"--records={self.records}", *self._flags]

    def append(self, more):
        """Loads the next `more` records of the sequence, in its order."""
        skip, self.records = self.records, self.records + more
        with subprocess.Popen(
                [program("tests/benchmark/print-workload"), *self.flags(),
                 f"--skip={skip}"], stdout=subprocess.PIPE) as printer:
            try:
                run_kcat(self.topic, printer.stdout)
            except BaseException:
                printer.kill()
                raise
        if printer.returncode != 0:
            raise Failure(f"print-workload: exit code {printer.returncode}")


def run_kcat(topic, source):
    """Java's partitioner; idempotent, so that the order holds."""
    command = ["kcat", "-P", "-b", SERVERS, "-t", topic, "-K", "\t",
               "-X", "enable.idempotence=true", "-X", "linger.ms=20",
               "-X", "batch.size=1000000", "-X", "batch.num.messages=50000",
               "-X", "topic.partitioner=murmur2_random"]
    done = run_in_time(command, stdin=source)
    if done.returncode != 0:
        raise Failure(f"kcat could not load the records: {done.stderr[-2000:]}")


def check(topic, form, workload, window=10):
    """Holds every key of the results topic to the oracle; what was read.
    `window`: so many values make an average; 0: any average will do."""
    output = run([program("tests/benchmark/check-results"),
                  f"--bootstrap_servers={SERVERS}", f"--topic={topic}",
                  f"--format={form}", f"--window={window}",
                  *workload.flags()])
    return result_line(output)


def result_line(text):
    """The numbers of the last line that begins with RESULT."""
    lines = [line for line in text.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise Failure(f"no RESULT line: {text[-2000:]}")
    return {name: int(value) for name, value in
            (word.split("=") for word in lines[-1].split()[1:])}
