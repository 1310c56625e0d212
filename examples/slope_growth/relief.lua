-- Ground for the toy world, which has none of its own: a steep hill in the east, a main road from west to east.
policy {
  title = { en = "A steep hill in the east, a main road across", sv = "En brant höjd i öster, en huvudväg tvärs över", da = "En stejl bakke i øst, en hovedvej tværs over" },
  sentence = "Sets slope and main road of the example plugin slope_growth.",
  parameters = {
    { name = "percent", unit = "%", default = 30, min = 0, max = 100, title = "Slope of the hill" },
    { name = "metres", unit = "m", default = 900, min = 100, max = 2000, title = "Radius of the hill" },
  },
  apply = function(city, p)
    city:layer("slope_growth_slope"):set(city:near({ x = 501950, y = 6301000 }, p.metres), p.percent)
    local road = {}
    for x = 500050, 501950, city.cell_m do table.insert(road, { x = x, y = 6301000 }) end
    city:layer("slope_growth_road"):set(city:near(road, city.cell_m / 2), 1)
  end,
}
