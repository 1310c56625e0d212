-- Lund 2010 to 2018, a hindcast: how its people spread over town and villages when no count after 2010 is told it (row P4 of `kedja validate`).
-- Of the homes that were built only the municipality's totals of some years are known (784 in 2015, 990 in 2017, 870 in 2018), not where, so developers
-- build where they find it pays. Migration follows the municipality's levels of 2022, as in every run; births follow the nation's fertility of each year.

scenario {
  name = "lund_2010",
  title = { en = "Lund 2010–2018, hindcast", sv = "Lund 2010–2018, prövning bakåt", da = "Lund 2010–2018, prøve bagud" },
  about = {
    en = "People by locality from a start in 2010, to be held against the counts of 2018.",
    sv = "Invånare per tätort från en start 2010, att jämföra med de räknade antalen 2018.",
    da = "Indbyggere pr. by fra en start i 2010, til sammenligning med de optalte antal i 2018.",
  },
  map = "lund_2010",
  stop = 2018,
  seed = 1,
  policies = {},
  -- The life table is of 2022 and earlier years keep it. By the same fall that the model takes after 2022, 1.1 % a year, the force of mortality was 8.6 % higher in 2011-18.
  set = { ["demography.mortality_scale"] = 1.086 },
}
