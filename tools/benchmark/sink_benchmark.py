#!/usr/bin/env python3
"""exactmean-sink into SQLite and PostgreSQL: rows a second.

Run by tools/sink_benchmark.sh, under local-kafka. The results of a processor
with three windows over 100,000 keys are there before; broker and database share
the machine.
"""

import argparse
import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import cluster
import ending
import exactmean
import measure
from job import Job

WINDOWS = """
window { name: "ewma" ewma { alpha: 0.5 } }
window { name: "all" cumulative {} }
"""
PORT = 54329
PATIENCE = 60  # seconds that PostgreSQL may take to end


def free_of_root(command):
    """PostgreSQL does not run as root: then in a namespace that has none."""
    if os.geteuid() != 0:
        return measure.BOUND + command
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534",
            "--"] + measure.BOUND + command


@contextlib.contextmanager
def postgres(folder):
    found = glob.glob("/usr/lib/postgresql/*/bin")
    if not found:
        raise cluster.Failure("no PostgreSQL: run tools/setup.sh")
    programs = max(found, key=lambda path: int(path.split("/")[-2]))
    data = os.path.join(folder, "postgres")
    cluster.run(
        free_of_root([programs + "/initdb", "-D", data, "-U", "tester",
                      "-A", "trust", "-E", "UTF8", "--locale=C"]))
    with open(os.path.join(folder, "postgres.log"), "w",
              encoding="utf-8") as log:
        server = subprocess.Popen(
            free_of_root([programs + "/postgres", "-D", data, "-p", str(PORT),
                          "-c", "unix_socket_directories=",
                          "-c", "shared_buffers=512MB",
                          "-c", "max_wal_size=4GB"]),
            stdout=log, stderr=log)
    try:
        while subprocess.run([programs + "/pg_isready", "-q", "-h",
                              "127.0.0.1", "-p", str(PORT)],
                             check=False).returncode != 0:
            if server.poll() is not None:
                with open(log.name, encoding="utf-8") as file:
                    raise cluster.Failure(
                        f"PostgreSQL ended\n{file.read()[-2000:]}")
            time.sleep(0.1)
        yield f"postgresql://tester@127.0.0.1:{PORT}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def bring(name, database, flags):
    start = time.monotonic()
    sink = cluster.run_in_time(
        ["bazel-bin/tools/sink/exactmean-sink", "--once", "--create_table",
         f"--bootstrap_servers={cluster.SERVERS}",
         "--results_topic=averages", f"--database={database}"] + flags)
    wall = time.monotonic() - start
    written = re.findall(r"([\d,]+) keys? written", sink.stderr)
    if sink.returncode != 0 or not written:
        raise cluster.Failure(
            f"exactmean-sink: exit code {sink.returncode}\n"
            f"{sink.stderr[-3000:]}")
    keys = int(written[-1].replace(",", ""))
    print(f"{name}: {keys:,} changed keys, {3 * keys:,} rows in {wall:.1f} s: "
          f"{3 * keys / wall:,.0f} rows/s", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--sink_flag", action="append", default=[])
    arguments = parser.parse_args()
    if not cluster.SERVERS:
        raise cluster.Failure(
            "run tools/sink_benchmark.sh, which starts a broker")
    ending.on_signals()
    print(f"==> {arguments.records:,} records, {arguments.keys:,} keys",
          flush=True)
    workload = cluster.Workload("events", arguments.keys)
    workload.append(arguments.records)
    cluster.create_topic("averages", compact=True)
    folder = tempfile.mkdtemp(prefix="exactmean-bench.")
    try:
        processor = exactmean.Exactmean(window=exactmean.LAST10 + WINDOWS)
        processor.run(Job("averages", "events", folder, heap=""))
        bring("sqlite", f"sqlite:{folder}/results.db", arguments.sink_flag)
        with postgres(folder) as address:
            bring("postgresql", address, arguments.sink_flag)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    except cluster.Failure as failure:
        sys.exit(f"sink_benchmark: {failure}")
