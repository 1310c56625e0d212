-- Värnamo municipality (0683), Jönköping county, Sweden, on 31 December 2020.
-- Real: place, size and population of the municipality and of its localities. Derived or assumed: see each line.
-- Synthetic: the outline, the districts of the town, land cover, zoning, where homes, schools and jobs stand.
map {
  name = "varnamo",
  title = { en = "Värnamo 2020", sv = "Värnamo 2020", da = "Värnamo 2020" },
  country = "se",
  names = "sv",
  start = 2020,
  epsg = 3006,
  cell = 100,
  extent = { west = 414000, south = 6305000, east = 468000, north = 6354000 },

  -- population: https://värnamo.nu/nyheter/nu-bor-det-34-530-personer-varnamo/ (measured)
  -- land_km2, total_km2: Värnamo Municipality in the English Wikipedia, 2019 (measured)
  municipality = { code = "0683", name = "Värnamo", county = "Jönköping", population = 34530, total_km2 = 1382.41, land_km2 = 1216.17 },

  -- localities.csv: points, areas and populations of 2020 (Statistics Sweden, measured)
  localities = { file = "localities.csv", districts = { { name = "Värnamo", number = 5 } } },
  rural = { code = "0683R", name = "Landsbygden kring", around = { "Värnamo", "Rydaholm", "Bredaryd", "Forsheda", "Bor", "Hånger" } },

  -- ages.csv: derived from the municipality's classes of 2010, the nation of 2021 and 22 % aged 65 and over
  ages = { file = "ages.csv" },

  -- one-person households: https://sverigestatistik.se/compare/habo-vs-varnamo (measured, latest)
  households = { one_person = 0.386 },
  -- assumed: 14 % of persons of 80 and over live in care homes, of 50 places
  care = { share_80 = 0.14, places = 50 },

  -- total: about 16 500 in 2022, recalled without a document (assumed); 55-58 % small houses (assumed), which the three shares give.
  -- in_use: households a dwelling in the nation 2021, 4 831 811 of 5 096 007 (Statistics Sweden: derived), plus those for sale or to let
  -- vacancy: rental 0.8 % (public housing, Sweden 2013, sabo.se: measured); co-op and owner assumed
  dwellings = {
    total = 16500, in_use = 0.956,
    small_houses = { rural = 0.97, locality = 0.74, town = 0.36 },
    vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 },
    seniors = 0.04,
  },

  -- arable 8 % of land, forest 65-70 % (assumed). Lakes and river: rough positions, synthetic shapes; `kedja import` of this
  -- recipe takes the real ones from GSHHG instead (program gmt, package gmt-gshhg-full), the smaller lakes stay synthetic.
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

  -- assumed: a job centre with somewhat more jobs than employed residents; the places that people commute to are real, the shares are not known
  work = {
    jobs = 18800, tertiary = 0.30, students = 0.28, -- students: what the enrolment of the nation leads to among those who stay
    outside = {
      { name = "Gnosjö", share = 0.045 }, { name = "Ljungby", share = 0.020 }, { name = "Gislaved", share = 0.030 },
      { name = "Vaggeryd", share = 0.020 }, { name = "Jönköping", share = 0.025 }, { name = "elsewhere", share = 0.030 },
    },
  },
  queue = { share = 0.15, years = 3 }, -- assumed

  -- assumed: schools F-9, preschools and care homes by the number of children and old people of each place
  facilities = { fill = { "school", "preschool", "care_home" } },

  sources = {
    "Population 34 530 on 31 December 2020: https://xn--vrnamo-bua.nu/nyheter/nu-bor-det-34-530-personer-varnamo/",
    "Localities 2020, points, areas and populations: Statistics Sweden (CC0), via https://github.com/borstell/swemapdata",
    "Area 1 382.41 km2, land 1 216.17 km2: https://en.wikipedia.org/wiki/V%C3%A4rnamo_Municipality",
    "Age classes 2010: https://www.yumpu.com/sv/document/view/20190825/lanets-kommuner-jonkopings-kommun; 65+ 22 %: https://xn--vrnamo-bua.nu/nyheter/varnamo-vantas-vaxa-36-000-invanare-ar-2040/",
    "One-person households 38.6 %: https://sverigestatistik.se/compare/habo-vs-varnamo",
    "Tenure by kind of dwelling (nation): https://www.boverket.se/sv/samhallsplanering/bostadsmarknad/bostadsbestandet/",
    "Outline, districts, land cover, zoning, facilities and jobs: synthetic.",
  },
}
