#!/usr/bin/env python3
"""exactmean on random sensor values: the last 10 of each key, every 100 ms.

Run by tools/benchmark.sh, under local-kafka. The broker shares the machine, so
compare figures of one run, and ratios rather than absolute times.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

SERVERS = os.environ.get("EXACTMEAN_BOOTSTRAP_SERVERS", "")
CONFIG = """
application_id: "benchmark"
input { topic: "events" json { value: "/value" }
        event_time { field: "/ts" format: EPOCH_MILLIS } }
results { topic: "averages" }
window { name: "last10" count { size: 10 } }
"""
PARTITIONS = 4
DEADLINE = 600  # seconds that any one step may take


def load(records, keys):
    """Writes {"value": ..., "ts": ...} under uniform keys, by kcat."""
    kcat = subprocess.Popen(
        ["kcat", "-P", "-b", SERVERS, "-t", "events", "-K", "\t",
         "-X", "linger.ms=50", "-X", "batch.size=1000000"],
        stdin=subprocess.PIPE, text=True)
    draw = random.Random(42).random
    for start in range(0, records, 100_000):
        kcat.stdin.writelines(
            f"sensor-{int(draw() * keys):06d}\t"
            f'{{"value": {draw() * 1000:.4f}, "ts": {1700000000000 + i}}}\n'
            for i in range(start, min(start + 100_000, records)))
    kcat.stdin.close()
    if kcat.wait(timeout=DEADLINE) != 0:
        sys.exit("benchmark.py: kcat could not load the records")


def drained(log, workers):
    """The times of the first start and of the first status with nothing left."""
    with open(log, encoding="utf-8") as file:
        text = file.read()
    start = re.search(r"^I\d+ (\S+) .*partition \d+ starts at", text, re.M)
    done = [re.search(rf"^I\d+ (\S+) .*worker {w}: .*lag 0, [1-9]\d* keys "
                      r"\(0 dirty\), (\d+) of \2 ", text, re.M)
            for w in range(workers)]
    if not start or not all(done):
        return None
    return seconds(start.group(1)), max(seconds(d.group(1)) for d in done)


def seconds(clock):
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def measure(folder, records, workers):
    config = os.path.join(folder, "benchmark.textproto")
    with open(config, "w", encoding="utf-8") as file:
        file.write(CONFIG + f"workers: {workers}\n")
    command = ["bazel-bin/processor/exactmean", f"--config={config}",
               f"--bootstrap_servers={SERVERS}", "--instance_id=benchmark"]
    subprocess.run(command + ["--create_topics"], check=True,
                   stdout=subprocess.DEVNULL)
    log = os.path.join(folder, "exactmean.log")
    with open(log, "w", encoding="utf-8") as file:
        process = subprocess.Popen(command + ["--status_every=50ms"],
                                   stderr=file)
    try:
        deadline = time.monotonic() + DEADLINE
        while not (times := drained(log, workers)):
            if process.poll() is not None or time.monotonic() > deadline:
                with open(log, encoding="utf-8") as file:
                    sys.exit(file.read()[-3000:] + "\nbenchmark.py: failed")
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
    except BaseException:
        process.kill()
        raise
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"benchmark.py: exactmean ended with {process.returncode}")
    wall = times[1] - times[0]
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{records:,} records in {wall:.2f} s: {records / wall:,.0f} "
          f"records/s, {cpu / records * 1e6:.2f} CPU s per million, "
          f"{usage.ru_maxrss / 1024:.0f} MB at the most, {workers} worker(s)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    if not SERVERS:
        sys.exit("benchmark.py: run tools/benchmark.sh, which starts a broker")
    subprocess.run(
        ["tools/cluster/kafka_tool.sh", "TopicCommand", "--create", "--topic",
         "events", "--partitions", str(PARTITIONS)],
        check=True, stdout=subprocess.DEVNULL)
    print(f"==> loading {arguments.records:,} records", flush=True)
    load(arguments.records, arguments.keys)
    print("==> measuring", flush=True)
    with tempfile.TemporaryDirectory(prefix="exactmean-bench.") as folder:
        measure(folder, arguments.records, arguments.workers)
    lines = subprocess.run(
        ["bazel-bin/tools/inspect/exactmean-inspect", "status",
         f"--bootstrap_servers={SERVERS}", "--results_topic=averages"],
        check=True, stdout=subprocess.PIPE, text=True)
    print(lines.stdout, end="")


if __name__ == "__main__":
    main()
