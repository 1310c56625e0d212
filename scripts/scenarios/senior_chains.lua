-- Homes for seniors that start moving chains: 60 flats for those of 65 and older each year in the larger places of Värnamo.
-- senior_housing.enabled=false is the comparison (docs/scenarios.md).

scenario {
  name = "senior_chains",
  title = { en = "Värnamo: senior homes that start chains", sv = "Värnamo: seniorbostäder som startar kedjor", da = "Værnamo: seniorboliger, der starter kæder" },
  about = {
    en = "Sixty senior flats a year: who moves in, which houses are freed, and whom the chains reach.",
    sv = "Sextio seniorlägenheter om året: vilka flyttar in, vilka hus blir lediga, och vilka når kedjorna.",
    da = "Tres seniorboliger om året: hvem flytter ind, hvilke huse bliver ledige, og hvem når kæderne.",
  },
  map = "varnamo",
  stop = 2035,
  seed = 1,
  policies = {
    "building_programme",
    { "senior_housing", homes = 60, every = 1, from = 2022 },
    { "grow_villages", enabled = false },
    { "densify", enabled = false },
  },
}
