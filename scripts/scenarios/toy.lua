-- The toy world for ten years: small enough to follow single households.

scenario {
  name = "toy",
  title = { en = "Toy world", sv = "Leksaksvärld", da = "Legetøjsverden" },
  about = {
    en = "A town, a village and the land around them.",
    sv = "En stad, en by och landet runt om.",
    da = "En by, en landsby og landet omkring.",
  },
  map = "toy",
  stop = 2030,
  seed = 1,
  policies = {
    { "densify", smallest = 0, distance = 500 },
    { "protect_farmland", min_class = 5 },
  },
}
