-- Ballerup towards 2035: the municipality expected 55 346 inhabitants in 2026, the national office 51 000 in 2045
-- (https://www.sn.dk/ballerup-kommune/tusindvis-af-nye-ballerup-borgere-de-kommende-aar/ and
-- https://trap.lex.dk/Ballerup_Kommunes_befolkning_og_boliger). The run says what follows from homes and rates.

scenario {
  name = "ballerup_2035",
  title = {
    en = "Ballerup 2035: homes along the light rail",
    sv = "Ballerup 2035: bostäder längs spårvägen",
    da = "Ballerup 2035: boliger langs letbanen",
  },
  about = {
    en = "How Ballerup changes with Danish rates and lending; denser centres, protected farmland and more almen homes are switches.",
    sv = "Hur Ballerup förändras med danska tal och lån; tätare centrum, skyddad jordbruksmark och fler allmennyttiga bostäder är val.",
    da = "Hvordan Ballerup ændrer sig med danske rater og lån; tættere centrum, beskyttet landbrugsjord og flere almene boliger er valg.",
  },
  map = "ballerup",
  stop = 2035,
  seed = 1,
  policies = {
    { "densify", enabled = false, max_far = 1.5, distance = 1000 },
    { "protect_farmland", enabled = false, min_class = 5 },
    { "protect_green", enabled = false },
    { "senior_housing", enabled = false },
    { "new_school", enabled = false, year = 2028 },
  },
  set = {
    ["schools.mode"] = 8, -- every child has a right to the district school; free choice if there is room (Folkeskoleloven 36)
    -- about a fifth of Danish pupils go to private schools (from memory)
    ["schools.independent_share"] = 0.19,
  },
}
