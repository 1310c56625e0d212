-- Lund municipality (1281), Skåne county, Sweden, on 31 December 2025: 76 statistical areas (DeSO 2025).
-- Real: polygons, population by age and sex, dwellings by tenure, income, the schools of the register.
-- Synthetic: land cover, zoning, single years of age, households, jobs, the schools and preschools that are missing.
--
-- The files are not part of Kedja. Download from Statistics Sweden (CC0) and the school register of Skolverket:
--   DeSO 2025 boundaries       https://www.scb.se/vara-tjanster/oppna-data/oppna-geodata/deso--demografiska-statistikomraden/
--   population, tenure, income  https://www.statistikdatabasen.scb.se (tables TAB6574, TAB6638, TAB6684 of PxWebApi v2)
--   school units                https://www.skolverket.se/skolutveckling/statistik
-- or from https://github.com/real-estate-war-lord/am-dashboard-se (data/processed), which has them joined, and name the
-- columns as below. Boundaries inland of the coast only; credit "Källa: SCB; © OpenStreetMap contributors".
map {
  name = "lund",
  title = { en = "Lund 2025", sv = "Lund 2025", da = "Lund 2025" },
  country = "se",
  names = "sv",
  start = 2025,
  epsg = 3006,
  cell = 100,
  municipality = { code = "1281", name = "Lund", county = "Skåne" },

  areas = {
    file = "lund_deso2025_epsg3006.gpkg",
    layer = "deso2025",
    code = "deso",
    name = "deso",
    population = "pop2025",
    kind = { column = "type", rural = "A", locality = "B", town = "C" },
    tenure = { rental = "dw_rented", coop = "dw_coop", owner = "dw_owned", unknown = "dw_unknown" },
    -- median disposable income, thousand SEK 2024, taken as income a consumption unit (assumed)
    income = { column = "median_income_tkr_2024", factor = 1000 },
    ages = {
      female = "f_", male = "m_",
      classes = {
        { column = "0_4", from = 0 }, { column = "5_9", from = 5 }, { column = "10_14", from = 10 }, { column = "15_19", from = 15 },
        { column = "20_24", from = 20 }, { column = "25_29", from = 25 }, { column = "30_34", from = 30 }, { column = "35_39", from = 35 },
        { column = "40_44", from = 40 }, { column = "45_49", from = 45 }, { column = "50_54", from = 50 }, { column = "55_59", from = 55 },
        { column = "60_64", from = 60 }, { column = "65_69", from = 65 }, { column = "70_74", from = 70 }, { column = "75_79", from = 75 },
        { column = "80p", from = 80 },
      },
    },
  },

  -- the nation's 40.7 % (Statistics Sweden 2021); 1.9 persons a dwelling in the source ask for more, see the report
  households = { one_person = 0.407 },
  care = { share_80 = 0.14, places = 60 }, -- assumed
  -- a third of the rentals are student homes: https://lkf.inpublix.com/affarsplan-2024/lund-en-universitetsstad-med-ett-starkt-naringsliv/ (measured, 2019)
  dwellings = { vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 }, students = 0.33, seniors = 0.03 },

  -- assumed: the plain of Skåne, fields on most land outside the towns, little water
  land = { arable = 0.62, forest = 0.14, reserves = 0.03, farmland_class = 8 },
  zoning = { fringe_m = 400, fringe_share = 0.5 },

  -- assumed: a university town, more jobs than employed residents; shares of those who commute out not known
  work = {
    jobs = 76000, tertiary = 0.58, students = 0.40,
    outside = {
      { name = "Malmö", share = 0.150 }, { name = "Copenhagen", share = 0.025 }, { name = "Helsingborg", share = 0.025 },
      { name = "Landskrona", share = 0.015 }, { name = "elsewhere", share = 0.085 },
    },
  },
  -- LKF: 79 000 registered, residents and others (https://lkf.inpublix.com/affarsplan-2024/bostadsmarknad/); the share of residents is assumed
  queue = { share = 0.35, years = 5 },

  facilities = {
    -- the register's 23rd school, whose coordinate is wrong (below): it stands in Veberöd (Skolgatan), here in the middle of the place (assumed)
    { kind = "school", name = "Svaleboskolan", x = 405537, y = 6166030, places = 798, from_grade = "F", to_grade = "9" },
    file = {
      file = "lund_schools_year9.csv", kind = "school", name = "name", x = "x_3006", y = "y_3006", epsg = 3006,
      places = "pupils_2025_26", places_factor = 1.05, -- places are not in the register: pupils plus 5 % (assumed)
      from_grade = "F", to_grade = "9",
      independent = { column = "principal", value = "independent" },
      exclude = {
        column = "school_code", values = { "27508103" },
        reason = "Svaleboskolan in Veberöd: the register's coordinate lies in Eslöv, outside the municipality; it stands above",
      },
    },
    fill = { "school", "preschool", "care_home" },
  },

  needs = "lund_deso2025_epsg3006.gpkg and lund_schools_year9.csv (where to download them: maps/lund/recipe.lua)",
  import = "kedja import lund --data FOLDER --out out/maps/lund",

  sources = {
    "Areas, population by age and sex, dwellings by tenure, income: Statistics Sweden (CC0), DeSO 2025, tables TAB6574, TAB6638, TAB6684; boundaries also © OpenStreetMap contributors",
    "Schools: register of Skolverket, 2025/26",
    "Student homes, a third of the rentals: https://lkf.inpublix.com/affarsplan-2024/lund-en-universitetsstad-med-ett-starkt-naringsliv/",
    "Land cover, zoning, jobs, preschools, care homes and the schools without year 9: synthetic.",
  },
}
