#!/usr/bin/env python3
"""Opens a run and an ensemble with xarray and with h5py.

    python3 docs/examples/ensemble.py RUN.nc ENSEMBLE.nc

Needs python3-xarray, python3-netcdf4 and python3-h5py.
"""
import sys

import h5py
import xarray as xr

run_path, ensemble_path = sys.argv[1:3]

# --- one run: layers in the root, tables in groups ---------------------------------------------------------------------
run = xr.open_dataset(run_path)
municipality = xr.open_dataset(run_path, group="municipality").assign_coords(time=run.year.values)  # groups have no years of their own
print("run:", run.attrs["title"], "| state", run.attrs["state_hash"])
print("population by year:", municipality.population.sum("id").to_series().to_dict())
last = run.land_use.isel(time=-1)
print("built cells at the end:", int((run.built_year.isel(time=-1) > 0).sum()), "of", last.size)

# --- an ensemble: statistics over members ------------------------------------------------------------------------------
root = xr.open_dataset(ensemble_path)
print("\nensemble:", root.attrs["title"])
print("its spread covers:", root.attrs["covers"])
print("members merged:", root.attrs["members_merged"], "of", root.attrs["members"])
every = xr.open_dataset(ensemble_path, group="all/municipality").assign_coords(statistic=root.statistic, year=("time", root.year.values))
population = every.population.isel(id=0)
for year, n, low, middle, high in zip(every.year.values, *(population.sel(statistic=s).values for s in ("n", "q10", "q50", "q90"))):
    print(f"  {year}: median {middle:.0f}, 80 % of {n:.0f} members between {low:.0f} and {high:.0f}")

# Every member's own series, and which member it was.
members = xr.open_dataset(ensemble_path, group="members")
series = xr.open_dataset(ensemble_path, group="members/municipality").population.isel(id=0)
print("members' series:", series.shape, "(member, time); missing members:", [int(n) for n, ok in zip(members.number, members.ok) if not ok])

# The probability map: share of members in which a cell is built by the last year.
name = [v for v in root.data_vars if v.startswith("built_")][-1]
print(f"{name}: {int((root[name] >= 0.8).sum())} cells are built in at least 80 % of {root[name].attrs['members']} members")

# --- the same file as plain HDF5, with the paired differences ------------------------------------------------------------
with h5py.File(ensemble_path) as f:
    names = [s.decode() if isinstance(s, bytes) else s for s in f["difference_statistic"][:]]
    for contrast in f.get("difference", {}):
        figures = dict(zip(names, f["difference"][contrast]["municipality"]["population"][:, -1, 0]))
        print(f"{contrast}: {figures['mean']:+.0f} inhabitants at the end, 95 % interval {figures['low']:+.0f} to {figures['high']:+.0f} from "
              f"{figures['n']:.0f} pairs (unpaired: {figures['unpaired_low']:+.0f} to {figures['unpaired_high']:+.0f})")
