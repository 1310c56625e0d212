-- Värnamo municipality (0683), Jönköping county, Sweden, on 31 December 2010: the start of a hindcast of its population to 2020 (row P2 of targets.csv).
-- Real: place, size and population of the municipality and of its localities, people by age class. Derived or assumed: see each line; what is not
-- of 2010 says so. Synthetic: as in maps/varnamo.
map {
  name = "varnamo_2010",
  title = { en = "Värnamo 2010", sv = "Värnamo 2010", da = "Värnamo 2010" },
  country = "se",
  names = "sv",
  start = 2010,
  epsg = 3006,
  cell = 100,
  extent = { west = 414000, south = 6305000, east = 468000, north = 6354000 },

  -- population: 2010 (measured); land_km2, total_km2: of 2019 (measured), as in maps/varnamo
  municipality = { code = "0683", name = "Värnamo", county = "Jönköping", population = 32833, total_km2 = 1382.41, land_km2 = 1216.17 },

  -- localities.csv: populations of 2010, points and areas of 2020 (Statistics Sweden, measured)
  localities = { file = "localities.csv", districts = { { name = "Värnamo", number = 5 } } },
  rural = { code = "0683R", name = "Landsbygden kring", around = { "Värnamo", "Rydaholm", "Bredaryd", "Forsheda", "Bor", "Hånger" } },

  -- ages.csv: the municipality's counts of 2010 in seven classes (measured), within them as the county in 2010 (derived)
  ages = { file = "ages.csv" },

  -- one-person households: of about 2022, as in maps/varnamo (that it was so in 2010 is assumed)
  households = { one_person = 0.386 },
  -- assumed, as in maps/varnamo
  care = { share_80 = 0.14, places = 50 },

  -- total: as many persons a dwelling as maps/varnamo has in 2020 (assumed); all else as there
  dwellings = {
    total = 15690, in_use = 0.956,
    small_houses = { rural = 0.97, locality = 0.74, town = 0.36 },
    vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 },
    seniors = 0.04,
  },

  -- as in maps/varnamo: shares assumed, lakes and river of synthetic shape
  land = {
    shores = "gshhg",
    arable = 0.08, forest = 0.68, reserves = 0.03, farmland_class = 3,
    lakes = {
      { name = "Vidöstern", x = 441500, y = 6325500, length = 17000, width = 2600, angle = 8 },
      { name = "Bolmen", x = 424500, y = 6326500, length = 15000, width = 5500, angle = 20 },
      { name = "Furen", x = 459500, y = 6325500, length = 9000, width = 2000, angle = 10 },
      { name = "Flåren", x = 448500, y = 6322500, length = 9000, width = 2400, angle = 30 },
      { name = "Hindsen", x = 447500, y = 6341500, length = 6000, width = 2200, angle = 35 },
    },
    river = { { 443600, 6353500 }, { 442600, 6347500 }, { 441900, 6342500 }, { 441300, 6339200 }, { 441000, 6336200 }, { 441300, 6334000 } },
  },
  zoning = { fringe_m = 400, fringe_share = 0.5 },

  -- jobs: as many an inhabitant as maps/varnamo has in 2020 (assumed); where residents commute to: as there (assumed)
  work = {
    jobs = 17880, tertiary = 0.30, students = 0.28, -- students: what the enrolment of the nation leads to among those who stay
    outside = {
      { name = "Gnosjö", share = 0.045 }, { name = "Ljungby", share = 0.020 }, { name = "Gislaved", share = 0.030 },
      { name = "Vaggeryd", share = 0.020 }, { name = "Jönköping", share = 0.025 }, { name = "elsewhere", share = 0.030 },
    },
  },
  queue = { share = 0.15, years = 3 }, -- assumed, as in maps/varnamo

  facilities = { fill = { "school", "preschool", "care_home" } }, -- assumed

  sources = {
    "Population 32 833 and age classes on 31 December 2010: https://www.yumpu.com/sv/document/view/20190825/lanets-kommuner-jonkopings-kommun",
    "Localities 2010, populations: Statistics Sweden, via https://en.wikipedia.org/wiki/V%C3%A4rnamo_Municipality; points and areas of 2020 (CC0): https://github.com/borstell/swemapdata",
    "Ages within the classes, Jönköping county 2010: Statistics Sweden, via https://github.com/StatisticsNZ/demdata",
    "Area 1 382.41 km2, land 1 216.17 km2: https://en.wikipedia.org/wiki/V%C3%A4rnamo_Municipality",
    "One-person households 38.6 % (about 2022): https://sverigestatistik.se/compare/habo-vs-varnamo",
    "Tenure by kind of dwelling (nation): https://www.boverket.se/sv/samhallsplanering/bostadsmarknad/bostadsbestandet/",
    "Outline, districts, land cover, zoning, facilities and jobs: synthetic.",
  },
}
