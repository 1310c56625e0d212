-- Sweden in small: a made-up municipality of 50 000 inhabitants with the nation's ages, households, tenures and moves, on
-- 31 December 2021. It is what `kedja validate` holds against figures that are published for the nation and not for a
-- place: a real municipality is older, younger, more or less mobile than the nation.
-- Real: shares of the nation, each with its source. Made up: the ground, the places, where homes, schools and jobs stand.
map {
  name = "sweden_like",
  title = { en = "Sweden in small 2021", sv = "Sverige i litet 2021", da = "Sverige i lille 2021" },
  country = "se",
  start = 2021,
  epsg = 3006,
  cell = 100,
  extent = { west = 414000, south = 6305000, east = 468000, north = 6354000 },

  -- No code of a real municipality: migration, births and deaths follow the nation's rows (row "other" of the tables).
  municipality = { code = "9999", name = "Sweden in small", county = "none", population = 50000, total_km2 = 1382, land_km2 = 1216 },

  -- 87 % live in localities of 200 inhabitants or more (Statistics Sweden 2020, from memory: assumed); sizes assumed
  localities = {
    { code = "9999T1", name = "Town", kind = "town", x = 441500, y = 6338500, area_ha = 1500, population = 29000, districts = 5 },
    { code = "9999T2", name = "Second town", kind = "locality", x = 455500, y = 6315500, area_ha = 420, population = 6500 },
    { code = "9999T3", name = "Third place", kind = "locality", x = 424500, y = 6340500, area_ha = 290, population = 3900 },
    { code = "9999T4", name = "Fourth place", kind = "locality", x = 452500, y = 6346500, area_ha = 190, population = 2100 },
    { code = "9999T5", name = "Fifth place", kind = "locality", x = 433500, y = 6315500, area_ha = 130, population = 1200 },
    { code = "9999T6", name = "Sixth place", kind = "locality", x = 464000, y = 6334500, area_ha = 90, population = 800 },
  },
  rural = { code = "9999R", name = "Countryside of", around = { "Town", "Second town", "Third place", "Fourth place", "Fifth place" } },

  -- ages: the nation's of 2021 (start_population_age.csv), since none are given
  households = { one_person = 0.407 }, -- nation 2021 (Statistics Sweden: measured)
  care = { share_80 = 0.14, places = 50 }, -- assumed

  -- Nation 2022 (Boverket: measured): 91 % of small houses are owned; flats 58 % rental, 42 % co-op; 5 % special dwellings, of
  -- which 112 444 for students: 6 % of rentals. 40 % of households live in owned small houses (Statistics Sweden, 2020), so 44 % in
  -- small houses; of all dwellings these are 41 %, but more flats than houses stand without a registered household. The three shares
  -- of small houses give 44 %.
  -- in_use: households a dwelling in the nation 2021, 4 831 811 of 5 096 007 (Statistics Sweden: derived), plus those for sale or to let
  dwellings = {
    total = 24500, in_use = 0.956,
    small_houses = { rural = 0.95, locality = 0.62, town = 0.245 },
    vacancy = { rental = 0.008, coop = 0.008, owner = 0.010 },
    students = 0.06, seniors = 0.04,
  },

  land = { arable = 0.06, forest = 0.68, reserves = 0.03, farmland_class = 3 }, -- nation: arable 6 %, forest 68 % (memory)
  zoning = { fringe_m = 400, fringe_share = 0.5 }, -- assumed

  -- nation: about as many jobs as employed residents; a third work in another municipality (assumed)
  work = {
    jobs = 24500, tertiary = 0.40, students = 0.28,
    outside = { { name = "next town", share = 0.10 }, { name = "elsewhere", share = 0.10 } },
  },
  queue = { share = 0.20, years = 5 }, -- assumed, as on the map of the whole country

  facilities = { fill = { "school", "preschool", "care_home" } }, -- assumed

  sources = {
    "Ages 2021, households 2021: Statistics Sweden (maps/countries/se/start_population_age.csv, start_household_kind.csv)",
    "Dwellings by kind and tenure 2022: https://www.boverket.se/sv/samhallsplanering/bostadsmarknad/bostadsbestandet/",
    "Households by tenure and kind of building 2020: https://www.scb.se/hitta-statistik/statistik-efter-amne/hushallens-ekonomi/inkomster-och-inkomstfordelning/hushallens-boende/pong/statistiknyhet/hushallens-boende-2020/",
    "Ground, places, land cover, zoning, facilities and jobs: made up.",
  },
}
