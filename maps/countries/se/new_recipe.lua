-- @name@ municipality (@code@), @county@ county, Sweden. Begun by `kedja map new`.
--
-- Download, and put all files into one folder, the --data FOLDER of `kedja import`:
--
--   1 areas.gpkg    boundaries of the DeSO areas of 2025 (Statistics Sweden, CC0):
--                   https://www.scb.se/vara-tjanster/oppna-data/oppna-geodata/deso--demografiska-statistikomraden/
--                   Keep the features whose code begins with @code@ (in QGIS: select, export; or
--                   ogr2ogr -where "desokod LIKE '@code@%'" areas.gpkg DeSO_2025.gpkg).
--   2 ages.px, tenure.px, income.px   https://www.statistikdatabasen.scb.se (search for the number of the table), saved as PC-Axis
--                   (.px) or json-stat2, just as they are. In each tick the DeSO areas of 2025 that begin with @code@, and one year:
--                     ages    TAB6574  population by region, age and sex: all classes of ages, women and men, no total
--                     tenure  TAB6638  dwellings by region and tenure: all tenures
--                     income  TAB6684  economic standard by region: the median alone (thousand SEK)
--                   If their dimensions have other names than below, write these.
--   3 schools.csv   school units with coordinates and pupils (Skolverket): https://www.skolverket.se/skolutveckling/statistik
--                   columns: name, x, y (EPSG:3006), pupils. A list of the units with year 9 lacks the schools of the younger ones:
--                   `fill` makes up schools until there is room for all children.
-- Better with, each optional (take away the two dashes of its line below):
--   4 nmd.tif       national land cover, base layer (Naturvårdsverket, CC0), cut to x @west@ to @east@, y @south@ to @north@:
--                   https://www.naturvardsverket.se/verktyg-och-tjanster/kartor-och-karttjanster/nationella-marktackedata/
--                   gdal_translate -projwin @west@ @north@ @east@ @south@ NMD.tif nmd.tif
--   5 roads.osm.pbf ways of OpenStreetMap (ODbL): https://download.geofabrik.de/europe/sweden.html, cut with
--                   osmium extract --bbox or taken whole (slower)
--   6 reserves.gpkg protected land (Naturvårdsverket, CC0): https://www.naturvardsverket.se, "Skyddad natur"
--   7 programme.csv the housing programme: name, x, y, start, completion (years), rental, coop, owner, small_houses, stage
--
-- Then, with the path of this file as RECIPE.lua:
--        kedja import RECIPE.lua --data FOLDER --out out/maps/@map@
--        kedja map check out/maps/@map@
--        kedja map show out/maps/@map@ --png map.png
-- Lines with "CHANGE THIS" are the same for every municipality, from one with 2 500 inhabitants to one with a million: put your own
-- figures there, and their sources. First work.jobs, dwellings.students, land; `kedja map check` says if the jobs cannot be right.
map {
  name = "@map@",
  title = { en = "@name@", sv = "@name@", da = "@name@" },
  country = "se",
  names = "sv",
  start = 2025, -- the state stands on 31 December of this year
  epsg = 3006,
  cell = 100,
  municipality = { code = "@code@", name = "@name@", county = "@county@" },

  areas = {
    file = "areas.gpkg",
    code = "desokod",
    name = "desokod",
  },
  statistics = {
    { into = "ages", file = "ages.px", area = "region", age = "ålder", sex = "kön" },
    { into = "tenure", file = "tenure.px", area = "region", category = "upplåtelseform",
      words = { ["hyresrätt"] = "rental", ["bostadsrätt"] = "coop", ["äganderätt"] = "owner", ["uppgift saknas"] = "unknown" } },
    { into = "income", file = "income.px", area = "region", factor = 1000 }, -- thousand SEK a year
    -- { into = "household_size", file = "sizes.px", area = "region", size = "hushållsstorlek" },
  },

  households = { one_person = 0.407 },   -- the nation's share in 2021 (Statistics Sweden); CHANGE THIS: put the municipality's
  care = { share_80 = 0.14, places = 50 }, -- CHANGE THIS: assumed; share of those aged 80 and over, places a home
  -- CHANGE THIS: assumed; empty homes by tenure; students, seniors: their shares of the rental homes
  dwellings = { vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 }, students = 0, seniors = 0.04 },
  -- CHANGE THIS: assumed; shares of the land, together at most 1. arable and forest are about the nation's, far off on a plain: put those of
  -- the municipality, åkermark and skogsmark over the land, from Statistics Sweden's table of land use by municipality:
  -- http://www.statistikdatabasen.scb.se/pxweb/sv/ssd/START__MI__MI0803__MI0803A/MarkanvKn/
  land = { arable = 0.08, forest = 0.60, reserves = 0.03, farmland_class = 4 },
  -- land = { cover = { file = "nmd.tif", classes = "nmd", built_share = 0.2 } }, -- instead of the line above
  -- land = { arable = 0.08, forest = 0.60, shores = "gshhg" },                   -- or only real coasts and lakes
  -- roads = { file = "roads.osm.pbf" },
  -- layers = { protection = { file = "reserves.gpkg", value = 1 } },
  -- projects = { file = { file = "programme.csv" } },
  -- observations = { { file = "counts.csv", correct = false } }, -- date, place, quantity, value
  zoning = { fringe_m = 400, fringe_share = 0.5 }, -- CHANGE THIS: assumed
  -- CHANGE THIS: assumed; jobs in the municipality, share with tertiary education, share of the young who study, where residents commute to
  work = { jobs = 10000, tertiary = 0.30, students = 0.28, outside = { { name = "elsewhere", share = 0.25 } } },
  queue = { share = 0.20, years = 4 }, -- CHANGE THIS: assumed; share of adults in the housing queue, years in it

  facilities = {
    file = {
      file = "schools.csv", kind = "school", name = "name", x = "x", y = "y",
      places = "pupils", places_factor = 1.05, from_grade = "F", to_grade = "9",
      -- A school that the register puts outside the municipality is left out by the value of a column:
      -- exclude = { column = "name", values = { "Exempelskolan" }, reason = "the register's coordinate lies in another municipality" },
    },
    fill = { "school", "preschool", "care_home" }, -- assumed ones until there is room for all
  },

  needs = "areas.gpkg, ages.px, tenure.px, income.px and schools.csv (where to download them: the recipe's first lines)",
  import = "kedja import RECIPE.lua --data FOLDER --out out/maps/@map@",
  sources = {
    "Areas, population, dwellings, income: Statistics Sweden (CC0)",
    "Schools: Skolverket",
    "Land cover, zoning, jobs: synthetic",
  },
}
