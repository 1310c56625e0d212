scenario {
  title = "The toy world on uneven ground",
  map = "toy",
  stop = 2035,
  policies = { "relief" },
  set = { ["slope_growth.dispersion"] = 60, ["slope_growth.spread"] = 40, ["slope_growth.breed"] = 60, ["slope_growth.bust"] = 1, ["slope_growth.slope"] = 100 },
}
