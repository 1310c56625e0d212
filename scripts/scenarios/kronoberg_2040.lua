-- Kronoberg to 2040: eight municipalities in one region, forecast, with what developers build where demand is; no named projects.
-- The map is imported from public data first: see maps/kronoberg/recipe.lua.

scenario {
  name = "kronoberg_2040",
  title = { en = "Kronoberg 2040", sv = "Kronoberg 2040", da = "Kronoberg 2040" },
  about = {
    en = "A county town and seven smaller municipalities between which households move: forecast by rates, jobs and free homes; "
      .. "denser centres, growing villages and protected farmland are switches.",
    sv = "En residensstad och sju mindre kommuner som hushåll flyttar mellan: prognos efter flyttningstal, jobb och lediga bostäder; "
      .. "tätare centrum, växande byar och skyddad jordbruksmark är val.",
    da = "En residensby og syv mindre kommuner, som husstande flytter imellem: prognose efter flyttetal, job og ledige boliger; "
      .. "tættere centrum, voksende landsbyer og beskyttet landbrugsjord er valg.",
  },
  map = "kronoberg",
  stop = 2040,
  seed = 1,
  set = { ["demography.county_on_map"] = 1 }, -- the county is whole: its inner moves are the market's
  policies = {
    { "densify", enabled = false, max_far = 1.2, distance = 1500 },
    { "grow_villages", enabled = false },
    { "protect_farmland", enabled = false, min_class = 3 },
    { "protect_green", enabled = false },
    { "senior_housing", enabled = false },
  },
}
