#!/usr/bin/env python3
"""How far neighbourhoods go ways of their own, counted and simulated, and the value of housing.area_luck at which both agree.

    python3 docs/examples/area_luck.py PANEL.csv [ENSEMBLE.nc [W1,W2,W3]]

PANEL.csv: persons and dwellings of neighbourhoods in several years, columns municipality, pop_YYYY and dw_KIND_YYYY (Statistics Sweden, RegSO 2020-2023, via
https://github.com/Mumbokatten/diversity_renovation_study). Lund is left out: it is what the intervals are tested on. ENSEMBLE.nc: of docs/examples/area_luck.lua,
with its members beside it. W1,W2,W3: widths over one, two and three years, in per cent, to agree with in place of those counted here, such as the
errors of the model itself in other municipalities (docs/examples/panel_hindcast.py).

Counted: the change of ln(persons) of an area over one, two and three years, less its municipality's mean and less what goes with the change of ln(dwellings)
(least squares within municipalities of eight areas or more). Simulated: the deviation of an area's change from its mean over members, less the municipality's mean.
Both as the width between the 10 % and 90 % quantiles over 2.563, the standard deviation of a normal law of that width, in per cent: an 80 % interval is what is asked for, and a
few areas whose student home or reception centre closed would set a plain standard deviation. Needs python3-numpy and, with ENSEMBLE.nc, python3-netcdf4.
"""
import csv
import sys

import numpy as np

LEFT_OUT, FEWEST = "Lund", 8


def width(deviations):
    return 100 * (np.percentile(deviations, 90) - np.percentile(deviations, 10)) / 2.563


def counted(path):
    """Widths by number of years, the autocorrelation of yearly changes, and widths over one year by size of area."""
    with open(path, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["municipality"] != LEFT_OUT]
    years = sorted(name[4:] for name in rows[0] if name.startswith("pop_2"))
    kinds = [name[: -len(years[0])] for name in rows[0] if name.startswith("dw_") and name.endswith(years[0])]
    persons = np.array([[float(row["pop_" + y] or 0) for y in years] for row in rows])
    homes = np.array([[sum(float(row[k + y] or 0) for k in kinds) for y in years] for row in rows])
    place = np.array([row["municipality"] for row in rows])
    whole = (persons > 0).all(1) & (homes > 0).all(1)
    names, counts = np.unique(place[whole], return_counts=True)
    keep = whole & np.isin(place, names[counts >= FEWEST])
    _, group, size = np.unique(place[keep], return_inverse=True, return_counts=True)
    people, dwellings, first = np.log(persons[keep]), np.log(homes[keep]), persons[keep][:, 0]

    def within(x):
        return (x - (np.bincount(group, x) / size)[group]) * np.sqrt(size / (size - 1))[group]

    def unexplained(begin, end):
        y, x = within(people[:, end] - people[:, begin]), within(dwellings[:, end] - dwellings[:, begin])
        return y - x * (x @ y) / (x @ x)

    spans = range(1, len(years))
    result = {k: float(np.mean([width(unexplained(b, b + k)) for b in range(len(years) - k)])) for k in spans}
    yearly = [unexplained(b, b + 1) for b in range(len(years) - 1)]
    cut = [np.clip(r, -3 * width(r) / 100, 3 * width(r) / 100) for r in yearly]
    follow = float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(cut, cut[1:])]))
    print(f"counted: {keep.sum()} areas of {len(size)} municipalities, {years[0]}-{years[-1]}, without {LEFT_OUT}; correlation of one year with the next {follow:+.2f}")
    for low, high in ((0, 1500), (1500, 2500), (2500, 4000), (4000, 8000), (8000, 1e9)):
        at = (first >= low) & (first < high)
        print(f"  one year, areas of {low} to {high:.0f} persons: {np.mean([width(r[at]) for r in yearly]):.2f} % ({at.sum()} areas)")
    return result


def simulated(path):
    """Widths by value of housing.area_luck and number of years."""
    import netCDF4

    members = netCDF4.Dataset(path)["members"]
    folder = path.rsplit("/", 1)[0] if "/" in path else "."
    level = np.array(members["housing.area_luck"][:])
    result = {}
    for value in np.unique(level):
        runs = [netCDF4.Dataset(f"{folder}/members/member_{i + 1:04d}.nc")["area"]["population"][:] for i in np.flatnonzero(level == value)]
        change = np.log(np.array(runs, dtype=float))
        change -= change[:, :1]
        n, _, areas = change.shape
        off = change - change.mean(0)
        off = (off - off.mean(2, keepdims=True)) * np.sqrt(n / (n - 1) * areas / (areas - 1))
        result[float(value)] = {k: width(off[:, k].ravel()) for k in range(1, change.shape[1])}
    return result


def agreeing(target, runs):
    """The value at which the simulated widths are, in the mean of their logarithms over all spans, the counted ones: linear between the two values around it."""
    values = sorted(runs)
    gap = [float(np.mean([np.log(runs[v][k] / target[k]) for k in target])) for v in values]
    for (v, g), (w, h) in zip(zip(values, gap), zip(values[1:], gap[1:])):
        if g <= 0 <= h:
            return v + (w - v) * -g / (h - g)
    sys.exit("no value of the experiment reaches the counted widths: widen its values")


if __name__ == "__main__":
    target = counted(sys.argv[1])
    print("  width over " + ", ".join(f"{k} years {w:.2f} %" for k, w in target.items()))
    if len(sys.argv) > 2:
        runs = simulated(sys.argv[2])
        for value, widths in runs.items():
            print(f"simulated with housing.area_luck = {value:.2f}: " + ", ".join(f"{k} years {w:.2f} %" for k, w in widths.items()))
        if len(sys.argv) > 3:
            target = {k + 1: float(w) for k, w in enumerate(sys.argv[3].split(","))}
        print(f"both agree at housing.area_luck = {agreeing(target, runs):.2f}")
