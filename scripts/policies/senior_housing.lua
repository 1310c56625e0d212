-- Senior housing: flats for older people in the larger places, one project at a time. Each can start a moving chain,
-- since those who move in often leave a house behind.
--
-- Changes: adds a project of senior homes every few years, in turn in the places that are large enough, largest first.
-- Leaves alone: who moves in (the housing market decides), care homes, zoning before a plan is made.

policy {
  name = "senior_housing",
  title = { en = "Senior housing", sv = "Trygghetsbostäder", da = "Seniorboliger" },
  sentence = {
    en = "Builds flats for seniors in the larger places, so that houses are freed for families.",
    sv = "Bygger trygghetsbostäder i de större orterna, så att villor blir lediga för familjer.",
    da = "Bygger seniorboliger i de større byer, så at villaer bliver ledige for familier.",
  },
  lever = {
    se = "Kommunens bostadsbolag och markanvisning med villkor om trygghetsbostäder.",
    dk = "Almene ældreboliger, som kommunen anviser (almenboligloven).",
  },
  changes = {
    en = "new rows in the table project, all homes with tenure senior",
    sv = "nya rader i tabellen project, alla bostäder med upplåtelseformen senior",
    da = "nye rækker i tabellen project, alle boliger med ejerformen senior",
  },
  leaves = {
    en = "other tenures, care homes, zoning and floor-area ratios",
    sv = "andra upplåtelseformer, äldreboenden, planläggning och exploateringstal",
    da = "andre ejerformer, plejehjem, planlægning og bebyggelsesgrad",
  },
  parameters = {
    {
      name = "homes", kind = "whole", unit = "1", default = 30, min = 5, max = 300,
      source = "assumed: one house with common rooms",
      title = { en = "Homes in a project", sv = "Bostäder per projekt", da = "Boliger pr. projekt" },
      sentence = {
        en = "Senior homes in each project.",
        sv = "Trygghetsbostäder i varje projekt.",
        da = "Seniorboliger i hvert projekt.",
      },
    },
    {
      name = "every", unit = "year", default = 2, min = 1, max = 20,
      source = "assumed",
      title = { en = "Years between projects", sv = "År mellan projekt", da = "År mellem projekter" },
      sentence = {
        en = "A project starts every so many years.",
        sv = "Ett projekt startar med så många års mellanrum.",
        da = "Et projekt starter med så mange års mellemrum.",
      },
    },
    {
      name = "smallest", kind = "whole", unit = "1", default = 1000, min = 0, max = 1000000,
      source = "assumed: shops and care must be near",
      title = { en = "Smallest place", sv = "Minsta ort", da = "Mindste by" },
      sentence = {
        en = "Inhabitants that a place must have.",
        sv = "Invånare som en ort måste ha.",
        da = "Indbyggere, som et sted skal have.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    local years = city.year - p.since
    local every = math.floor(p.every)
    if years % every ~= 0 then return end
    local places = {}
    for _, area in ipairs(city:areas()) do
      if area.kind ~= "rural" and area.population >= p.smallest then table.insert(places, area) end
    end
    if #places == 0 then return end
    table.sort(places, function(a, b) return a.population > b.population end)
    local place = places[(years // every) % #places + 1]
    city:project {
      name = "Senior " .. place.name .. " " .. city.year,
      area = place.code, senior = p.homes, start = city.year + 1, months = 18,
    }
  end,
}
