-- Protect a chosen area: nothing is built on unbuilt land around a point.
--
-- Changes: the green bit of cell.protection on farmland, forest, open land and parks within a distance of the point. Nothing without one.
-- Leaves alone: what is built already, land farther away, zoning and floor-area ratios. The bit stays when the policy ends or its point
-- moves: what was protected once stays so.

policy {
  name = "protect_area",
  title = { en = "Protected area", sv = "Skyddat område", da = "Beskyttet område" },
  sentence = {
    en = "Forbids building on unbuilt land around a chosen place.",
    sv = "Förbjuder byggande på obebyggd mark runt en vald plats.",
    da = "Forbyder byggeri på ubebygget jord omkring et valgt sted.",
  },
  lever = {
    se = "Kommunalt naturreservat (miljöbalken 7 kap.) eller allmän plats i detaljplan (plan- och bygglagen).",
    dk = "Fredning (naturbeskyttelsesloven) eller grønne områder i lokalplan (planloven).",
  },
  changes = {
    en = "the green bit of cell.protection around the point",
    sv = "den gröna biten av cell.protection kring punkten",
    da = "den grønne bit af cell.protection omkring punktet",
  },
  leaves = {
    en = "built land, land farther away, zoning and floor-area ratios",
    sv = "bebyggd mark, mark längre bort, planläggning och exploateringstal",
    da = "bebygget jord, jord længere væk, planlægning og bebyggelsesgrad",
  },
  parameters = {
    {
      name = "radius", unit = "m", default = 600, min = 50, max = 10000,
      source = "assumed: about a hundred hectares",
      title = { en = "Radius of the area", sv = "Områdets radie", da = "Områdets radius" },
      sentence = {
        en = "How far from the point land is protected.",
        sv = "Hur långt från punkten mark skyddas.",
        da = "Hvor langt fra punktet jorden beskyttes.",
      },
    },
  },
  place = { en = "no area", sv = "inget område", da = "intet område" },
  when = "year",
  apply = function(city, p)
    if not p.point then return end
    local unbuilt = city:layer("land_use"):is("farmland", "forest", "open", "park")
    city:layer("protection"):bits_on(unbuilt & city:near(p.point, p.radius), "green")
  end,
}
