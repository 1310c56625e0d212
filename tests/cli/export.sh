#!/usr/bin/env bash
# Layers and tables go out with the right figures in the right place, whole or not at all, protected where asked; maps
# are shown, checked and begun.
cd "$(dirname "$0")/../.." && . tests/cli/tap.sh
plan 33
"$KEDJA" run scripts/scenarios/toy.lua --years 2 --out "$work/toy.nc" --quiet >/dev/null 2>"$work/stderr"; ok "a run to export" $? "$(cat "$work/stderr")"
"$KEDJA" map show toy >"$work/shown" 2>"$work/stderr"
ok "map show lists layers and fit" "$([ $? -eq 0 ] && grep -q 'land_use' "$work/shown" && grep -q 'persons 600' "$work/shown"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" map check toy >"$work/checked" 2>&1; ok "map check finds no error in the toy world" $? "$(cat "$work/checked")"
"$KEDJA" map show toy --png "$work/toy.png" --lang sv >/dev/null 2>"$work/stderr"
ok "the picture of a map is whole" "$([ $? -eq 0 ] && ! grep -q shortened "$work/stderr"; echo $?)" "$(cat "$work/stderr")"

sum_of() { gdalinfo -checksum "$1" 2>/dev/null | sed -nE 's/.*Checksum=([0-9]+).*/\1/p' | tail -1; }
place_of() { gdalinfo "$1" 2>/dev/null | grep -E '^(Origin|Pixel Size|Size)|ID\["EPSG",3006\]'; }
if command -v gdalinfo >/dev/null; then
  for layer in land_use max_far travel_centre; do
    "$KEDJA" export "$work/toy.nc" --layer $layer --year 2020 --out "$work/$layer.tif" 2>"$work/stderr"
    same "GeoTIFF of $layer has the run's figures" "$(gdalinfo -checksum "NETCDF:$work/toy.nc:$layer" | sed -nE 's/.*Checksum=([0-9]+).*/\1/p' | head -1)" "$(sum_of "$work/$layer.tif")"
  done
  same "GeoTIFF lies where the run lies" "Size is 20, 20
    ID[\"EPSG\",3006]]
Origin = (500000.000000000000000,6302000.000000000000000)
Pixel Size = (100.000000000000000,-100.000000000000000)" "$(place_of "$work/land_use.tif")"
  "$KEDJA" export "$work/toy.nc" --layer land_use --as COG --out "$work/cog.tif" 2>"$work/stderr"
  ok "a cloud-optimised GeoTIFF" "$(gdalinfo "$work/cog.tif" 2>/dev/null | grep -q 'LAYOUT=COG'; echo $?)" "$(cat "$work/stderr")"
  "$KEDJA" export "$work/toy.nc" --table area --table facility --table vacancy --out "$work/toy.gpkg" 2>"$work/stderr"; ok "a GeoPackage of three tables" $? "$(cat "$work/stderr")"
  layers=$(ogrinfo -q "$work/toy.gpkg" 2>/dev/null | sed -E 's/^[0-9]+: //' | sort | tr '\n' ';')
  same "polygons, points, and lines of chains" "area (Multi Polygon);facility (Point);vacancy (Point);vacancy_links (Line String);" "$layers"
  area_km2=$(ogrinfo -q "$work/toy.gpkg" -dialect SQLite -sql "SELECT CAST(ROUND(SUM(ST_Area(geom)) / 10000) AS INTEGER) AS ha FROM area" 2>/dev/null | sed -nE 's/.*ha \(Integer\) = ([0-9]+).*/\1/p')
  same "the areas cover the whole grid" 400 "$area_km2"
  "$KEDJA" export toy --catchments preschool --out "$work/near.geojson" 2>"$work/stderr"; ok "catchments as GeoJSON" $? "$(cat "$work/stderr")"
  same "one catchment a preschool" 2 "$(ogrinfo -so -al "$work/near.geojson" 2>/dev/null | sed -nE 's/Feature Count: //p')"
else
  for i in 1 2 3 4 5 6 7 8 9 10; do skip "export through GDAL $i" "no gdalinfo"; done
fi
"$KEDJA" export "$work/toy.nc" --table area --year all --out "$work/area.csv" 2>"$work/stderr"; ok "a table as CSV" $? "$(cat "$work/stderr")"
same "three years of three areas and a header" 10 "$(wc -l <"$work/area.csv")"
same "persons of the first year" 600 "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "population") c = i } $1 == 2020 { n += $c } END { print n }' "$work/area.csv")"
money=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "municipal_result_each") c = i; next } $c !~ /^-?[0-9]+\.[0-9][0-9]$/ { n++ } END { print (c ? n + 0 : "none") }' "$work/area.csv")
same "money in SEK with two decimals" 0 "$money"
ok "and the unit beside the table" "$(grep -q '^municipal_result_each, SEK, ' "$work/area.csv.txt" && ! grep -q '1e-2 SEK' "$work/area.csv.txt"; echo $?)" "$(cat "$work/area.csv.txt")"
for lang in sv da; do "$KEDJA" export "$work/toy.nc" --table area --year all --lang $lang --out "$work/area_$lang.csv" 2>"$work/stderr"; done
same "Swedish and Danish spreadsheets: a byte order mark, semicolons, decimal commas" "efbbbf year;id; 1" "$(head -c 3 "$work/area_sv.csv" | od -An -tx1 | tr -d ' ') $(head -c 11 "$work/area_sv.csv" | tail -c 8) $(grep -cE '^2022;1;.*;[0-9]+,[0-9]+;' "$work/area_sv.csv")"
same "with the same figures" "$(cat "$work/area.csv")" "$(tail -c +4 "$work/area_sv.csv" | tr ';,' ',.')"
ok "the same file in both" "$(cmp -s "$work/area_sv.csv" "$work/area_da.csv"; echo $?)"
"$KEDJA" export "$work/toy.nc" --table area --lang no --out "$work/no_lang.csv" 2>"$work/stderr"; ok "a language that is none: status 2, nothing written" "$([ $? -eq 2 ] && [ ! -e "$work/no_lang.csv" ] && grep -q 'expected en, sv or da' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" export "$work/toy.nc" --table area --year all --min-cell 5 --round 3 --out "$work/safe.csv" 2>"$work/stderr"
small=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^(population|children|aged|homes|pupils$)/) c[i] = 1; next } { for (i in c) if ($i != "" && ($i % 3 != 0 || ($i > 0 && $i < 3))) n++ } END { print n + 0 }' "$work/safe.csv")
same "protected: no small counts, all multiples of three" 0 "$small"
# Brute force: whoever knows the totals of areas, or of facilities of one kind, and that one column holds others, takes away what is shown. What is left is 0 or no small count.
for table in area municipality facility; do
  "$KEDJA" export "$work/toy.nc" --table $table --year all --out "$work/open_$table.csv" 2>>"$work/stderr" && "$KEDJA" export "$work/toy.nc" --table $table --year all --min-cell 5 --out "$work/shut_$table.csv" 2>>"$work/stderr"
