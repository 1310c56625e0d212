-- Lund municipality (1281), Skåne county, Sweden, on 31 December 2010: the start of a hindcast of its localities' shares to 2018 (row P4 of targets.csv).
-- Real: place, size and population of the municipality and of its localities. Derived or assumed: see each line; what is not of 2010 says so.
-- Synthetic: the outline, the districts of the town, land cover, zoning, where homes, schools and jobs stand.
map {
  name = "lund_2010",
  title = { en = "Lund 2010", sv = "Lund 2010", da = "Lund 2010" },
  country = "se",
  names = "sv",
  start = 2010,
  epsg = 3006,
  cell = 100,
  extent = { west = 378000, south = 6154000, east = 416000, north = 6188000 },

  -- population: 2010 (measured); total_km2, land_km2: 1 January 2014 (measured)
  municipality = { code = "1281", name = "Lund", county = "Skåne", population = 110488, total_km2 = 439.91, land_km2 = 427.23 },

  -- localities.csv: populations of 2010, points and areas of 2020 (Statistics Sweden, measured)
  localities = { file = "localities.csv", districts = { { name = "Lund", number = 5 } } },
  rural = { code = "1281R", name = "Landsbygden kring", around = { "Lund", "Södra Sandby", "Dalby", "Veberöd", "Genarp", "Revingeby" } },

  -- ages.csv: derived from the nation of 2010 and Lund's deviation from the nation in 2025
  ages = { file = "ages.csv" },

  -- one-person households, care: as in maps/lund (the nation's of 2021; assumed)
  households = { one_person = 0.407 },
  care = { share_80 = 0.14, places = 60 },

  -- total: as many persons a dwelling as in 2019, 124 935 in 63 350 (derived). Shares of 2019, taken to have been so in 2010 (assumed): 31 % in small houses,
  -- 45 % rental, 31 % co-op, 24 % owned, a third of rentals for students (measured); that small houses are 77 % owned, 16 % co-op and 7 % rental, and
  -- how they lie between countryside, localities and town, is assumed, and chosen so that the four shares come out.
  -- in_use: as in maps/varnamo (the nation 2021)
  dwellings = {
    total = 56020, in_use = 0.956,
    tenure = { small_houses = { rental = 0.066, coop = 0.160, owner = 0.774 }, flats = { rental = 0.623, coop = 0.377 } },
    small_houses = { rural = 0.97, locality = 0.75, town = 0.15 },
    vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 },
    students = 0.33, seniors = 0.03,
  },

  -- assumed, as in maps/lund_2020; lakes: rough positions (Vombsjön drawn into the synthetic outline), synthetic shapes
  land = {
    arable = 0.62, forest = 0.14, reserves = 0.03, farmland_class = 8,
    lakes = {
      { name = "Krankesjön", x = 403900, y = 6174300, length = 2900, width = 1700, angle = 70 },
      { name = "Vombsjön", x = 409300, y = 6168200, length = 4700, width = 2300, angle = 10 },
    },
  },
  zoning = { fringe_m = 400, fringe_share = 0.5 },

  -- jobs: as many an inhabitant as maps/lund_2020 has (assumed); the others as there (assumed)
  work = {
    jobs = 63200, tertiary = 0.58, students = 0.40,
    outside = {
      { name = "Malmö", share = 0.150 }, { name = "Copenhagen", share = 0.025 }, { name = "Helsingborg", share = 0.025 },
      { name = "Landskrona", share = 0.015 }, { name = "elsewhere", share = 0.085 },
    },
  },
  queue = { share = 0.35, years = 5 }, -- assumed, as in maps/lund

  facilities = { fill = { "school", "preschool", "care_home" } }, -- assumed

  sources = {
    "Population 110 488 on 31 December 2010: Statistics Sweden, via https://www.citypopulation.de/en/sweden/admin/sk%c3%a5ne/1281__lund",
    "Localities 2010, populations: Statistics Sweden, via https://en.wikipedia.org/wiki/Lund_Municipality; points and areas of 2020 (CC0): https://github.com/borstell/swemapdata",
    "Area 439.91 km2, land 427.23 km2: https://en.wikipedia.org/wiki/Lund_Municipality",
    "Ages: nation 2010, Statistics Sweden, via https://github.com/StatisticsNZ/demdata; Lund 2025, Statistics Sweden (CC0), table TAB6574",
    "Dwellings and tenure 2019: https://lkf.inpublix.com/affarsplan-2024/lund-en-universitetsstad-med-ett-starkt-naringsliv/",
    "Outline, districts, land cover, zoning, facilities and jobs: synthetic.",
  },
}
