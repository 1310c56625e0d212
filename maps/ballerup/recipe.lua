-- Ballerup kommune (151), Region Hovedstaden, Denmark, at the turn of 2020 (the state stands on 31 December 2020).
-- Real: place of the towns, population of the municipality. Assumed or from memory: see each line.
-- Synthetic: the outline, the districts of the towns, land cover, zoning, where homes, schools and jobs stand.
-- Money is in SEK as everywhere in Kedja; Danish tables: maps/countries/dk.
map {
  name = "ballerup",
  title = { en = "Ballerup 2020", sv = "Ballerup 2020", da = "Ballerup 2020" },
  country = "dk",
  names = "da",
  start = 2020,
  epsg = 25832, -- UTM 32N on ETRS89
  cell = 100,
  extent = { west = 703000, south = 6175000, east = 719000, north = 6191000 },

  -- population: https://www.sn.dk/ballerup-kommune/tusindvis-af-nye-ballerup-borgere-de-kommende-aar/ (49 274, about 2020: measured)
  -- total_km2: 34.1 from memory; land_km2: assumed, hardly any water
  municipality = { code = "151", name = "Ballerup", county = "Hovedstaden", population = 49274, total_km2 = 34.1, land_km2 = 33.8 },

  -- points from a map, real; areas and populations assumed (the national statistics count all of it as Copenhagen's urban area)
  localities = {
    { code = "151-B", name = "Ballerup", kind = "town", x = 711170, y = 6181340, area_ha = 1050, population = 26400, districts = 5 },
    { code = "151-S", name = "Skovlunde", kind = "town", x = 713640, y = 6180490, area_ha = 520, population = 12300, districts = 3 },
    { code = "151-M", name = "Måløv", kind = "locality", x = 708300, y = 6183130, area_ha = 430, population = 9300 },
    { code = "151-J", name = "Jonstrup", kind = "locality", x = 712710, y = 6184130, area_ha = 40, population = 500 },
  },
  rural = { code = "151R", name = "Landet omkring", around = { "Ballerup", "Måløv" } },

  -- ages: those of Denmark in 2020 (maps/countries/dk/start_population_age.csv), no local table at hand
  households = { one_person = 0.39 }, -- assumed, near the nation's
  care = { share_80 = 0.09, places = 60 }, -- 9 % of persons of 80 and over: https://datawrapper.dwcdn.net/8bT50/2/ (measured); size assumed

  -- total: 2.1 persons a dwelling, Denmark 2020 (https://www.dst.dk/da/Statistik/nyt/NytHtml?cid=30704: derived)
  -- tenures: rental = almen (those for students and seniors among them), private = private rental, coop = andel, owner = ejer, house or flat.
  -- Almen: 12 572 homes in 2020 (https://ballerupbladet.dk/node/59435: measured), 53.6 % of the homes here. The others by the nation's shares of
  -- 2021 (owned 48.8, private rental 21.9, andel 6.9 %: https://www.danskboligforsikring.dk/stats/boligbestanden-fra-aar-2000-se-tallet-for-din-kommune/):
  -- owned 29.2, private rental 13.1, andel 4.1 % (derived, no table of Ballerup at hand). How each is shared between small houses (51.8 % of the homes)
  -- and flats: assumed
  dwellings = {
    total = 23464, in_use = 1.0,
    small_houses = { rural = 0.97, locality = 0.75, town = 0.45 },
    tenure = {
      small_houses = { rental = 0.415, coop = 0.044, owner = 0.473, private = 0.068 },
      flats = { rental = 0.666, coop = 0.037, owner = 0.098, private = 0.199 },
    },
    vacancy = { rental = 0.005, coop = 0.010, owner = 0.010 }, -- assumed
    students = 0.02, seniors = 0.06,                            -- assumed
  },

  land = { -- assumed: fields in the north and west, little forest
    arable = 0.22, forest = 0.08, reserves = 0.10, farmland_class = 7,
    lakes = { { name = "Harrestrup Mose", x = 714300, y = 6178900, length = 500, width = 250, angle = 60 } },
    shores = "gshhg",
  },
  zoning = { fringe_m = 300, fringe_share = 0.4 }, -- assumed

  -- assumed: an industrial suburb of Copenhagen with more jobs than employed residents
  work = {
    jobs = 43000, tertiary = 0.32, students = 0.30,
    outside = {
      { name = "Copenhagen", share = 0.30 }, { name = "Herlev and Gladsaxe", share = 0.10 }, { name = "Egedal and Furesø", share = 0.05 },
      { name = "elsewhere", share = 0.15 },
    },
  },
  queue = { share = 0.25, years = 5 }, -- assumed: waiting lists of the almen housing associations

  -- assumed: schools 0-9, day care and care homes by the number of children and old people of each place
  facilities = { fill = { "school", "preschool", "care_home" } },

  sources = {
    "Population 49 274 about 2020: https://www.sn.dk/ballerup-kommune/tusindvis-af-nye-ballerup-borgere-de-kommende-aar/",
    "Population 48 295 in 2018, migration 2008-17: https://trap.lex.dk/Ballerup_Kommunes_befolkning_og_boliger",
    "Persons a dwelling 2.1: https://www.dst.dk/da/Statistik/nyt/NytHtml?cid=30704; care homes 9 % of 80+: https://datawrapper.dwcdn.net/8bT50/2/",
    "Ages, births, deaths: UN World Population Prospects, Denmark (CC BY 3.0 IGO)",
    "Almen homes 12 572 in 2020: https://ballerupbladet.dk/node/59435; other tenures by the nation's shares: " ..
      "https://www.danskboligforsikring.dk/stats/boligbestanden-fra-aar-2000-se-tallet-for-din-kommune/",
    "Areas and populations of the towns, jobs: assumed. Outline, land cover, zoning, facilities: synthetic.",
  },
}
