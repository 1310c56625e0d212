#!/usr/bin/env python3
"""Share of area-years whose observed population lies between the 10 % and 90 % quantiles of an ensemble.

    python3 docs/examples/coverage.py ENSEMBLE.nc OBSERVED.csv [W1,W2,W3]

W1,W2,W3: how wrong the model is by area after one, two and three years, as the width of its errors of ln(persons) in per cent where it was not made
(docs/examples/panel_hindcast.py). The ensemble's members, which stand beside it, are then widened to that: each becomes a normal law of ln(persons) round itself whose variance is what W has over the spread of areas that the members show.

OBSERVED.csv has columns name (of the area, as the map has it), date (YYYY-12-31) and population, as maps/countries/se/observed_areas.csv. Lines beginning with # are
comments. Needs python3-xarray and python3-netcdf4.
"""
import csv
import sys

import numpy as np
import xarray as xr

ensemble_path, observed_path = sys.argv[1:3]
root = xr.open_dataset(ensemble_path)
area = xr.open_dataset(ensemble_path, group="all/area").assign_coords(statistic=root.statistic)
names = [str(name) for name in area.name.values]
years = root.year.values.tolist()
with open(observed_path, encoding="utf-8") as file:
    observed = {(row["name"], int(row["date"][:4])): float(row["population"]) for row in csv.DictReader(line for line in file if not line.startswith("#"))}

def widened(path, wanted):
    """10, 50 and 90 % quantiles by year and area of the members, each widened to what the model's errors are."""
    from statistics import NormalDist
    folder = path.rsplit("/", 1)[0] if "/" in path else "."
    n = len(xr.open_dataset(path, group="members").ok)
    runs = np.log([xr.open_dataset(f"{folder}/members/member_{i + 1:04d}.nc", group="area").population.values.astype(float) for i in range(n)])
    points = np.array([NormalDist().inv_cdf((k + 0.5) / 99) for k in range(99)])
    result = np.empty((3,) + runs.shape[1:])
    result[:] = np.exp(runs[0])
    for t, width in enumerate(wanted, 1):
        off = runs[:, t] - runs[:, t].mean(0)
        off = (off - off.mean(1, keepdims=True)) * np.sqrt(n / (n - 1) * off.shape[1] / (off.shape[1] - 1))
        own = 100 * (np.percentile(off, 90) - np.percentile(off, 10)) / 2.563
        more = np.sqrt(max(width**2 - own**2, 0.0)) / 100
        print(f"{t} years: the members' areas spread by {own:.2f} %, the model's errors by {width:.2f} %")
        mixed = (runs[:, t][:, None, :] + more * points[None, :, None]).reshape(-1, runs.shape[2])
        result[:, t] = np.exp(np.quantile(mixed, (0.1, 0.5, 0.9), axis=0))
    return result


if len(sys.argv) > 3:
    quantiles = widened(ensemble_path, [float(w) for w in sys.argv[3].split(",")])
else:
    quantiles = np.array([area.population.sel(statistic=s).values for s in ("q10", "q50", "q90")], dtype=float)
rows = []
for i, name in enumerate(names):
    for t, year in enumerate(years[1:], 1):  # the first year is the start, which is given
        if (name, year) in observed:
            rows.append((year, observed[name, year], *quantiles[:, t, i]))
if not rows:
    sys.exit(f"{observed_path}: no observation of an area of {ensemble_path}")
rows = np.array(rows)
inside = (rows[:, 1] >= rows[:, 2]) & (rows[:, 1] <= rows[:, 4])
print(f"{inside.sum()} of {len(rows)} area-years inside the 80 % interval: {100 * inside.mean():.0f} %")
for year in np.unique(rows[:, 0]):
    at = rows[:, 0] == year
    print(f"  {year:.0f}: {100 * inside[at].mean():.0f} % inside; mean width {np.mean(rows[at, 4] - rows[at, 2]):.0f}; median below the count by "
          f"{np.mean(rows[at, 1] - rows[at, 3]):.0f} on average, off by {np.mean(abs(rows[at, 1] - rows[at, 3])):.0f}")
total = [(year, rows[rows[:, 0] == year, 1].sum(), rows[rows[:, 0] == year, 3].sum()) for year in np.unique(rows[:, 0])]
print("all areas, counted and sum of medians: " + "; ".join(f"{y:.0f} {o:.0f} {m:.0f}" for y, o, m in total))
