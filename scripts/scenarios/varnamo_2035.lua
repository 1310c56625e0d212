-- Värnamo towards its vision: 40 000 inhabitants in 2035 (set by the municipality in 2016:
-- https://varnamo.se/startsidan/nyheter-fran-varnamo-kommun/nyheter-startsida/2016-08-17-fler-och-fler-blir-varnamobor.html).
-- The run says what that demands each year, beside the history: about 190 more people a year in 2010-19, none since.
-- Shipped policies are switches: kedja run varnamo_2035 --set densify.enabled=true --set protect_farmland.enabled=true

scenario {
  name = "varnamo_2035",
  title = {
    en = "Värnamo 2035: 40,000 inhabitants",
    sv = "Värnamo 2035: 40 000 invånare",
    da = "Värnamo 2035: 40.000 indbyggere",
  },
  about = {
    en = "What the municipality's vision demands in homes, in-migrants, jobs and school places, with the "
      .. "municipality's housing programme; denser centres and protected farmland are switches.",
    sv = "Vad kommunens vision kräver i bostäder, inflyttare, jobb och skolplatser, med kommunens "
      .. "bostadsbyggnadsprogram; tätare centrum och skyddad jordbruksmark är val.",
    da = "Hvad kommunens vision kræver af boliger, tilflyttere, job og skolepladser, med kommunens "
      .. "boligbyggeprogram; tættere centrum og beskyttet landbrugsjord er valg.",
  },
  map = "varnamo",
  stop = 2035,
  seed = 1,
  policies = {
    "building_programme",
    { "densify", enabled = false, max_far = 1.2, distance = 1500 },
    { "protect_farmland", enabled = false, min_class = 2 }, -- fields here are of classes 1 to 5
    { "protect_green", enabled = false },
    { "grow_villages", enabled = false },
    { "senior_housing", enabled = false },
    { "new_school", enabled = false, year = 2028 },
  },
  set = {
    ["demography.vision_population"] = 40000,
    ["demography.vision_year"] = 2035,
  },
}
