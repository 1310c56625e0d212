-- Sweden: 290 municipalities and their localities at their places, 10.55 million persons, 500 m cells. A synthetic country
-- of the right size, for tests of scale and for questions that need every border. Files as for maps/finnveden.
map {
  name = "sweden",
  title = { en = "Sweden 2023 (synthetic)", sv = "Sverige 2023 (syntetiskt)", da = "Sverige 2023 (syntetisk)" },
  country = "se",
  names = "sv",
  start = 2023,
  epsg = 3006,
  cell = 500,
  municipalities = { file = "kommuner_scb_epsg3006.gpkg", code = "code" },
  localities = { points = "tatorter_2020_points_epsg3006.gpkg", code = "code", name = "name", area_ha = "area", population = "pop" },
  households = { one_person = 0.407 }, -- nation 2021, Statistics Sweden
  care = { share_80 = 0.14, places = 60 }, -- assumed
  -- in_use: households a dwelling in the nation 2021, 4 831 811 of 5 096 007 (Statistics Sweden: derived), plus those for sale or to let
  dwellings = { in_use = 0.956, vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 }, students = 0.05, seniors = 0.03 }, -- assumed
  land = { arable = 0.062, forest = 0.68, reserves = 0.08, farmland_class = 5, shores = "gshhg" }, -- land 2020, Statistics Sweden: arable 6.2 %, forest 68 % (memory)
  work = { jobs = 5200000, tertiary = 0.40, students = 0.28, outside = { { name = "Norway and Denmark", share = 0.01 } } }, -- assumed
  queue = { share = 0.20, years = 5 }, -- assumed
  facilities = { fill = { "school", "preschool", "care_home" } }, -- assumed
  needs = "kommuner_scb_epsg3006.gpkg and tatorter_2020_points_epsg3006.gpkg (where to download them: maps/finnveden/recipe.lua)",
  import = "kedja import sweden --data FOLDER --out out/maps/sweden",
  sources = {
    "Boundaries, localities 2020, populations and dwellings 2023: Statistics Sweden (CC0), via https://github.com/borstell/swemapdata and https://github.com/Mumbokatten/diversity_renovation_study",
    "Coasts, lakes and rivers, when imported with them: GSHHG (LGPL)",
    "Everything within the municipalities is synthetic.",
  },
}