done
/usr/bin/python3 - "$work" >"$work/force" 2>&1 <<'PY'
import collections, csv, sys
LIMIT, folder, n_hidden = 5, sys.argv[1], 0
SUMS = [("area", "pupils", "pupils_f_6 pupils_7_9"), ("area", "population", "children_0_5 children_6_15 aged_20_64 aged_65"), ("area", "aged_65", "aged_80"),
        ("area", "crowded_norm3", "crowded"), ("municipality", "in_migrants", "in_county in_country in_abroad"), ("municipality", "out_migrants", "out_county out_country out_abroad"),
        ("facility", "pupils", " ".join("pupils_" + g for g in "f123456789")), ("facility", "pupils", "low_income_pupils")]
for table in ("area", "municipality", "facility"):
    true, shown = (list(csv.DictReader(open(f"{folder}/{kind}_{table}.csv"))) for kind in ("open", "shut"))
    assert len(true) == len(shown) > 0 and all(s[c] in ("", t[c]) for t, s in zip(true, shown) for c in t), table
    for of, whole, parts in SUMS:
        for t, s in zip(true, shown):
            if of != table or not t[whole]: continue
            assert whole in t and all(p in t for p in parts.split())
            hidden = [p for p in parts.split() if t[p] and not s[p]]
            n_hidden += len(hidden)
            known = sum(int(s[p] or 0) for p in parts.split())
            if s[whole]:
                assert not 0 < int(s[whole]) - known < LIMIT, (table, s["year"], s["id"], whole, s[whole], known)
                assert len(hidden) != 1 or int(t[whole]) > known + int(t[hidden[0]]), (table, s["year"], s["id"], whole, hidden)
            else: assert hidden or int(t[whole]) > known, (table, s["year"], s["id"], whole)
    if table == "municipality": continue
    for column in {c for t, s in zip(true, shown) for c in t if t[c] and not s[c]}:
        totals = collections.defaultdict(list)
        for t, s in zip(true, shown): totals[s["year"], s.get("municipality"), s["kind"] if table == "facility" else ""].append((int(t[column] or 0), s[column] != "" or not t[column]))
        for key, rows in totals.items():
            hidden = [v for v, seen in rows if not seen]
            total = sum(v for v, _ in rows) # below the limit it is left out itself
            assert total < LIMIT or not hidden or (len(hidden) > 1 and sum(hidden) >= LIMIT), (table, column, key, hidden)
