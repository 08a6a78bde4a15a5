"""One measured process: its CPU and memory, and what ran beside it.

CPU is user + system of the whole life of the process, memory the most that was
resident, both from the kernel's account at its end (wait4). The broker is a
child of our parent, local-kafka.
"""

import glob
import os
import subprocess
import time

import cluster

TICKS = os.sysconf("SC_CLK_TCK")
RESULT_TAIL = 3000
# In front of a command: the kernel ends it when this process ends, however.
BOUND = ["setpriv", "--pdeathsig", "KILL"]


def broker_cpu():
    """CPU seconds of the broker so far."""
    total = 0
    for path in glob.glob(f"/proc/{os.getppid()}/task/*/children"):
        with open(path, encoding="ascii") as file:
            pids = [int(pid) for pid in file.read().split()]
        for pid in pids:
            if pid == os.getpid():
                continue
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def machine_cpu():
    """CPU seconds that the machine was busy so far, stolen ones included."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, soft, steal = map(
            int, file.readline().split()[1:9])
    return (user + nice + system + irq + soft + steal) / TICKS


class MeasuredProcess:
    """Started, waited for, and killed at the latest when the block is left."""

    def __init__(self, command, log):
        self.command, self.log = command, log
        self.begin_anew()
        self._deadline = time.monotonic() + cluster.DEADLINE
        with open(log, "w", encoding="utf-8") as file:
            self.start_ms = time.time() * 1000
            self._process = subprocess.Popen(
                BOUND + command, stdout=file, stderr=file,
                stdin=subprocess.DEVNULL)
        self.usage = None  # once it has ended

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.usage is None:
            self._process.kill()
            os.wait4(self._process.pid, 0)
            self._process.returncode = -9

    def signal(self, number):
        self._process.send_signal(number)

    def begin_anew(self):
        """What the broker and others used so far does not count."""
        self._broker, self._machine = broker_cpu(), machine_cpu()

    def resident_mb(self):
        """Now."""
        with open(f"/proc/{self._process.pid}/status",
                  encoding="ascii") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["VmRSS"].split()[0]) / 1024

    def has_ended(self):
        """Looks whether it has; fails once it takes too long."""
        if self.usage is not None:
            return True
        pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
        if pid == 0:
            if time.monotonic() > self._deadline:
                self.fail(f"not done after {cluster.DEADLINE} s")
            return False
        self.usage = usage
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return True

    def wait(self):
        """Until it has ended well."""
        while not self.has_ended():
            time.sleep(0.02)
        if self._process.returncode != 0:
            self.fail(f"exit code {self._process.returncode}")

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def fail(self, why):
        raise cluster.Failure(f"{' '.join(self.command)}: {why}\n"
                              f"{self.output()[-RESULT_TAIL:]}")

    def figures(self):
        """After wait()."""
        own = self.usage.ru_utime + self.usage.ru_stime
        broker = broker_cpu() - self._broker
        return {
            "cpu_s": own,
            "rss_mb": self.usage.ru_maxrss / 1024,
            "broker_cpu_s": broker,
            "other_cpu_s": machine_cpu() - self._machine - own - broker,
        }


class Watcher:
    """tests/benchmark:await-committed, beside a process that does not end by
    itself."""

    def __init__(self, group, topic):
        self._process = subprocess.Popen(
            [*BOUND, cluster.program("tests/benchmark/await-committed"),
             f"--bootstrap_servers={cluster.SERVERS}", f"--group={group}",
             f"--topic={topic}", f"--timeout={cluster.DEADLINE}s"],
            stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def has_ended(self):
        return self._process.poll() is not None

    def result(self):
        """Once it has ended."""
        output, _ = self._process.communicate()
        if self._process.returncode != 0:
            raise cluster.Failure(
                f"await-committed: exit code {self._process.returncode}")
        return cluster.result_line(output)
