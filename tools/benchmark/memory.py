"""Memory per key: the growth of one process from no key to many, each with a
full window.

Resident memory as the kernel says it, a few seconds after the last commit, when
the buffers of the client library have been given back; and again of a process
that has restored those keys.
"""

import time

import cluster
import exactmean
import measure as processes
import turns

VALUES = 10   # in a key's window
SETTLE = 3    # seconds


def settled(process):
    time.sleep(SETTLE)
    return process.resident_mb()


def grow(peer, job, workload):
    """One process that gets all its keys: before and after."""
    with peer.started(job) as process:
        exactmean.await_ready(process, workload.partitions)
        before = settled(process)
        workload.append(VALUES * workload.keys)
        with processes.Watcher(job.name, job.input) as watcher:
            exactmean.await_committed(watcher, process)
        after = settled(process)
        exactmean.end(process)
    return {"before_mb": before, "after_mb": after}


def restore(peer, job, workload):
    with peer.started(job) as process:
        exactmean.await_ready(process, workload.partitions)
        restored = settled(process)
        exactmean.end(process)
    return {"restored_mb": restored}


def measure(options, keep):
    peer = exactmean.Exactmean()
    for number in range(options.rounds):
        for keys in [options.keys, options.keys * 10] + (
                [options.keys * 100] if options.many_keys else []):
            turns.say(f"memory of {keys:,} keys")
            workload = cluster.Workload(f"memory-{keys}-{number}", keys,
                                        cover=VALUES)
            with turns.job_of(peer, workload, number, options) as job:
                figures = {**grow(peer, job, workload),
                           **restore(peer, job, workload),
                           **turns.verdict(peer, job, workload)}
            cluster.delete_topics(workload.topic)
            keep({"keys": keys, "key_bytes": len(f"sensor-{keys - 1:06}"),
                  "window_bytes": 8 * VALUES, **figures})
