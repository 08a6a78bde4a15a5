"""Memory per key: what resident memory grows by with the keys of one process,
each key with a full window.

As the kernel says it, a few seconds after the last commit; and again of a
process that has restored those keys, and how long that took. The first number
of keys is more than a commit has: what a process needs for its work, its
buffers, is in both.
"""

import time

import cluster
import exactmean
import measure as processes
import turns

VALUES = 10   # in a key's window
SETTLE = 10   # seconds: a burst is over, its buffers are given back


def settled(process):
    time.sleep(SETTLE)
    return process.resident_mb()


def grow(peer, job, workload, records):
    """One process that gets all its keys: before and after."""
    with peer.started(job) as process:
        exactmean.await_ready(process, workload.partitions)
        empty = settled(process)
        workload.append(records)
        with processes.Watcher(job.name, job.input) as watcher:
            exactmean.await_committed(watcher, process)
        full = settled(process)
        exactmean.end(process)
    return {"empty_mb": empty, "full_mb": full}


def restore(peer, job, workload):
    with peer.started(job) as process:
        exactmean.await_ready(process, workload.partitions)
        ready_ms = exactmean.ready_ms(process)
        restored = settled(process)
        exactmean.end(process)
    return {"restored_mb": restored,
            "restore_s": (ready_ms - process.start_ms) / 1000}


def measure(options, keep):
    peer = exactmean.Exactmean()
    for number in range(options.rounds):
        for keys in [options.keys, options.keys * 10] + (
                [options.keys * 100] if options.many_keys else []):
            records = max(VALUES * keys, options.records)
            turns.say(f"memory of {keys:,} keys, {records:,} records")
            workload = cluster.Workload(f"memory-{keys}-{number}", keys,
                                        cover=-(-records // keys))
            with turns.job_of(peer, workload, number, options) as job:
                figures = {**grow(peer, job, workload, records),
                           **restore(peer, job, workload),
                           **turns.verdict(peer, job, workload)}
            cluster.delete_topics(workload.topic)
            keep({"keys": keys, "records": records,
                  "key_bytes": len(f"sensor-{keys - 1:06}"),
                  "window_bytes": 8 * VALUES, **figures})
