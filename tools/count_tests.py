#!/usr/bin/env python3
"""Counts the test cases of a Bazel run from its build events and XML files.

Called by test.sh. Of each failed target it prints the end of the log, then what
each failed case said; the last line is `N passed, N failed`. The exit code is 0
if a test ran and none failed.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree

# Bazel's exit code of a run that built all and found no test to run.
NO_TESTS = 4

# A log may have thousands of lines, and what matters is at its end.
LOG_LINES = 80
MESSAGE_LINES = 12


def read_events(path):
    """Yields the build events of one run; an interrupted run's may end early."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                print(f"count_tests: {path}: {error}", file=sys.stderr)


def is_failed(case):
    return case.find("failure") is not None or case.find("error") is not None


def is_run(case):
    # GoogleTest writes a disabled test as "notrun" and GTEST_SKIP as <skipped>.
    return case.get("status") != "notrun" and case.find("skipped") is None


def message_of(case):
    """What the case said first, a few lines, each behind four spaces."""
    element = case.find("failure")
    if element is None:
        element = case.find("error")
    text = (element.text or element.get("message") or "").strip()
    return "".join(f"\n    {line[:300]}"
                   for line in text.splitlines()[:MESSAGE_LINES])


class Counts:
    """The sum over all targets; what failed, and the logs of that."""

    def __init__(self):
        self.passed = 0
        self.skipped = 0
        self.failed = []
        self.failed_logs = []

    def add_xml(self, label, path):
        """Adds one test.xml; returns False if it is missing or broken."""
        try:
            root = xml.etree.ElementTree.parse(path).getroot()
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            print(f"count_tests: {label}: {path}: {error}", file=sys.stderr)
            return False
        for case in root.iter("testcase"):
            name = f"{case.get('classname', '')}.{case.get('name', '')}"
            if is_failed(case):
                self.failed.append(f"{label} {name}{message_of(case)}")
            elif is_run(case):
                self.passed += 1
            else:
                self.skipped += 1
        return True


def output_path(result, name):
    for output in result.get("testActionOutput", []):
        if output["name"] == name:
            return urllib.parse.unquote(
                urllib.parse.urlparse(output["uri"]).path)
    return ""


def count(path):
    """Returns the Counts of the run whose events are in the file `path`."""
    # The last attempt of each shard and run of a target is the one that counts.
    results = {}
    statuses = {}
    for event in read_events(path):
        identity = event.get("id", {})
        if "testResult" in event:
            key = identity["testResult"]
            results[key["label"], key.get("run", 1), key.get("shard", 1)] = (
                event["testResult"])
        elif "testSummary" in event:
            statuses[identity["testSummary"]["label"]] = (
                event["testSummary"]["overallStatus"])
        elif "targetCompleted" in identity:
            # A target that was not built has no summary.
            if not event.get("completed", {}).get("success"):
                label = identity["targetCompleted"]["label"]
                statuses.setdefault(label, "FAILED_TO_BUILD")

    counts = Counts()
    for (label, _, _), result in sorted(results.items()):
        failed_before = len(counts.failed)
        is_counted = counts.add_xml(label, output_path(result, "test.xml"))
        statuses.setdefault(label, result["status"])
        if len(counts.failed) == failed_before and (
                not is_counted or result["status"] not in ("PASSED", "FLAKY")):
            counts.failed.append(f"{label} ({result['status']})")
        if len(counts.failed) > failed_before:
            counts.failed_logs.append((label, output_path(result, "test.log")))
    labels = {label for label, _, _ in results}
    for label, status in sorted(statuses.items()):
        if label not in labels:
            counts.failed.append(f"{label} ({status})")
    return counts


def print_end_of_log(label, path):
    print(f"==== the end of the log of {label}: {path}")
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            lines = log.read().splitlines()
    except OSError as error:
        print(f"count_tests: {label}: {error}", file=sys.stderr)
        return
    if len(lines) > LOG_LINES:
        print(f"({len(lines) - LOG_LINES} lines before these)")
    for line in lines[-LOG_LINES:]:
        print(line[:500])


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: count_tests.py EVENTS_FILE BAZEL_EXIT_CODE")
    counts = count(sys.argv[1])
    status = int(sys.argv[2])
    if status not in (0, NO_TESTS) and not counts.failed:
        counts.failed.append(f"bazel test (exit code {status})")
    for label, path in counts.failed_logs:
        print_end_of_log(label, path)
    for name in counts.failed:
        print(f"FAILED: {name}")
    if counts.skipped:
        print(f"not run: {counts.skipped} (disabled or skipped)")
    if not counts.passed and not counts.failed:
        print("no test ran")
    print(f"{counts.passed} passed, {len(counts.failed)} failed")
    sys.exit(0 if counts.passed and not counts.failed else 1)


if __name__ == "__main__":
    main()
