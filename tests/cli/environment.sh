#!/usr/bin/env bash
# The account of land, green, density and travel against figures worked out apart from the layers of the same run.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 3
if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then
  for name in "a run" "accounts" "another distance"; do skip "$name" "python3-netcdf4 is missing"; done
  exit 0
fi
run() { "$KEDJA" run scripts/scenarios/varnamo_2035.lua --years 4 --quiet --out "$work/$1.nc" "${@:2}" 2>"$work/stderr"; }
run v; ok "a run" $? "$(cat "$work/stderr")"
cat >"$work/account.py" <<'PY'
import netCDF4, numpy as np, sys
run, distance, co2 = netCDF4.Dataset(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
m, inside = run["municipality"], np.array(run["area_row"][:]) >= 0
words = run["land_use"].flag_meanings.split()
cell = abs(float(run["x"][1] - run["x"][0]))
reach = int(distance / cell)
disk = [(dy, dx) for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1) if (dy * dy + dx * dx) * cell * cell <= distance * distance]
def column(name, year): return int(np.array(m[name][year]).sum())
def near(mask):
    out = np.zeros(mask.shape, bool)
    padded = np.pad(mask, reach)
    for dy, dx in disk: out |= padded[reach + dy:reach + dy + mask.shape[0], reach + dx:reach + dx + mask.shape[1]]
    return out
first = None
for year in range(run["land_use"].shape[0]):
    use, people, travel = (np.array(run[k][year]) for k in ("land_use", "population", "travel_centre"))
    kind = {w: (use == words.index(w)) for w in words}
    built = kind["small_houses"] | kind["flats"] | kind["work"]
    m2 = {w: int((k & inside).sum() * cell * cell) for w, k in kind.items()}
    all_built, everybody = int((built & inside).sum() * cell * cell), int(people[inside].sum())
    for w in ("farmland", "forest", "open", "park"): assert column(f"{w}_m2", year) == m2[w], (year, w)
    assert column("built_m2", year) == all_built
    assert abs(column("density", year) - everybody * 1e6 / all_built) <= 1
    green = near(kind["park"] | kind["forest"])
    assert column("near_green", year) == int(people[inside & green].sum()), (year, column("near_green", year), int(people[inside & green].sum()))
    reached = inside & (people > 0) & (travel < 2**31 - 1)
    assert abs(column("centre_car", year) - (people * travel.astype(float))[reached].sum() / people[reached].sum()) <= 1
    assert abs(column("travel_co2", year) - column("car_km", year) * co2 * 1e-6) <= 2
    first = first or (all_built, everybody)
    more, taken = everybody - first[1], all_built - first[0]
    assert column("land_take", year) == (taken // more if more > 0 and taken > 0 else 0), year
    if year > 0:
        for w, lost in (("farmland", "farmland_built_m2"), ("forest", "forest_built_m2"), ("park", "green_built_m2"), ("open", "open_built_m2")):
            assert column(f"{w}_m2", year - 1) - column(f"{w}_m2", year) == column(lost, year), (year, w)
print(everybody, all_built, column("near_green", year), column("land_take", year))
assert taken > 0 and 0 < column("near_green", year) < everybody and column("travel_co2", year) > 0
PY
/usr/bin/python3 "$work/account.py" "$work/v.nc" 300 130 >"$work/said" 2>&1; ok "land by use, density, people within 300 m of green, ways to the centre, CO2 and land for each inhabitant more are those of the layers" $? "$(tail -4 "$work/said")"
run near --set environment.green_distance=120 --set environment.car_co2=60 && /usr/bin/python3 "$work/account.py" "$work/near.nc" 120 60 >"$work/said" 2>&1; ok "with another distance and other cars too" $? "$(cat "$work/said" "$work/stderr" | tail -4)"
