-- Lund municipality (1281), Skåne county, Sweden, on 31 December 2020: 36 neighbourhoods (RegSO). The start of the hindcast of
-- people by area, 2020 to 2023 and 2025 (docs/hindcast_lund.md).
-- Real: outlines, population and dwellings by tenure of 2020, the schools of the register (of 2025).
-- Derived: age and sex, the shares of each neighbourhood in 2025 scaled to its people of 2020 (no figures of 2020 by age are at
-- hand): the one thing in this start that knows of later years. Income: of 2024, weighted by people.
-- Synthetic: as in maps/lund.
--
-- The files are not part of Kedja. Statistics Sweden (CC0), which can be had joined from
--   areas of 2025      https://github.com/real-estate-war-lord/am-dashboard-se (data/processed), see maps/lund/recipe.lua
--   panel 2020-2023    https://github.com/Mumbokatten/diversity_renovation_study (data/deso_demographics: population, tenure)
-- Two commands build the map:
--   maps/lund_2020/prepare.sh FOLDER_OF_DESO FOLDER_OF_PANEL out/lund_2020_data
--   kedja import maps/lund_2020/recipe.lua --data out/lund_2020_data --out out/maps/lund_2020
map {
  name = "lund_2020",
  title = { en = "Lund 2020", sv = "Lund 2020", da = "Lund 2020" },
  country = "se",
  names = "sv",
  start = 2020,
  epsg = 3006,
  cell = 100,
  municipality = { code = "1281", name = "Lund", county = "Skåne" },

  areas = {
    file = "lund_regso_2020.gpkg",
    layer = "regso",
    code = "code",
    name = "name",
    population = "pop2020",
    kind = { column = "type", rural = "A", locality = "B", town = "C" },
    tenure = { rental = "dw_rented", coop = "dw_coop", owner = "dw_owned", unknown = "dw_unknown" },
    income = { column = "income_tkr", factor = 1000 },
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

  -- all as in maps/lund, where the sources stand
  households = { one_person = 0.407 },
  care = { share_80 = 0.14, places = 60 }, -- assumed
  dwellings = { vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 }, students = 0.33, seniors = 0.03 },
  land = { arable = 0.62, forest = 0.14, reserves = 0.03, farmland_class = 8 },
  zoning = { fringe_m = 400, fringe_share = 0.5 },
  work = {
    jobs = 72000, tertiary = 0.58, students = 0.40, -- jobs: those of maps/lund to the inhabitants of 2020 (assumed)
    outside = {
      { name = "Malmö", share = 0.150 }, { name = "Copenhagen", share = 0.025 }, { name = "Helsingborg", share = 0.025 },
      { name = "Landskrona", share = 0.015 }, { name = "elsewhere", share = 0.085 },
    },
  },
  queue = { share = 0.35, years = 5 },

  facilities = {
    -- the register's 23rd school, whose coordinate is wrong (below): it stands in Veberöd (Skolgatan), here in the middle of the place (assumed)
    { kind = "school", name = "Svaleboskolan", x = 405537, y = 6166030, places = 798, from_grade = "F", to_grade = "9" },
    file = {
      file = "lund_schools_year9.csv", kind = "school", name = "name", x = "x_3006", y = "y_3006", epsg = 3006,
      places = "pupils_2025_26", places_factor = 1.05,
      from_grade = "F", to_grade = "9",
      independent = { column = "principal", value = "independent" },
      exclude = {
        column = "school_code", values = { "27508103" },
        reason = "Svaleboskolan in Veberöd: the register's coordinate lies in Eslöv, outside the municipality; it stands above",
      },
    },
    fill = { "school", "preschool", "care_home" },
  },

  needs = "lund_regso_2020.gpkg and lund_schools_year9.csv (made by maps/lund_2020/prepare.sh)",
  import = "kedja import lund_2020 --data FOLDER --out out/maps/lund_2020",

  sources = {
    "Areas: Statistics Sweden (CC0), DeSO 2025 joined to RegSO; boundaries also © OpenStreetMap contributors",
    "Population and dwellings by tenure 2020: Statistics Sweden (CC0), RegSO",
    "Age, sex and income: Statistics Sweden (CC0), DeSO 2025, tables TAB6574 and TAB6684, scaled to 2020 by neighbourhood",
    "Schools: register of Skolverket, 2025/26",
    "Land cover, zoning, jobs, preschools, care homes and the schools without year 9: synthetic.",
  },
}
