-- Värnamo 2010 to 2020, a hindcast: how many people the model gives when no count after 2010 is told it (row P2 of `kedja validate`).
-- Which homes were built is not known, so developers build. Migration follows the municipality's levels of 2020, as in every run; births follow the
-- nation's fertility of each year.

scenario {
  name = "varnamo_2010",
  title = { en = "Värnamo 2010–2020, hindcast", sv = "Värnamo 2010–2020, prövning bakåt", da = "Värnamo 2010–2020, prøve bagud" },
  about = {
    en = "Population from a start in 2010, to be held against the count of 2020.",
    sv = "Invånare från en start 2010, att jämföra med det räknade antalet 2020.",
    da = "Indbyggere fra en start i 2010, til sammenligning med det optalte antal i 2020.",
  },
  map = "varnamo_2010",
  stop = 2020,
  seed = 1,
  policies = {},
  -- The life table is of 2022 and earlier years keep it. By the same fall that the model takes after 2022, 1.1 % a year, the force of mortality was 7.5 % higher in 2011-20.
  set = { ["demography.mortality_scale"] = 1.075 },
}
