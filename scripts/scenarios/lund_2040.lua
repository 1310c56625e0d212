-- Lund to 2040, forecast: people come as far as there are homes. Demand is high and homes hold it back.
-- The municipality's building programme is on; the other shipped policies are switches:
-- kedja run lund_2040 --map FOLDER --set densify.enabled=true --set protect_farmland.enabled=true
-- The map is imported from public data first: see maps/lund/recipe.lua.

scenario {
  name = "lund_2040",
  title = { en = "Lund 2040", sv = "Lund 2040", da = "Lund 2040" },
  about = {
    en = "A city that grows as fast as it builds: forecast by rates, jobs and free homes, with the "
      .. "municipality's building programme; denser centres and protected farmland are switches.",
    sv = "En stad som växer så fort den bygger: prognos efter flyttningstal, jobb och lediga bostäder, med kommunens "
      .. "bostadsbyggnadsprogram; tätare centrum och skyddad jordbruksmark är val.",
    da = "En by, der vokser så hurtigt, som den bygger: prognose efter flyttetal, job og ledige boliger, med kommunens "
      .. "boligbyggeprogram; tættere centrum og beskyttet landbrugsjord er valg.",
  },
  map = "lund",
  stop = 2040,
  seed = 1,
  policies = {
    "building_programme",
    { "densify", enabled = false, max_far = 1.4, distance = 1500 }, -- from 1.5 on, garages make most flats too dear
    { "protect_farmland", enabled = false, min_class = 8 },
    { "protect_green", enabled = false },
    { "senior_housing", enabled = false },
    { "new_school", enabled = false, year = 2030 },
  },
}
