#!/usr/bin/env python3
"""Stock prices through Exactmean: killed in the middle, and checked at the end.

Run by tools/demo.sh, under local-kafka, from the root of the repository. Exits
with 0 only if every average agrees with the calculation in this file, which
shares no code with the processor.
"""

import csv
import gzip
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date, timedelta

DATA = "tools/demo/stocks.csv.gz"
CONFIG = "tools/demo/stocks.textproto"
SERVERS = os.environ.get("EXACTMEAN_BOOTSTRAP_SERVERS", "")
EXACTMEAN = ["bazel-bin/processor/exactmean", f"--config={CONFIG}",
             f"--bootstrap_servers={SERVERS}", "--instance_id=demo"]
INSPECT = ["bazel-bin/tools/inspect/exactmean-inspect", f"--config={CONFIG}",
           f"--bootstrap_servers={SERVERS}"]
# In front of a command: the kernel ends it when this process ends, however.
BOUND = ["setpriv", "--pdeathsig", "KILL"]
DEADLINE = 60  # seconds that any one step may take


def say(text):
    print(f"==> {text}", flush=True)


def fail(text):
    sys.exit(f"demo.py: {text}")


def read_rows():
    """The rows in the order of their dates, as trading days happened."""
    with gzip.open(DATA, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    return sorted(rows, key=lambda row: row["Date"])


def record(row):
    """A row as a line for kcat: key, tab, JSON."""
    value = {"ticker": row["Ticker"], "date": row["Date"]}
    for column in ("Open", "High", "Low", "Close", "Volume", "Adj Close"):
        if row[column]:
            name = column.lower().replace(" ", "_")
            value[name] = float(row[column])
    return f"{row['Ticker']}\t{json.dumps(value)}\n"


def run(command, **options):
    """Runs to the end; its output."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          timeout=DEADLINE, check=False, **options)
    if done.returncode != 0:
        fail(f"{' '.join(command)}\nended with {done.returncode}")
    return done.stdout


class Processor:
    """A running exactmean, its log in a file."""

    def __init__(self, log):
        self.log = log
        with open(log, "w", encoding="utf-8") as file:
            self.process = subprocess.Popen(BOUND + EXACTMEAN, stderr=file)

    def check_alive(self):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8") as file:
                sys.stderr.write(file.read())
            fail(f"exactmean ended with {self.process.returncode}")

    def starts(self):
        """What it says of each partition that is restored and proven."""
        with open(self.log, encoding="utf-8") as file:
            return re.findall(r"partition \d+ starts at .*", file.read())


def wait(what, condition, processor):
    """Until condition() is true; it is asked again and again."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        processor.check_alive()
        if time.monotonic() > deadline:
            fail(f"waited {DEADLINE} s for {what}")
        time.sleep(0.05)


def applied():
    """Input records folded in and committed, over all partitions."""
    lines = run(INSPECT + ["status", "--output=json"]).splitlines()
    return sum(json.loads(line).get("applied", 0) for line in lines)


def show_progress(day, done, total):
    """A bar that moves, on a terminal; elsewhere its end alone."""
    if not sys.stdout.isatty() and done < total:
        return
    filled = done * 40 // total
    print(f"\r    {day} [{'#' * filled}{'.' * (40 - filled)}] "
          f"{done:,} of {total:,} rows",
          end="" if done < total else "\n", flush=True)


def load(rows, processor, kill_at):
    """Writes the rows to the input, and kills the processor meanwhile."""
    kcat = subprocess.Popen(
        BOUND + ["kcat", "-P", "-b", SERVERS, "-t", "stocks", "-K", "\t",
                 "-X", "linger.ms=5"], stdin=subprocess.PIPE, text=True)
    try:
        feed(rows, kcat.stdin, processor, kill_at)
        kcat.stdin.close()
        if kcat.wait(timeout=DEADLINE) != 0:
            fail("kcat could not load the rows")
    except BrokenPipeError:
        fail("kcat ended before it had all rows")
    finally:
        kcat.kill()
        kcat.wait()


def feed(rows, pipe, processor, kill_at):
    """The rows as a day at a time; kills the processor at one of them."""
    for i, row in enumerate(rows):
        pipe.write(record(row))
        if i == kill_at - 2000:
            wait("the first averages", lambda: applied() > 0, processor)
        if i == kill_at:  # while it is at work on the rows before
            processor.process.kill()
            processor.process.wait()
            if sys.stdout.isatty():
                print()
            say(f"SIGKILL at row {i:,}, {row['Date']}; the prices keep coming")
        if i % 100 == 0 or i == len(rows) - 1:
            pipe.flush()
            show_progress(row["Date"], i + 1, len(rows))
            time.sleep(0.02)  # some 5,000 rows a second, to be seen


def mean(values):
    return math.fsum(values) / len(values)


def expected(rows):
    """Each ticker's averages, from all its rows, by their definitions."""
    days = defaultdict(list)
    for row in rows:
        days[row["Ticker"]].append((date.fromisoformat(row["Date"]),
                                    float(row["Adj Close"])))
    result = {}
    for ticker, history in days.items():
        prices = [price for _, price in history]
        last_day = max(day for day, _ in history)
        ewma = prices[0]
        for price in prices[1:]:
            ewma += 2 / 21 * (price - ewma)
        result[ticker] = {
            "records": len(prices),
            "sma20": mean(prices[-20:]),
            "sma50": mean(prices[-50:]),
            "ewma20": ewma,
            "all": mean(prices),
            "month": mean([price for day, price in history
                           if day > last_day - timedelta(days=30)]),
        }
    return result


def check(rows):
    """Compares the results topic with expected(); prints the verdict."""
    want = expected(rows)
    lines = run(INSPECT + ["list", "--output=json"]).splitlines()
    got = {entry["key"]: entry for entry in map(json.loads, lines)}
    lost = duplicated = 0
    difference = 0.0
    for ticker, averages in want.items():
        entry = got.get(ticker, {"records": 0, "averages": {}})
        lost += max(0, averages["records"] - entry["records"])
        duplicated += max(0, entry["records"] - averages["records"])
        for window, value in averages.items():
            if window == "records":
                continue
            found = entry["averages"].get(window, {}).get("average", math.inf)
            difference = max(difference, abs(found - value) / abs(value))
    checkpoints = [json.loads(line) for line in run(
        INSPECT + ["status", "--output=json"]).splitlines()]
    folded = sum(c.get("applied", 0) for c in checkpoints)
    verified = all(c["digest_verified"] for c in checkpoints)
    print(f"{len(rows):,} records in, {folded:,} applied, {lost} lost, "
          f"{duplicated} duplicated; state digest "
          f"{'verified' if verified else 'WRONG'} in {len(checkpoints)} "
          f"partitions;\nlargest difference from an independent calculation: "
          f"{difference:.1e}")
    if (lost or duplicated or not verified or folded != len(rows)
            or set(got) != set(want) or not difference <= 1e-9):
        fail("the results are WRONG")


def show(what, command):
    """What the inspector prints."""
    say(f"{what}: exactmean-inspect {' '.join(command)}")
    print(run(INSPECT + command))


def demo(folder):
    rows = read_rows()
    say("creating the topics: stocks (input), stocks-averages (results)")
    run(["tools/cluster/kafka_tool.sh", "TopicCommand", "--create", "--topic",
         "stocks", "--partitions", "4"])
    run(EXACTMEAN + ["--create_topics"])

    say(f"starting exactmean, then feeding {len(rows):,} daily prices")
    processor = Processor(os.path.join(folder, "first.log"))
    try:
        wait("the first start", lambda: len(processor.starts()) == 4, processor)
        load(rows, processor, kill_at=len(rows) // 2)
        say("starting exactmean again: it restores its state from the results "
            "topic, and proves it")
        processor = Processor(os.path.join(folder, "second.log"))
        wait("the restore", lambda: len(processor.starts()) == 4, processor)
        for line in processor.starts():
            print(f"    {line}")
        wait("the last record", lambda: applied() >= len(rows), processor)
        processor.process.send_signal(signal.SIGTERM)
        if processor.process.wait(timeout=DEADLINE) != 0:
            fail(f"exactmean ended with {processor.process.returncode}")
    finally:
        processor.process.kill()
        processor.process.wait()
    show("the averages, read back from the results topic", ["list"])
    show("where one of them comes from, by the input's records",
         ["explain", "FB", "--limit=5"])
    show("all of the input folded anew, every snapshot compared byte for byte",
         ["verify"])
    check(rows)


def stay(folder):
    """A processor at work, and what to ask; until a signal."""
    processor = Processor(os.path.join(folder, "stay.log"))
    try:
        wait("the start", lambda: len(processor.starts()) == 4, processor)
        say("all of it stays until Ctrl-C; in another terminal, here:")
        for words in ("status", "list", "get GOOG", "explain FB --limit=5",
                      "history IBM", "watch", "doctor",
                      "plot AAPL --output=aapl.svg"):
            print(f"    {INSPECT[0]} {words} {' '.join(INSPECT[1:])}")
        print("    echo 'FB|{\"date\":\"2013-03-04\",\"adj_close\":27.72}' |"
              f" kcat -P -b {SERVERS} -t stocks -K '|'", flush=True)
        while True:
            processor.check_alive()
            time.sleep(0.2)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(flush=True)
        say("ending processor and broker; nothing is kept")
    finally:
        processor.process.terminate()
        try:
            processor.process.wait(timeout=DEADLINE)
        finally:
            processor.process.kill()


def main():
    if not SERVERS:
        fail("run tools/demo.sh, which starts a broker")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    with tempfile.TemporaryDirectory(prefix="exactmean-demo.") as folder:
        demo(folder)
        if "--stay" in sys.argv[1:]:
            stay(folder)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\ndemo.py: interrupted", file=sys.stderr)
        sys.exit(130)
    except subprocess.TimeoutExpired as late:
        fail(f"waited {DEADLINE} s for the end of {' '.join(late.cmd)}")