print("hidden parts:", n_hidden)
assert n_hidden > 0
PY
ok "no count that is left out can be worked out by a subtraction, in rows or totals" $? "$(cat "$work/force" "$work/stderr")"
ok "what was done is said beside the table" "$(grep -q 'protected: counts of 1 to 4' "$work/safe.csv.txt"; echo $?)" "$(cat "$work/safe.csv.txt")"
"$KEDJA" export toy --table person --min-cell 5 --out "$work/no.csv" >/dev/null 2>"$work/stderr"
ok "persons cannot be published by rounding: status 2, nothing written" "$([ $? -eq 2 ] && [ ! -e "$work/no.csv" ] && grep -q 'one row a unit' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" export "$work/toy.nc" --layer land_us --out "$work/no.tif" >/dev/null 2>"$work/stderr"
ok "an unknown layer: status 2 and the nearest" "$([ $? -eq 2 ] && grep -q 'did you mean land_use' "$work/stderr" && ! ls -a "$work" | grep -q part; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" map new "$work/here" --municipality 1281 >/dev/null 2>"$work/stderr"
ok "map new writes a recipe of Lund" "$([ $? -eq 0 ] && grep -q 'code = "1281", name = "Lund", county = "Skåne"' "$work/here/recipe.lua"; echo $?)" "$(cat "$work/stderr")"
ok "it marks what to change first, and shows how to leave a school out" "$(grep -q 'CHANGE THIS: assumed; jobs' "$work/here/recipe.lua" && grep -q -- '-- exclude = {' "$work/here/recipe.lua"; echo $?)"
"$KEDJA" import "$work/here/recipe.lua" --out "$work/built" >/dev/null 2>"$work/stderr"
ok "its recipe asks for the files that are missing" "$([ $? -eq 2 ] && grep -q 'areas.gpkg' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" map new "$work/there" --municipality Umea >/dev/null 2>"$work/stderr"
ok "a municipality without its rings and dots: the name that is meant" "$([ $? -eq 2 ] && grep -q 'did you mean Umeå (2480)?' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
"$KEDJA" map new "$work/there" --municipality 1289 >/dev/null 2>"$work/stderr"
ok "an unknown municipality: status 2 and what is near" "$([ $? -eq 2 ] && grep -q '1280 Malmö' "$work/stderr" || grep -q '1214' "$work/stderr"; echo $?)" "$(cat "$work/stderr")"
