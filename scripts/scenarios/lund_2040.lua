-- Lund to 2040, forecast: people come as far as there are homes. Demand is high and homes hold it back.
-- The map is imported from public data first: see maps/lund/recipe.lua.

scenario {
  name = "lund_2040",
  title = { en = "Lund 2040", sv = "Lund 2040", da = "Lund 2040" },
  about = {
    en = "A city that grows as fast as it builds: forecast by rates, jobs and free homes, with the municipality's building programme.",
    sv = "En stad som växer så fort den bygger: prognos efter flyttningstal, jobb och lediga bostäder, med kommunens byggprogram.",
    da = "En by, der vokser så hurtigt, som den bygger: prognose efter flyttetal, job og ledige boliger, med kommunens byggeprogram.",
  },
  map = "lund",
  stop = 2040,
  seed = 1,
  policies = {
    "building_programme",
    { "densify", enabled = false, max_far = 1.6, distance = 1500 },
    { "protect_farmland", enabled = false, min_class = 8 },
    { "protect_green", enabled = false },
    { "senior_housing", enabled = false },
    { "new_school", enabled = false, year = 2030 },
  },
}
