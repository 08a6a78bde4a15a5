#!/usr/bin/env python3
"""Writes pandas_windows.csv: what pandas computes for each kind of window.

Needs pandas (made with the version in the file's first line). The input is a
random walk at irregular times, two of them equal, in the order of time. Run:
    python3 make_pandas.py > pandas_windows.csv
"""

import random

import pandas as pd

random.seed(20)
time_us, value, rows = 1_000_000_000_000_000, 100.0, []
for i in range(200):
    time_us += 0 if i == 17 else int(random.expovariate(1 / 600e6))
    value += random.gauss(0, 1)
    rows.append((time_us, value))
frame = pd.DataFrame(rows, columns=["time_us", "value"])
frame.index = pd.to_datetime(frame["time_us"], unit="us")
x = frame["value"]

count, time = x.rolling(7, min_periods=1), x.rolling("1h")
out = pd.DataFrame({"time_us": frame["time_us"], "value": x})
for name, window in (("count", count), ("time", time), ("all", x.expanding())):
    out[name + "_mean"] = window.mean()
    out[name + "_n"] = window.count().astype(int)
    out[name + "_min"] = window.min()
    out[name + "_max"] = window.max()
    out[name + "_std"] = window.std(ddof=0)
out["ewm_alpha"] = x.ewm(alpha=0.2, adjust=False).mean()
out["ewm_span"] = x.ewm(span=9, adjust=False).mean()
out["ewm_halflife"] = x.ewm(halflife="20min", times=frame.index).mean()

print("# pandas", pd.__version__)
print(out.to_csv(index=False, float_format="%.17g"), end="")
