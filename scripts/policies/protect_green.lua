-- Protect green land: parks stay parks, and forest close to homes too if wanted.
--
-- Changes: the green bit of cell.protection, on parks and recreation land, and on forest within forest_distance of homes.
-- Leaves alone: farmland, open land, built land; zoning and floor-area ratios. The bit stays when the policy ends.

policy {
  name = "protect_green",
  title = { en = "Protect green and recreation land", sv = "Skydda grönområden", da = "Beskyt grønne områder" },
  sentence = {
    en = "Forbids building on parks and recreation land, and on forest close to homes.",
    sv = "Förbjuder byggande på park- och rekreationsmark och på skog nära bostäder.",
    da = "Forbyder byggeri på parker og rekreative arealer og i skov tæt på boliger.",
  },
  lever = {
    se = "Allmän plats i detaljplan (plan- och bygglagen) eller kommunalt naturreservat (miljöbalken 7 kap.).",
    dk = "Grønne områder i lokalplan (planloven) eller fredning (naturbeskyttelsesloven).",
  },
  changes = {
    en = "the green bit of cell.protection",
    sv = "den gröna biten av cell.protection",
    da = "den grønne bit af cell.protection",
  },
  leaves = {
    en = "farmland, open land, built land, zoning and floor-area ratios",
    sv = "jordbruksmark, öppen mark, bebyggd mark, planläggning och exploateringstal",
    da = "landbrugsjord, åben jord, bebygget jord, planlægning og bebyggelsesgrad",
  },
  parameters = {
    {
      name = "forest_distance", unit = "m", default = 0, min = 0, max = 2000,
      source = "assumed: 0 leaves forest to other rules; 300 m is a common goal for the nearest green land",
      title = { en = "Forest near homes", sv = "Bostadsnära skog", da = "Skov tæt på boliger" },
      sentence = {
        en = "Forest within this distance of homes is protected too.",
        sv = "Skog inom detta avstånd från bostäder skyddas också.",
        da = "Skov inden for denne afstand fra boliger beskyttes også.",
      },
      zero = { en = "none is protected", sv = "ingen skyddas", da = "ingen beskyttes" },
    },
  },
  when = "year",
  apply = function(city, p)
    local land_use = city:layer("land_use")
    local green = land_use:is("park")
    if p.forest_distance > 0 then
      local homes = land_use:is("small_houses", "flats")
      green = green | (land_use:is("forest") & city:near(homes, p.forest_distance))
    end
    city:layer("protection"):bits_on(green, "green")
  end,
}
