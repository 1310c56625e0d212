#!/usr/bin/env python3
"""How wrong is the model by neighbourhood, where it was not made? Hindcasts 2020-2023 of municipalities other than Lund.

    python3 docs/examples/panel_hindcast.py make PANEL.csv MUNICIPALITY FOLDER
    kedja import FOLDER/recipe.lua --data FOLDER --out FOLDER/map
    kedja run FOLDER/scenario.lua --map FOLDER/map --seed N --out FOLDER/run_N.nc
    python3 docs/examples/panel_hindcast.py errors PANEL.csv FOLDER...
    python3 docs/examples/panel_hindcast.py worth FOLDER RUN.nc...

PANEL.csv: persons, mean income and dwellings by tenure of neighbourhoods, 2020-2023 (Statistics Sweden, RegSO, via https://github.com/Mumbokatten/diversity_renovation_study).
`make` writes a map of squares: real are the persons, dwellings by tenure and income of each neighbourhood in 2020 and the homes that were built from 2021 to 2023; ages are the
nation's, migration that of the mean municipality, and places are made up (flats in the middle). `errors` sets the runs beside the counts: change of ln(persons) less its municipality's mean, simulated (mean of the runs)
less counted, as the width between the 10 % and 90 % quantiles over 2.563, as docs/examples/area_luck.py does. Lund's counts are refused: the intervals are tested on them.
`worth` says what a better map is worth: how far the same municipality's areas part when the model is told ages and places (RUN.nc, on the imported map) and when it is not (FOLDER), luck's part
taken off. No count after the start is used, so Lund is not refused. An error of the ignorant model less this, as variances, is the error that is left with the better map. Needs python3-numpy and python3-netcdf4.
"""
import csv
import json
import math
import os
import subprocess
import sys

YEARS = (2020, 2021, 2022, 2023)
SQUARE_M, WEST, SOUTH = 1400, 500000, 6500000


def neighbourhoods(path, municipality):
    with open(path, encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["municipality"] == municipality]
    number = lambda text: float(text or 0)
    found = []
    for row in rows:
        homes = {y: {t: number(row[f"dw_{t}_{y}"]) for t in ("rented", "coop", "owned", "unknown")} for y in YEARS}
        people = {y: number(row[f"pop_{y}"]) for y in YEARS}
        if min(people.values()) > 0 and sum(homes[2020].values()) > 0:
            found.append({"name": row["regso_name"], "people": people, "homes": homes, "income": number(row["mean_wage_tkr_2020"])})
    if not found:
        sys.exit(f"{path}: no neighbourhood of {municipality}")
    return found


def built(area):
    """Homes completed by year and tenure: the rise above the highest count of the years before, from 5 homes on (as scripts/programmes/lund_2020.lua)."""
    result = {}
    for lua, tenure in (("rental", "rented"), ("coop", "coop"), ("owner", "owned")):
        highest = area["homes"][2020][tenure]
        for year in YEARS[1:]:
            rise = area["homes"][year][tenure] - highest
            if rise >= 5:
                result.setdefault(year, {})[lua] = int(rise)
            highest = max(highest, area["homes"][year][tenure])
    return result


def make(path, municipality, folder):
    areas = neighbourhoods(path, municipality)
    share = lambda a: a["homes"][2020]["owned"] / sum(a["homes"][2020].values())
    areas.sort(key=share)
    side = math.ceil(math.sqrt(len(areas)))
    places = sorted(((x, y) for x in range(side) for y in range(side)), key=lambda p: ((p[0] - (side - 1) / 2) ** 2 + (p[1] - (side - 1) / 2) ** 2, p))
    os.makedirs(folder, exist_ok=True)
    features, projects, names = [], [], []
    for i, (area, (x, y)) in enumerate(zip(areas, places)):
        code, w, s = f"A{i + 1:03d}", WEST + SQUARE_M * x, SOUTH + SQUARE_M * y
        names.append((code, area["name"]))
        ring = [[w, s], [w + SQUARE_M, s], [w + SQUARE_M, s + SQUARE_M], [w, s + SQUARE_M], [w, s]]
        homes = area["homes"][2020]
        features.append({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {
            "code": code, "name": area["name"], "type": "B" if share(area) > 0.6 else "C", "pop": area["people"][2020], "rented": homes["rented"], "coop": homes["coop"],
            "owned": homes["owned"], "unknown": homes["unknown"], "income": area["income"]}})
        for year, homes in built(area).items():
            fields = ", ".join(f"{t} = {n}" for t, n in homes.items())
            small = f", small_houses = {homes['owner']}" if "owner" in homes else ""
            projects.append(f'    {{ name = "{area["name"]} {year}", area = "{code}", {fields}{small}, start = 2021, months = {6 + 12 * (year - 2021)} }},')
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
    with open(f"{folder}/areas.geojson", "w", encoding="utf-8") as file:
        json.dump({"type": "FeatureCollection", "crs": crs, "features": features}, file)
    people = sum(a["people"][2020] for a in areas)
    with open(f"{folder}/recipe.lua", "w", encoding="utf-8") as file:
        file.write(f"""map {{
  name = "panel", title = {{ en = "{municipality} in squares" }}, country = "se", start = 2020, epsg = 3006, cell = 100,
  municipality = {{ code = "9998", name = "{municipality}", county = "none" }},
  areas = {{ file = "areas.geojson", code = "code", name = "name", population = "pop", kind = {{ column = "type", rural = "A", locality = "B", town = "C" }},
    tenure = {{ rental = "rented", coop = "coop", owner = "owned", unknown = "unknown" }}, income = {{ column = "income", factor = 1000 }} }},
  dwellings = {{ students = 0.06, seniors = 0.04 }},
  work = {{ jobs = {int(0.47 * people)}, tertiary = 0.45, students = 0.28, outside = {{ {{ name = "elsewhere", share = 0.2 }} }} }},
  queue = {{ share = 0.2, years = 5 }}, facilities = {{ fill = {{ "school", "preschool", "care_home" }} }},
  sources = {{ "Persons, dwellings by tenure and income: Statistics Sweden (CC0), RegSO 2020; all else made up" }},
}}
""")
    with open(f"{folder}/scenario.lua", "w", encoding="utf-8") as file:
        file.write("""scenario {
  name = "panel", title = { en = "Hindcast 2020-2023" }, map = "panel", stop = 2023, seed = 1, policies = { "building_programme" },
  set = { ["development.delay_year"] = 0, ["development.loss_year"] = 0, ["development.appeal"] = 0, ["development.capacity_share"] = 0.1,
    ["development.vacancy_natural"] = 0.2, ["development.response_outside"] = 0, ["development.response_lodging"] = 0 },
  projects = {
""" + "\n".join(projects) + "\n  },\n}\n")
    with open(f"{folder}/municipality", "w", encoding="utf-8") as file:
        file.write(municipality)


