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
import exactmean
from job import Job

WINDOWS = """
window { name: "ewma" ewma { alpha: 0.5 } }
window { name: "all" cumulative {} }
"""
PORT = 54329


def free_of_root(command):
    """PostgreSQL does not run as root: then in a namespace that has none."""
    if os.geteuid() != 0:
        return command
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534",
            "--", "setpriv", "--pdeathsig", "KILL"] + command


@contextlib.contextmanager
def postgres(folder):
    programs = max(glob.glob("/usr/lib/postgresql/*/bin"),
                   key=lambda path: int(path.split("/")[-2]))
    data = os.path.join(folder, "postgres")
    subprocess.run(
        free_of_root([programs + "/initdb", "-D", data, "-U", "tester",
                      "-A", "trust", "-E", "UTF8", "--locale=C"]),
        check=True, stdout=subprocess.DEVNULL)
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
                sys.exit("sink_benchmark.py: PostgreSQL ended")
            time.sleep(0.1)
        yield f"postgresql://tester@127.0.0.1:{PORT}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def measure(name, database, flags):
    start = time.monotonic()
    sink = subprocess.run(
        ["bazel-bin/tools/sink/exactmean-sink", "--once", "--create_table",
         f"--bootstrap_servers={cluster.SERVERS}",
         "--results_topic=averages", f"--database={database}"] + flags,
        stderr=subprocess.PIPE, text=True, check=False)
    wall = time.monotonic() - start
    written = re.findall(r"([\d,]+) keys? written", sink.stderr)
    if sink.returncode != 0 or not written:
        sys.exit(sink.stderr[-3000:])
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
        sys.exit("run tools/sink_benchmark.sh, which starts a broker")
    print(f"==> {arguments.records:,} records, {arguments.keys:,} keys",
          flush=True)
    workload = cluster.Workload("events", arguments.keys)
    workload.append(arguments.records)
    cluster.create_topic("averages", compact=True)
    folder = tempfile.mkdtemp(prefix="exactmean-bench.")
    try:
        processor = exactmean.Exactmean(window=exactmean.LAST10 + WINDOWS)
        processor.run(Job("averages", "events", folder, heap=""))
        measure("sqlite", f"sqlite:{folder}/results.db", arguments.sink_flag)
        with postgres(folder) as address:
            measure("postgresql", address, arguments.sink_flag)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
