"""How a measurement ends before its time: in words, and with all that it
started."""

import signal
import sys

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end(number, _):
    """What was started ends on the way out, which a second signal must not
    disturb."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    print("==> interrupted: ending what was started", file=sys.stderr,
          flush=True)
    sys.exit(128 + number)


def on_signals():
    for number in SIGNALS:
        signal.signal(number, end)
