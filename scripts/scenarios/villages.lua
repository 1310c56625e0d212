-- Growth in the whole municipality: what if Värnamo opened land for small houses at the edge of its villages, farmland too?
-- The housing programme is on in both worlds; grow_villages.enabled=false is the comparison (docs/scenarios.md).

scenario {
  name = "villages",
  title = { en = "Värnamo: the villages too", sv = "Värnamo: byarna också", da = "Værnamo: også landsbyerne" },
  about = {
    en = "Land for small houses at the edge of the villages: does building follow, do village schools fill, and what does it cost in land and ways?",
    sv = "Mark för småhus i byarnas kanter: följer byggandet med, fylls byskolorna, och vad kostar det i mark och resor?",
    da = "Jord til småhuse i kanten af landsbyerne: følger byggeriet med, fyldes landsbyskolerne, og hvad koster det i jord og veje?",
  },
  map = "varnamo",
  stop = 2035,
  seed = 1,
  policies = {
    "building_programme",
    { "grow_villages", on_farmland = true, distance = 600 },
    { "protect_green", enabled = false },
    { "protect_farmland", enabled = false, min_class = 4 },
  },
}
