#!/usr/bin/env python3
"""Share of area-years whose observed population lies between the 10 % and 90 % quantiles of an ensemble: by the members alone, and with the model's own error
laid over them (population_with_error, where the experiment states it).

    python3 docs/examples/coverage.py ENSEMBLE.nc OBSERVED.csv

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


def tell(figure, what):
    low, middle, high = (figure.sel(statistic=s).values for s in ("q10", "q50", "q90"))
    rows = np.array([(year, observed[name, year], low[t, i], middle[t, i], high[t, i])
                     for i, name in enumerate(names) for t, year in enumerate(years) if t and (name, year) in observed])  # the first year is the start, which is given
    if not len(rows):
        sys.exit(f"{observed_path}: no observation of an area of {ensemble_path}")
    inside = (rows[:, 1] >= rows[:, 2]) & (rows[:, 1] <= rows[:, 4])
    print(f"{what}: {inside.sum()} of {len(rows)} area-years inside the 80 % interval: {100 * inside.mean():.0f} %")
    for year in np.unique(rows[:, 0]):
        at = rows[:, 0] == year
        print(f"  {year:.0f}: {100 * inside[at].mean():.0f} % inside; mean width {np.mean(rows[at, 4] - rows[at, 2]):.0f}; median below the count by "
              f"{np.mean(rows[at, 1] - rows[at, 3]):.0f} on average, off by {np.mean(abs(rows[at, 1] - rows[at, 3])):.0f}")
    total = [(year, rows[rows[:, 0] == year, 1].sum(), rows[rows[:, 0] == year, 3].sum()) for year in np.unique(rows[:, 0])]
    print("  all areas, counted and sum of medians: " + "; ".join(f"{y:.0f} {o:.0f} {m:.0f}" for y, o, m in total))


tell(area.population, "members alone")
if "population_with_error" in area:
    tell(area.population_with_error, "with the model's error")
