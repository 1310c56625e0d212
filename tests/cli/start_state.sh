#!/usr/bin/env bash
# The first year of a run file is its start: what is a stock or a ratio is measured there, what is counted over a year says that it is not. Points in time
# tell their epoch, lengths of time have another unit, and xarray reads every table and gives it years as README.md shows.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 5
if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then
  for name in "a run" "measured at the start" "unbuilt" "months" "years"; do skip "$name" "python3-netcdf4 is missing"; done
  exit 0
fi
"$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 2 --quiet --out "$work/v.nc" 2>"$work/stderr"; ok "a run" $? "$(cat "$work/stderr")"
cat >"$work/start.py" <<'PY'
import netCDF4, numpy as np, sys
FLOW = 2 # KJ_FLOW of kedja/register.h
unmeasured = {
    "built_year": "0 means before the run",
    "project/stage": "0 is the stage of a project that is still planned",
    "project/built": "no home of the run is built yet",
    "project/start": "set in the January in which the programme opens", "project/completion": "the same",
    "area/new_price_small": "set in January, and the change since the last January counts from there", "area/new_price_flat": "the same",
    "area/searchers": "of a month of the market", "area/vacant": "the same", "area/for_sale": "the same", "area/buyers": "the same",
    "municipality/to_build": "decided in January for the year", "municipality/to_build_small": "the same",
    "municipality/building_capacity": "the same",
    "municipality/needed_dwellings": "what the vision asks of a year", "municipality/needed_in_migrants": "the same", "municipality/needed_jobs": "the same",
    "municipality/chain_length": "mean of the chains that ended in the year", "municipality/chain_length_new": "the same",
    "municipality/queue_mean": "mean of the homes let in the year",
    "municipality/land_take": "counted from the start on", "municipality/projects_open": "nothing is planned on this map before the first January",
    "municipality/under_notice": "the empty homes of the start are free", "municipality/vacant_contracted": "and nobody has signed for one",
    "municipality/searching": "a search begins in a month: nobody has begun one",
}
def empty(values): return not np.ma.filled(np.ma.asarray(values).astype(float), 0).any()
found = []
def look(group, path):
    for name, v in group.variables.items():
        if v.dimensions[:1] != ("time",) or name in ("time", "year") or v.dtype == str or getattr(v, "kedja_flags", 0) & FLOW: continue
        if empty(v[0]) and not empty(v[1]): found.append(path + name)
    for name, g in group.groups.items(): look(g, path + name + "/")
look(netCDF4.Dataset(sys.argv[1]), "")
unlisted, measured = set(found) - set(unmeasured), set(unmeasured) - set(found)
assert not unlisted, f"0 at the start and not after a year: {sorted(unlisted)}"
assert not measured, f"measured at the start, or 0 after a year too: {sorted(measured)}"
PY
/usr/bin/python3 "$work/start.py" "$work/v.nc" >"$work/said" 2>&1; ok "no stock or ratio is 0 at the start and not after a year, but for those with a reason" $? "$(tail -4 "$work/said")"
cat >"$work/take.py" <<'PY'
import netCDF4, numpy as np, sys
m = netCDF4.Dataset(sys.argv[1])["municipality"]
total = lambda c, y: int(np.array(m[c][y]).sum())
more, taken = total("population", 1) - total("population", 0), total("built_m2", 1) - total("built_m2", 0)
assert taken > 0 and total("land_take", 0) == 0
assert total("land_take", 1) == (taken // more if more > 0 else 0), (more, taken, total("land_take", 1))
assert total("vacant_on_offer", 0) > 0 and total("vacant_on_offer", 0) >= total("rental_on_offer", 0)
PY
/usr/bin/python3 "$work/take.py" "$work/v.nc" >"$work/said" 2>&1; ok "land of the first year counts among the land taken" $? "$(tail -4 "$work/said")"
cat >"$work/months.py" <<'PY'
import netCDF4, sys
d, dates, lengths = netCDF4.Dataset(sys.argv[1]), 0, 0
for g in d.groups.values():
    for name, v in g.variables.items():
        unit = getattr(v, "units", "")
        if unit == "month": dates += 1; assert "since January 1900" in v.comment, name
        if unit == "months": lengths += 1; assert not hasattr(v, "comment"), name
assert d["municipality"]["queue_mean"].units == "months" and d["vacancy"]["opened"].units == "month" and d["project"]["completion"].units == "month"
assert d["municipality"]["prevention_break_even"].units == "1e-6" and dates > 5 and lengths == 3, (dates, lengths)
PY
/usr/bin/python3 "$work/months.py" "$work/v.nc" >"$work/said" 2>&1; ok "months tell their epoch, lengths of time and shares have units of their own" $? "$(tail -4 "$work/said")"
if ! /usr/bin/python3 -c 'import xarray' 2>/dev/null; then skip "years" "python3-xarray is missing"; exit 0; fi
cat >"$work/years.py" <<'PY'
import netCDF4, sys, xarray
file = sys.argv[1]
for group in netCDF4.Dataset(file).groups: xarray.open_dataset(file, group=group).load()
table = xarray.open_dataset(file, group="municipality").assign_coords(time=xarray.open_dataset(file).year.values)
years = table.time.values.tolist()
assert len(years) == 3 and years == list(range(years[0], years[0] + 3)) and int(table.population.sel(time=years[0]).sum()) > 0, years
PY
/usr/bin/python3 "$work/years.py" "$work/v.nc" >"$work/said" 2>&1; ok "xarray reads every table and gives it years" $? "$(tail -4 "$work/said")"
