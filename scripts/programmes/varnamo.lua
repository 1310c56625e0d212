-- Named housing projects of Värnamo municipality. The names of the plan areas are real: proposal for the municipality's
-- housing plan 2016-2020 (http://docplayer.se/17219771-Forslag-till-bostadsforsorjningsplan-for-perioden-2016-2020.html).
-- That source gives no numbers that could be read, so numbers, tenures, years and the places inside the town are ASSUMED:
-- together about 85 homes a year, near what was built before. Projects in villages lie at the village's centre.
-- Coordinates: SWEREF 99 TM, metres. Tenure of flats about 58 % rental, 42 % co-op; small houses are owned.

programme {
  { name = "Ekenhaga/Gröndal 1", x = 440500, y = 6339450, owner = 45, coop = 15, rental = 20, small_houses = 60, start = 2021, months = 24 },
  { name = "Centrum västra", x = 441350, y = 6338950, rental = 60, coop = 45, start = 2021, months = 30 },
  { name = "Helmershus 1", x = 442750, y = 6338100, owner = 40, small_houses = 40, start = 2022, months = 18 },
  { name = "Bredaryd", area = "Bredaryd", owner = 10, rental = 12, small_houses = 10, start = 2022, months = 18 },
  { name = "Sjukhusområdet", x = 442300, y = 6339500, rental = 55, coop = 40, senior = 30, start = 2023, months = 30 },
  { name = "Forsheda", area = "Forsheda", owner = 10, rental = 12, small_houses = 10, start = 2023, months = 18 },
  { name = "Centrum östra", x = 441950, y = 6339050, rental = 55, coop = 60, start = 2024, months = 30 },
  { name = "Nylund", x = 441250, y = 6337800, rental = 30, coop = 25, owner = 15, small_houses = 15, start = 2025, months = 24 },
  { name = "Rydaholm", area = "Rydaholm", owner = 12, rental = 12, small_houses = 12, start = 2025, months = 18 },
  { name = "Ekenhaga/Gröndal 2", x = 440300, y = 6339700, owner = 50, coop = 20, rental = 20, small_houses = 70, start = 2026, months = 24 },
  { name = "Norra", x = 441900, y = 6340200, rental = 40, coop = 35, owner = 20, small_houses = 20, start = 2027, months = 30 },
  { name = "Bor", area = "Bor", owner = 10, rental = 10, small_houses = 10, start = 2027, months = 18 },
  { name = "Helmershus 2", x = 442950, y = 6337900, owner = 50, coop = 20, small_houses = 70, start = 2028, months = 24 },
  { name = "Nöbbele", x = 440900, y = 6337300, owner = 40, rental = 20, small_houses = 40, start = 2029, months = 24 },
  { name = "Åminne", area = "Åminne", owner = 10, small_houses = 10, start = 2029, months = 18 },
  { name = "Sjukhusområdet 2", x = 442400, y = 6339650, rental = 50, coop = 40, start = 2030, months = 30 },
  { name = "Nylund 2", x = 441150, y = 6337650, rental = 35, coop = 30, owner = 20, small_houses = 20, start = 2032, months = 24 },
}
