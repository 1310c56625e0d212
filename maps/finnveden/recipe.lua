-- Finnveden: the municipalities Värnamo, Gislaved and Gnosjö, Jönköping county, Sweden, on 31 December 2023: one region
-- with moves between them.
-- Real: boundaries (generalised), places, areas and populations of the localities of 2020, populations and dwellings by
-- tenure of the municipalities (Värnamo's dwellings are not known). Synthetic: outlines of the localities, land cover but
-- for the larger lakes, ages by area, households, jobs, schools.
--
-- Download from https://github.com/borstell/swemapdata (Statistics Sweden, CC0) as GeoPackage, EPSG:3006:
--   kommuner_scb_epsg3006.gpkg           columns code, name
--   tatorter_2020_points_epsg3006.gpkg   columns code, name, area (hectares), pop
-- Real coasts and lakes: apt-get install gmt gmt-gshhg-full.
map {
  name = "finnveden",
  title = { en = "Finnveden 2023", sv = "Finnveden 2023", da = "Finnveden 2023" },
  country = "se",
  names = "sv",
  start = 2023,
  epsg = 3006,
  cell = 100,
  -- population and dwellings: maps/countries/se/municipality.csv (Statistics Sweden, 31 December 2023)
  municipalities = { file = "kommuner_scb_epsg3006.gpkg", code = "code", only = { "0617", "0662", "0683" } },
  localities = { points = "tatorter_2020_points_epsg3006.gpkg", code = "code", name = "name", area_ha = "area", population = "pop" },
  households = { one_person = 0.386 }, -- Värnamo's (https://sverigestatistik.se/compare/habo-vs-varnamo), for all three
  care = { share_80 = 0.14, places = 50 }, -- assumed
  -- in_use: households a dwelling in the nation 2021, 4 831 811 of 5 096 007 (Statistics Sweden: derived), plus those for sale or to let
  dwellings = { in_use = 0.956, vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 }, seniors = 0.04 }, -- assumed but rental (public housing, 2013, sabo.se)
  land = { arable = 0.08, forest = 0.70, reserves = 0.03, farmland_class = 3, shores = "gshhg" }, -- shares assumed
  zoning = { fringe_m = 400, fringe_share = 0.5 }, -- assumed
  work = { jobs = 36000, tertiary = 0.28, students = 0.28, outside = { { name = "Jönköping", share = 0.03 }, { name = "elsewhere", share = 0.07 } } }, -- assumed
  queue = { share = 0.15, years = 3 }, -- assumed
  facilities = { fill = { "school", "preschool", "care_home" } }, -- assumed
  needs = "kommuner_scb_epsg3006.gpkg and tatorter_2020_points_epsg3006.gpkg (where to download them: maps/finnveden/recipe.lua)",
  import = "kedja import finnveden --data FOLDER --out out/maps/finnveden",
  sources = {
    "Boundaries, localities 2020, populations and dwellings 2023: Statistics Sweden (CC0), via https://github.com/borstell/swemapdata and https://github.com/Mumbokatten/diversity_renovation_study",
    "Lakes and rivers, when imported with them: GSHHG (LGPL, https://www.soest.hawaii.edu/pwessel/gshhg/)",
    "Outlines of localities, other land cover, ages by area, households, jobs, schools: synthetic.",
  },
}