def width(deviations):
    import numpy as np
    return 100 * (np.percentile(deviations, 90) - np.percentile(deviations, 10)) / 2.563


def errors(path, folders):
    import numpy as np
    kedja = os.environ.get("KEDJA", "kedja")
    whole = {span: [] for span in (1, 2, 3)}
    rule = {span: [] for span in (1, 2, 3)}
    for folder in folders:
        municipality = open(f"{folder}/municipality", encoding="utf-8").read()
        if municipality == "Lund":
            sys.exit("Lund is what the intervals are tested on: take another municipality")
        areas = {a["name"]: a for a in neighbourhoods(path, municipality)}
        runs = []
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".nc"):
                continue
            table = f"{folder}/{name[:-3]}.csv"
            subprocess.run([kedja, "export", f"{folder}/{name}", "--table", "area", "--year", "all", "--out", table, "--quiet"], check=True)
            with open(table, encoding="utf-8") as file:
                runs.append({(r["name"], int(r["year"])): float(r["population"]) for r in csv.DictReader(file)})
        names = sorted(areas)
        counted = np.log([[areas[n]["people"][y] for y in YEARS] for n in names])
        simulated = np.log(np.mean([[[run[n, y] for y in YEARS] for n in names] for run in runs], axis=0))
        homes = np.log([[sum(areas[n]["homes"][y].values()) for y in YEARS] for n in names])
        scale = math.sqrt(len(names) / (len(names) - 1))
        line = []
        for span in whole:
            off = (simulated[:, span] - simulated[:, 0]) - (counted[:, span] - counted[:, 0])
            kept = (homes[:, span] - homes[:, 0]) - (counted[:, span] - counted[:, 0])
            off, kept = (off - off.mean()) * scale, (kept - kept.mean()) * scale
            whole[span].extend(off)
            rule[span].extend(kept)
            people = np.exp(counted[:, 0])
            line.append(f"{span} y: {width(off):.2f} % (persons a home {width(kept):.2f}), mean absolute {np.mean(np.abs(off) * people):.0f} ({np.mean(np.abs(kept) * people):.0f}) persons")
        print(f"{municipality}, {len(names)} areas, {len(runs)} runs: " + "; ".join(line))
    print(f"all {len(whole[1])} areas: " + "; ".join(f"{span} y: {width(np.array(whole[span])):.2f} % (persons a home {width(np.array(rule[span])):.2f})" for span in whole))


def changes(paths):
    """Names of areas; change of ln(persons) since the start less the mean over areas, [run, year, area]."""
    import netCDF4
    import numpy as np
    names, runs = None, []
    for path in paths:
        with netCDF4.Dataset(path) as file:
            own = [str(name) for name in file["area"]["name"][:]]
            names = names or sorted(own)
            persons = np.array(file["area"]["population"][:], dtype=float)[:, [own.index(name) for name in names]]
        change = np.log(persons[: len(YEARS)] / persons[0])
        runs.append(change - change.mean(1, keepdims=True))
    return names, np.array(runs)


def worth(folder, paths):
    import numpy as np
    names, ignorant = changes(sorted(f"{folder}/{name}" for name in os.listdir(folder) if name.endswith(".nc")))
    told_names, told = changes(paths)
    if names != told_names:
        sys.exit(f"{folder} and {paths[0]} have different areas")
    scale = math.sqrt(len(names) / (len(names) - 1))
    for span in (1, 2, 3):
        apart = width((told[:, span].mean(0) - ignorant[:, span].mean(0)) * scale)
        luck = 100 * math.sqrt(np.mean(told[:, span].var(0, ddof=1)) / len(told) + np.mean(ignorant[:, span].var(0, ddof=1)) / len(ignorant))
        print(f"{span} y: {math.sqrt(max(apart**2 - luck**2, 0)):.2f} % ({apart:.2f} with luck's {luck:.2f}; {len(names)} areas, {len(told)} and {len(ignorant)} runs)")


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "make":
        make(*sys.argv[2:5])
    elif len(sys.argv) >= 4 and sys.argv[1] == "errors":
        errors(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) >= 4 and sys.argv[1] == "worth":
        worth(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(__doc__)
