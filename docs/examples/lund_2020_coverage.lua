-- How wide are the intervals really? Lund from 2020 to 2023, by neighbourhood, held against what was counted:
--   kedja batch docs/examples/lund_2020_coverage.lua --map out/maps/lund_2020
--   python3 docs/examples/coverage.py lund_2020_coverage.batch/lund_2020_coverage.nc maps/countries/se/observed_areas.csv
-- The homes that were built are known and held still; luck, the rates of the default ensemble and what no model knows of an area
-- (housing.area_luck, derived from all municipalities but Lund) vary. The map is imported from
-- public data first: see maps/lund_2020/recipe.lua.

experiment {
  title = { en = "Lund 2020–2023: coverage of intervals", sv = "Lund 2020–2023: intervallens täckning", da = "Lund 2020–2023: intervallernes dækning" },
  scenario = "lund_2020",
  years = 3,
  replicates = 40,
  vary = {
    { "demography.fertility_scale", triangle = { 0.85, 1, 1.15 } },
    { "demography.mortality_scale", triangle = { 0.92, 1, 1.08 } },
    { "demography.in_scale", triangle = { 1.3, 1.7, 2.1 } },
    { "demography.out_scale", triangle = { 0.85, 1, 1.15 } },
    { "housing.area_luck", triangle = { 0.43, 0.53, 0.63 }, covers = "model" },
  },
  model_errors = {
    { "area.population", widths = { 2.58, 4.15, 4.97 },
      source = "derived: errors in 15 other municipalities, less what a map with ages by area is worth (docs/researchers.md, docs/examples/panel_hindcast.py)" },
  },
  outputs = { tables = { "municipality.population", "area.population" }, maps_every = 0 },
}
