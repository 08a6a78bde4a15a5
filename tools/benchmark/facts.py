"""What was measured on: the machine and the versions."""

import os
import re
import subprocess
import time

import cluster


def first_match(pattern, path):
    with open(path, encoding="utf-8") as file:
        found = re.search(pattern, file.read(), re.M)
    return found.group(1).strip() if found else "unknown"


def java_version():
    java = os.environ.get("JAVA_HOME")
    done = subprocess.run(
        [os.path.join(java, "bin/java") if java else "java", "-version"],
        stderr=subprocess.PIPE, text=True, check=False)
    found = re.search(r'version "(.*?)"', done.stderr)
    return found.group(1) if found else "unknown"


def gather(options):
    """By name, in the order in which they are shown."""
    kilobytes = int(first_match(r"^MemTotal:\s*(\d+)", "/proc/meminfo"))
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": first_match(r"^model name\s*:(.*)$", "/proc/cpuinfo"),
        "memory_gib": round(kilobytes / 2**20, 1),
        "kernel": os.uname().release.split("-")[0],
        "kafka": first_match(r"<kafka\.version>(.*)</kafka\.version>",
                             "tools/cluster/pom.xml"),
        "librdkafka": cluster.run([cluster.program(
            "tests/benchmark/bare_loop/bare-loop"), "version"]).strip(),
        "java": java_version(),
        "streams_heap": options.streams_heap,
        "records": options.records,
        "keys": options.keys,
        "restore_keys": options.restore_keys if options.restore else 0,
        "latency_seconds": options.seconds,
    }


def sentence(facts):
    return (
        f"{facts['date']}: {facts['cores']} cores ({facts['cpu']}), "
        f"{facts['memory_gib']} GiB, Linux {facts['kernel']}; Kafka and Kafka "
        f"Streams {facts['kafka']}, librdkafka {facts['librdkafka']}, Java "
        f"{facts['java']} with a heap of {facts['streams_heap']} for Streams; "
        "one broker on the same cores.")
