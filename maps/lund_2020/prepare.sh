#!/usr/bin/env bash
# prepare.sh DESO_FOLDER PANEL_FOLDER OUT: joins the 76 statistical areas (DeSO 2025) to the 36 neighbourhoods (RegSO) of the panel
# 2020-2023 and writes OUT/lund_regso_2020.gpkg, with the schools beside it. Needs gdal-bin. What is joined and what it costs:
# maps/lund_2020/recipe.lua.
set -euo pipefail
[ $# -eq 3 ] || { echo "usage: maps/lund_2020/prepare.sh FOLDER_OF_DESO FOLDER_OF_PANEL OUT" >&2; exit 2; }
deso=$1/lund_deso2025_epsg3006.gpkg schools=$1/lund_schools_year9.csv panel=$2/regso_2020_2023.csv out=$3
for file in "$deso" "$schools" "$panel"; do [ -r "$file" ] || { echo "$file is missing" >&2; exit 2; }; done
command -v ogr2ogr >/dev/null || { echo "ogr2ogr is missing (Debian package gdal-bin)" >&2; exit 2; }
mkdir -p "$out"

# Children of 2020 over those of 2025, by cohort: the mean of Sweden's total fertility rates in their years of birth (UN WPP2024, in
# maps/countries/se/fertility_year.csv), 1.753 in 2016-2020 over 1.499 in 2021-2025 (2024 and 2025 as 2023), and 1.881 in 2011-2015 over 1.753.
cohort() { case $1 in 0_4) echo 1.169 ;; 5_9) echo 1.073 ;; *) echo 1 ;; esac; }

ages=""
for sex in f m; do
  for class in 0_4 5_9 10_14 15_19 20_24 25_29 30_34 35_39 40_44 45_49 50_54 55_59 60_64 65_69 70_74 75_79 80p; do
    ages+=", sum(${sex}_$class) * $(cohort $class) as ${sex}_$class"
  done
done
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
ogr2ogr -f GPKG "$work/both.gpkg" "$deso" -nln deso -nlt MULTIPOLYGON
ogr2ogr -f GPKG -update "$work/both.gpkg" "$panel" -nln panel -where "municipality = 'Lund'" -oo AUTODETECT_TYPE=YES
ogr2ogr -f GPKG "$work/lund_regso_2020.gpkg" "$work/both.gpkg" -dialect SQLITE -nln regso -nlt MULTIPOLYGON -a_srs EPSG:3006 -sql "
  select d.regso as code, p.regso_name as name, min(d.type) as type, p.pop_2020 as pop2020,
    p.dw_rented_2020 as dw_rented, p.dw_coop_2020 as dw_coop, p.dw_owned_2020 as dw_owned, p.dw_unknown_2020 as dw_unknown,
    sum(d.median_income_tkr_2024 * d.pop2025) / sum(d.pop2025) as income_tkr $ages, st_union(d.geom) as geom
  from deso d join panel p on p.regso_code_2025 = d.regso group by d.regso order by d.regso"
mv "$work/lund_regso_2020.gpkg" "$out/"
cp "$schools" "$out/"
echo "$out/lund_regso_2020.gpkg: 36 neighbourhoods. Then: kedja import maps/lund_2020/recipe.lua --data $out --out out/maps/lund_2020"
