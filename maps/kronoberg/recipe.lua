-- Kronoberg: the county's eight municipalities, Sweden, on 31 December 2023: one region with moves between them.
-- Real: boundaries (generalised), places, areas and populations of the localities of 2020, populations and dwellings by
-- tenure of the municipalities. Synthetic: outlines of the localities, land cover but for the larger lakes, ages by area,
-- households, jobs, schools.
--
-- Files as for maps/finnveden: kommuner_scb_epsg3006.gpkg and tatorter_2020_points_epsg3006.gpkg from
-- https://github.com/borstell/swemapdata (Statistics Sweden, CC0). Real lakes: apt-get install gmt gmt-gshhg-full.
map {
  name = "kronoberg",
  title = { en = "Kronoberg 2023", sv = "Kronoberg 2023", da = "Kronoberg 2023" },
  country = "se",
  names = "sv",
  start = 2023,
  epsg = 3006,
  cell = 100,
  -- Uppvidinge, Lessebo, Tingsryd, Alvesta, Älmhult, Markaryd, Växjö, Ljungby; population and dwellings:
  -- maps/countries/se/municipality.csv (Statistics Sweden, 31 December 2023)
  municipalities = { file = "kommuner_scb_epsg3006.gpkg", code = "code", only = { "0760", "0761", "0763", "0764", "0765", "0767", "0780", "0781" } },
  localities = { points = "tatorter_2020_points_epsg3006.gpkg", code = "code", name = "name", area_ha = "area", population = "pop" },
  households = { one_person = 0.407 }, -- the nation's, 2021, Statistics Sweden; the county's is not known
  care = { share_80 = 0.14, places = 50 }, -- assumed
  -- in_use: households a dwelling in the nation 2021, 4 831 811 of 5 096 007 (Statistics Sweden: derived), plus those for sale or to let
  dwellings = { in_use = 0.956, vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 }, students = 0.06, seniors = 0.04 }, -- assumed but rental (public housing, 2013, sabo.se)
  land = { arable = 0.07, forest = 0.72, reserves = 0.03, farmland_class = 3, shores = "gshhg" }, -- shares assumed
  zoning = { fringe_m = 400, fringe_share = 0.5 }, -- assumed
  work = { jobs = 99000, tertiary = 0.33, students = 0.28, outside = { { name = "Jönköping", share = 0.02 }, { name = "Kalmar", share = 0.02 }, { name = "elsewhere", share = 0.05 } } }, -- assumed
  queue = { share = 0.18, years = 4 }, -- assumed
  facilities = { fill = { "school", "preschool", "care_home" } }, -- assumed
  needs = "kommuner_scb_epsg3006.gpkg and tatorter_2020_points_epsg3006.gpkg (where to download them: maps/finnveden/recipe.lua)",
  import = "kedja import kronoberg --data FOLDER --out out/maps/kronoberg",
  sources = {
    "Boundaries, localities 2020, populations and dwellings 2023: Statistics Sweden (CC0), via https://github.com/borstell/swemapdata and https://github.com/Mumbokatten/diversity_renovation_study",
    "Lakes and rivers, when imported with them: GSHHG (LGPL, https://www.soest.hawaii.edu/pwessel/gshhg/)",
    "Outlines of localities, other land cover, ages by area, households, jobs, schools: synthetic.",
  },
}
