-- Lund to 2040, forecast: people come as far as there are homes. Demand is high and homes hold it back.
-- The map is imported from public data first: see maps/lund/recipe.lua.

scenario {
  name = "lund_2040",
  title = { en = "Lund 2040", sv = "Lund 2040", da = "Lund 2040" },
  about = {
    en = "A city that grows as fast as it builds: forecast by rates, jobs and free homes, with the fields around it protected.",
    sv = "En stad som växer så fort den bygger: prognos efter flyttningstal, jobb och lediga bostäder, med skyddad åkermark runt om.",
    da = "En by, der vokser så hurtigt, som den bygger: prognose efter flyttetal, job og ledige boliger, med beskyttet landbrugsjord omkring.",
  },
  map = "lund",
  stop = 2040,
  seed = 1,
  policies = {
    { "densify", max_far = 1.6, distance = 1500 },
    { "protect_farmland", min_class = 8 },
    { "protect_green", enabled = false },
    { "senior_housing", enabled = false },
    { "new_school", enabled = false, year = 2030 },
  },
}
