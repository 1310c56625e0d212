-- Housing project: one project of homes at a chosen place, from a chosen year.
--
-- It passes plan, appeal, permit and building like all projects of the programme, and can slip or be lost on the way; it takes the free
-- land nearest to its place. At the middle of the largest place if no point is given.
-- Changes: adds one row to the table project in January of the chosen year.
-- Leaves alone: all other projects, zoning and protection before a plan is made; protected land is never built on.

policy {
  name = "housing_project",
  title = { en = "Housing project", sv = "Bostadsprojekt", da = "Boligprojekt" },
  sentence = {
    en = "Plans homes at a chosen place; building begins when plan and permit are through.",
    sv = "Planerar bostäder på en vald plats; bygget börjar när plan och lov är klara.",
    da = "Planlægger boliger på et valgt sted; byggeriet begynder, når plan og tilladelse er klar.",
  },
  lever = {
    se = "Detaljplan (plan- och bygglagen 2010:900), markanvisning och exploateringsavtal.",
    dk = "Lokalplan (planloven), salg af kommunal jord og udbygningsaftale.",
  },
  changes = {
    en = "one new row in the table project",
    sv = "en ny rad i tabellen project",
    da = "én ny række i tabellen project",
  },
  leaves = {
    en = "other projects, zoning and protection, land without a project",
    sv = "andra projekt, planläggning och skydd, mark utan projekt",
    da = "andre projekter, planlægning og beskyttelse, jord uden projekt",
  },
  parameters = {
    {
      name = "year", unit = "year", default = 2028, min = 1900, max = 2500,
      source = "assumed",
      title = { en = "Year of the plan", sv = "År för planen", da = "Planens år" },
      sentence = {
        en = "Year in whose January the project is decided on.",
        sv = "År då projektet beslutas i januari.",
        da = "År, hvor projektet besluttes i januar.",
      },
    },
    {
      name = "homes", kind = "whole", unit = "1", default = 120, min = 1, max = 5000,
      source = "assumed: a block of flats around a courtyard",
      title = { en = "Homes in the project", sv = "Bostäder i projektet", da = "Boliger i projektet" },
      sentence = { en = "How many homes it plans.", sv = "Hur många bostäder det planerar.", da = "Hvor mange boliger det planlægger." },
    },
    {
      name = "rental", unit = "1", default = 0.5, min = 0, max = 1,
      source = "assumed: half of each",
      title = { en = "Share of rental homes", sv = "Andel hyresrätter", da = "Andel lejeboliger" },
      sentence = {
        en = "The rest are co-operative flats, or owned where they are small houses.",
        sv = "Resten är bostadsrätter, eller äganderätter om det är småhus.",
        da = "Resten er andelsboliger, eller ejerboliger, hvis det er småhuse.",
      },
    },
    {
      name = "small_houses", unit = "boolean", default = false,
      title = { en = "Small houses", sv = "Småhus", da = "Småhuse" },
      sentence = {
        en = "Small houses instead of flats: the same homes take several times the land.",
        sv = "Småhus i stället för flerbostadshus: samma bostäder tar flera gånger mer mark.",
        da = "Småhuse i stedet for etageboliger: de samme boliger tager flere gange så meget jord.",
      },
    },
  },
  place = { en = "the middle of the largest place", sv = "mitten av den största orten", da = "midten af det største sted" },
  when = "once",
  apply = function(city, p)
    local rental = math.floor(p.homes * p.rental + 0.5)
    local plan = { name = "Housing project " .. city.year, rental = rental, start = city.year }
    if p.small_houses then plan.owner, plan.small_houses = p.homes - rental, p.homes else plan.coop = p.homes - rental end
    if p.point then
      plan.x, plan.y = p.point.x, p.point.y
    else
      local largest
      for _, area in ipairs(city:areas()) do
        if area.kind ~= "rural" and (not largest or area.population > largest.population) then largest = area end
      end
      if not largest then error("housing_project: the map has no locality; give x and y") end
      plan.area = largest.code
    end
    city:project(plan)
  end,
}
