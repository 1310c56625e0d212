-- A world small enough to check by hand: 20 x 20 cells of 100 m, a town, a village and their countryside, 600 persons.
-- Nothing in it is real; the figures are chosen, not measured.
map {
  name = "toy",
  title = { en = "Toy world", sv = "Leksaksvärlden", da = "Legetøjsverdenen" },
  country = "se",
  start = 2020,
  epsg = 3006,
  cell = 100,
  extent = { west = 500000, south = 6300000, east = 502000, north = 6302000 },
  fill_extent = true,
  municipality = { code = "T001", name = "Toyville", county = "Toyshire", population = 600, total_km2 = 4.0, land_km2 = 3.8 },
  localities = {
    { code = "T1", name = "Town", kind = "town", x = 501350, y = 6301350, area_ha = 50, population = 400 },
    { code = "T2", name = "Village", kind = "locality", x = 500450, y = 6300450, area_ha = 20, population = 140 },
  },
  rural = { code = "TR", name = "Countryside of", around = { "Town" } },
  households = { one_person = 0.40 },
  care = { share_80 = 0.14 },
  dwellings = { total = 280, small_houses = { rural = 1.0, locality = 0.75, town = 0.35 }, vacancy = { rental = 0.02, coop = 0.02, owner = 0.02 }, seniors = 0.08 },
  land = {
    arable = 0.25, forest = 0.35, reserves = 0.05, farmland_class = 5,
    lakes = { { name = "Long lake", x = 500350, y = 6301500, length = 900, width = 300, angle = 20 } },
  },
  zoning = { fringe_m = 200, fringe_share = 0.5 },
  work = { jobs = 320, tertiary = 0.35, students = 0.2, outside = { { name = "Next town", share = 0.20 } } },
  queue = { share = 0.2, years = 3 },
  facilities = {
    { kind = "school", name = "Town school", x = 501250, y = 6301250, places = 90, from_grade = "F", to_grade = "9" },
    { kind = "preschool", name = "Town preschool", x = 501450, y = 6301450, places = 30 },
    { kind = "preschool", name = "Village preschool", x = 500450, y = 6300450, places = 12 },
    { kind = "care_home", name = "Care home", x = 501350, y = 6301250, places = 12 },
    { kind = "health_centre", name = "Health centre", x = 501350, y = 6301350, places = 0 },
  },
  projects = {
    { name = "Station block", x = 501550, y = 6301250, rental = 8, coop = 8, start = 2022, completion = 2024, stage = "permitted" },
    { name = "Orchard", x = 500650, y = 6300650, owner = 6, small_houses = 6, start = 2023, completion = 2025 },
  },
  sources = { "Toy world: every figure is chosen, none is measured." },
}
