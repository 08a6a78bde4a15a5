"""Exactmean as it is measured: the shipped binary, told apart by configuration.

Its log says when a partition is ready and when the first batch is folded in;
that its group has committed the input's end is seen from outside.
"""

import os
import re
import signal
import time

import cluster
import job as jobs
import measure

CONFIG = """
application_id: "%s"
input { topic: "%s" json { value: "/value" }
        event_time { field: "/ts" format: EPOCH_MILLIS } }
results { topic: "%s" }
workers: %d
"""
LAST10 = 'window { name: "last10" count { size: 10 } }'
STAMP = r"^I(\d+ \S+) .*"
FIRST = re.compile(STAMP + "the first records are folded in", re.M)
LAST = re.compile(STAMP + r"partition \d+ is done: all before", re.M)
READY = re.compile(STAMP + r"partition \d+ starts at offset", re.M)


class Exactmean(jobs.OneTopic):
    """`more` is added to the configuration. `to_end`: a bounded run, measured
    until the last record is folded in; its last commit waits for the interval,
    which would count for much where that is long."""

    format = "exactmean"
    restores = True

    def __init__(self, workers=1, name=None, title=None, window=LAST10,
                 more="", to_end=False):
        self.workers, self.window, self.more = workers, window, more
        self.to_end = to_end
        self.name = name or f"exactmean-{workers}"
        self.title = title or f"Exactmean, {workers} worker" + "s" * (
            workers > 1)

    def started(self, job, instance="benchmark"):
        """To be used as a context; it runs until it gets a SIGTERM."""
        path = os.path.join(job.folder, f"{instance}.textproto")
        with open(path, "w", encoding="utf-8") as file:
            # A bounded run must not have the names of the configuration.
            own = job.name + "-unbounded" * self.to_end
            file.write(CONFIG % (own, job.input, own, self.workers)
                       + self.window + "\n" + self.more + "\n")
        bounds = [f"--application_id={job.name}", f"--results_topic={job.name}",
                  "--to=latest"]
        return measure.MeasuredProcess(
            [cluster.program("processor/exactmean"), f"--config={path}",
             f"--instance_id={instance}",
             f"--bootstrap_servers={cluster.SERVERS}",
             *(bounds if self.to_end else [])], job.log(instance))

    def run(self, job):
        with measure.Watcher(job.name, job.input) as watcher, \
                self.started(job) as process:
            if self.to_end:
                process.wait()
                done = {"done_ms": max(map(epoch_ms, LAST.findall(
                    process.output())))}
            else:
                await_committed(watcher, process)
                end(process)
                done = watcher.result()
            return {**done, "start_ms": process.start_ms,
                    "first_ms": first_ms(process),
                    "ready_ms": ready_ms(process), **process.figures()}


def await_committed(watcher, *processes):
    """Until all of the input is committed."""
    while not watcher.has_ended():
        for process in processes:
            if process.has_ended():
                process.fail("it ended before its work was done")
        time.sleep(0.02)


def await_ready(process, partitions):
    """Until it has made so many partitions ready."""
    while len(READY.findall(process.output())) < partitions:
        if process.has_ended():
            process.fail("it ended before it was ready")
        time.sleep(0.02)


def end(process):
    process.signal(signal.SIGTERM)
    process.wait()


def first_ms(process):
    first = FIRST.search(process.output())
    if first is None:
        process.fail(f"no line of its log is like {FIRST.pattern}")
    return epoch_ms(first[1])


def ready_ms(process):
    """When the last partition was restored."""
    return max(map(epoch_ms, READY.findall(process.output())))


def epoch_ms(stamp):
    """Of glog's time: [year]MMDD HH:MM:SS.micros, local."""
    day, clock = stamp.split()
    clock, micros = clock.split(".")
    parsed = time.strptime(f"{time.localtime().tm_year}{day[-4:]} {clock}",
                           "%Y%m%d %H:%M:%S")
    return time.mktime(parsed) * 1000 + int(micros) / 1000
