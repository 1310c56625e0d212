-- How far do neighbourhoods go ways of their own in the model, by the value of housing.area_luck? Luck alone varies besides.
--   kedja batch docs/examples/area_luck.lua --map out/maps/lund_2020 --out out/area_luck
--   python3 docs/examples/area_luck.py PANEL.csv out/area_luck/area_luck.nc [W1,W2,W3]
-- The second command sets the widths beside those counted in the neighbourhoods of all other municipalities. No count of Lund is used:
-- only the model's own answer to the parameter is measured on its map (maps/lund_2020/recipe.lua).

experiment {
  title = { en = "Areas that go ways of their own", sv = "Områden som går egna vägar", da = "Områder, der går egne veje" },
  scenario = "lund_2020",
  years = 3,
  factors = { { "housing.area_luck", values = { 0.3, 0.6, 1.2, 1.8 } } },
  design = "full_factorial",
  replicates = 8,
  vary = {},
  outputs = { tables = { "municipality.population", "area.population" }, maps_every = 0 },
}
