#!/usr/bin/env bash
# Policies of a chosen place against the base run: what they promise happens there, and not elsewhere. The toy world, ten years.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 5
KEDJA=$(realpath "$KEDJA"); export KEDJA_DATA=$PWD
names=("housing_project" "affordable_share" "new_school" "protect_area" "densify_area")
if ! /usr/bin/python3 -c 'import netCDF4' 2>/dev/null; then
  for name in "${names[@]}"; do skip "$name" "python3-netcdf4 is missing"; done
  exit 0
fi
run() { local out=$1; shift; "$KEDJA" run toy --quiet --out "$work/$out.nc" "$@" 2>>"$work/stderr" || echo "$out failed" >>"$work/stderr"; }
run base
# Where the base run builds most on unbuilt land, and the town's built land near its middle: points in metres.
cat >"$work/places.py" <<'PY'
import netCDF4, numpy as np, sys
work, what = sys.argv[1:3]
def read(name): return netCDF4.Dataset(f"{work}/{name}.nc")
def layer(run, name, year): return np.array(run[name][year])
base = read("base")
ys, xs = np.array(base["y"][:]), np.array(base["x"][:])
X, Y = np.meshgrid(xs, ys)
grown = lambda run: layer(run, "dwellings", -1).astype(int) - layer(run, "dwellings", 0)
unbuilt = layer(base, "land_use", 0) < 5
flats = layer(base, "land_use", 0) == 6
def near(x, y, metres): return (X - x) ** 2 + (Y - y) ** 2 <= metres ** 2 + 1e-6
def point(where):
    row, col = np.unravel_index(np.argmax(where), where.shape)
    return xs[col], ys[row]
field = point(np.where(unbuilt, grown(base), -1))
town = point(np.where(flats, layer(base, "dwellings", 0), -1))
if what == "points":
    print("field=(%d %d) town=(%d %d)" % (*field, *town))
elif what == "housing_project":
    r = read(what)
    p, names = r["project"], [str(n) for n in r["project"]["name"][:]]
    k = names.index("Housing project 2022")
    built, at = int(np.array(p["built"][-1])[k]), near(*town, 900)
    print(built, grown(r)[at].sum(), grown(base)[at].sum(), names)
    assert built == 40 and grown(r)[at].sum() >= 40 and int(p["n_rental"][k]) == 20
    assert not any(n.startswith("Housing project") for n in base["project"]["name"][:])
elif what == "affordable_share":
    r, b = read(what), read("housing_project")
    k = [str(n) for n in r["project"]["name"][:]].index("Housing project 2022")
    cost = [float(np.ma.filled(x["municipality"]["affordable_cost_sek"][1:], 0).sum()) for x in (r, b)]
    print(int(r["project"]["n_affordable"][k]), cost)
    # Half of the twenty rental homes; what the owner forgoes is (rent - ceiling) / yield a home: within 30 000 to 3 million each.
    assert int(r["project"]["n_affordable"][k]) == 10 and cost[1] == 0 and 3e5 < cost[0] < 3e7
elif what == "new_school":
    r = read(what)
    f = r["facility"]
    cells = [int(c) for c in np.ma.filled(f["cell"][-1], -1)]
    new = [k for k in range(len(cells)) if str(f["name"][k]).startswith("New school")]
    at = int(np.argmin(np.abs(ys - town[1]))) * len(xs) + int(np.argmin(np.abs(xs - town[0])))
    pupils = np.ma.filled(f["pupils"][:, new[0]].astype(int), 0)
    places = [int(x["municipality"]["places"][-1].sum()) for x in (r, base)]
    print(new, cells[new[0]], at, pupils, places)
    assert len(new) == 1 and cells[new[0]] == at and pupils[2:].min() > 0 and places[0] == places[1] + 60
elif what == "protect_area":
    r, here = read(what), near(*field, 300)
    print(grown(base)[here & unbuilt].sum(), grown(r)[here & unbuilt].sum(), grown(r).sum(), grown(base).sum())
    assert grown(base)[here & unbuilt].sum() > 0 == grown(r)[here & unbuilt].sum() and grown(r).sum() > 0.5 * grown(base).sum()
    changed = layer(r, "protection", -1) != layer(base, "protection", -1)
    assert changed.any() and not (changed & ~here).any()
else:
    r, b, here = read(what), read("grows"), near(*town, 500)
    raised = layer(r, "max_far", 1) > layer(b, "max_far", 1) + 1e-6
    print(raised.sum(), grown(r)[raised].sum(), grown(b)[raised].sum())
    assert raised.any() and not (raised & ~here).any() and grown(r)[raised].sum() > 1.2 * grown(b)[raised].sum()
PY
eval "$(/usr/bin/python3 "$work/places.py" "$work" points)"
surely="--set development.loss_year=0 --set development.appeal=0 --set development.delay_year=0 --set development.vacancy_natural=0.2" # no slip on the way
project="$surely --set housing_project.enabled=true --set housing_project.year=2022 --set housing_project.homes=40 --set housing_project.x=${town[0]} --set housing_project.y=${town[1]}"
run housing_project $project
run affordable_share $project --set affordable_share.enabled=true --set affordable_share.share=0.5 --set affordable_share.rent=5000
run new_school --set new_school.enabled=true --set new_school.year=2022 --set new_school.places=60 --set "new_school.x=${town[0]}" --set "new_school.y=${town[1]}"
run protect_area --set protect_area.enabled=true --set protect_area.radius=300 --set "protect_area.x=${field[0]}" --set "protect_area.y=${field[1]}"
grows="--set densify.enabled=false --set demography.vision_population=1000 --set demography.vision_year=2030" # demand enough that land is short
run grows $grows
run densify_area $grows --set densify_area.enabled=true --set densify_area.radius=500 --set densify_area.max_far=1.4 --set "densify_area.x=${town[0]}" --set "densify_area.y=${town[1]}"
says=("its homes stand around its place, half of them to let" "half of the homes to let get a ceiling, and what it costs is booked" "it stands where it was put, with its places, and pupils go there"
  "nothing is built on open land there, and building goes on elsewhere" "the ratio is raised there alone, and more homes are built on it")
for k in "${!names[@]}"; do
  /usr/bin/python3 "$work/places.py" "$work" "${names[k]}" >"$work/said" 2>&1; ok "${names[k]}: ${says[k]}" $? "$(cat "$work/said" "$work/stderr" 2>/dev/null | tail -8)"
done
