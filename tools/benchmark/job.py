"""What is given to a peer, and what peers have in common."""

import os
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

    def log(self, instance=""):
        return os.path.join(self.folder, f"{self.name}{instance}.log")


def run_to_end(command, job):
    """A peer that ends by itself and says when it began and was done."""
    with measure.MeasuredProcess(command, job.log()) as process:
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
