#!/usr/bin/env bash
# Refugees whom the state assigns: as many come as it says, of the kinds that the table says, to homes that are let, before those who wait, and beside the others who would come.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 6
if ! /usr/bin/python3 -c "import h5py" 2>/dev/null; then for what in number kinds homes wait others bad; do skip "refugees: $what" "needs python3-h5py"; done; exit 0; fi
for n in 0 240; do "$KEDJA" run varnamo_2035 --years 6 --set demography.vision_population=0 --set demography.refugees=$n --out "$work/r$n.nc" --quiet; done
cat >"$work/look.py" <<'PY'
import csv, sys
import h5py, numpy as np
work, what = sys.argv[1:3]
def labels(dataset):
    text = dataset.attrs["flag_meanings"]
    return (text.decode() if isinstance(text, bytes) else text).split()
with h5py.File(f"{work}/r240.nc") as f, h5py.File(f"{work}/r0.nc") as base:
    origin = labels(f["vacancy"]["mover_origin"]).index("refugee")
    movers = f["vacancy"]["mover_origin"][:] == origin
    filled = f["vacancy"]["closed"][:] > 0
    came = f["municipality"]["in_refugees"][:].ravel()[1:]
    if what == "number":  # 240 a year for six years, 13 more or fewer a year by the kinds that are drawn; those of the last months may wait still
        print(came)
        assert 0.9 * 240 * 6 <= came.sum() <= 240 * 6 + 4 * 13 * 6 ** 0.5 and base["municipality"]["in_refugees"][:].sum() == 0
    elif what == "kinds":
        first = movers & filled & (f["vacancy"]["from_dwelling"][:] == 0) & (f["vacancy"]["end"][:] == labels(f["vacancy"]["end"]).index("abroad"))
        kinds = labels(f["vacancy"]["mover_kind"])
        found = np.bincount(f["vacancy"]["mover_kind"][:][first], minlength=len(kinds))
        rows = [r for r in csv.DictReader(l for l in open("maps/countries/se/refugee_household.csv") if not l.startswith("#"))]
        share = {r["kind"]: float(r["value"]) for r in rows}
        n, chi = found.sum(), 0.0
        for kind, p in share.items():
            chi += (found[kinds.index(kind)] - n * p) ** 2 / (n * p)
        print(dict(zip(kinds, found)), share, n, chi)
        assert n > 400 and chi < 16.27  # three degrees of freedom, one in a thousand
    elif what == "homes":  # the municipality stands for the rent: hardly anybody buys
        first = movers & filled & (f["vacancy"]["from_dwelling"][:] == 0)
        rental = f["vacancy"]["tenure"][:][first] == labels(f["vacancy"]["tenure"]).index("rental")
        print(first.sum(), rental.mean())
        assert rental.mean() > 0.95
    elif what == "wait":  # they are served first: at most a quarter of a year's wait at the end
        missing = 240 * 6 - came.sum()
        print(missing)
        assert missing < 240 / 4
    elif what == "others":  # as many others would come: they move in, give up or wait; refugees are counted among those from abroad alone
        flow = lambda run, name: run["municipality"][name][:].ravel()[1:].sum()
        others = [sum(flow(r, c) for c in ("in_county", "in_country", "in_abroad", "gave_up")) - flow(r, "in_refugees") for r in (f, base)]
        abroad = [flow(r, "in_abroad") - flow(r, "in_refugees") for r in (f, base)]
        print(others, abroad)
        assert abs(others[0] / others[1] - 1) < 0.05 and 0.8 < abroad[0] / abroad[1] < 1.05
PY
for what in number kinds homes wait others; do /usr/bin/python3 "$work/look.py" "$work" $what >"$work/out" 2>&1; ok "refugees: $what" $? "$(cat "$work/out")"; done
"$KEDJA" run toy --years 1 --set demography.refugees=-5 --quiet 2>"$work/log"; [ $? -eq 2 ] && grep -q 'refugees' "$work/log"; ok "a number below none is refused" $? "$(cat "$work/log")"
