-- Building programme: the municipality's named projects.
--
-- The projects stand in scripts/programmes/MAP.lua (and in scenario.projects), each with a place, homes by tenure and a
-- planned start. They pass plan, appeal, permit and building like all projects, and can slip or be lost on the way.
-- Changes: adds rows to the table project in the first January in which it is applied; what should have started by then starts at once.
-- Leaves alone: projects that the map has already (by name), developers' projects, zoning before a plan is made.

policy {
  name = "building_programme",
  title = { en = "Housing programme", sv = "Bostadsbyggnadsprogram", da = "Boligbyggeprogram" },
  sentence = {
    en = "Starts the municipality's named housing projects in their planned years.",
    sv = "Startar kommunens namngivna bostadsprojekt under deras planerade år.",
    da = "Starter kommunens navngivne boligprojekter i deres planlagte år.",
  },
  lever = {
    se = "Riktlinjer för bostadsförsörjningen (lag 2000:1383), markanvisning och exploateringsavtal.",
    dk = "Kommuneplanens rækkefølge, salg af kommunal jord og udbygningsaftaler (planloven).",
  },
  changes = {
    en = "new rows in the table project",
    sv = "nya rader i tabellen project",
    da = "nye rækker i tabellen project",
  },
  leaves = {
    en = "projects already in the map, projects of developers, land without a project",
    sv = "projekt som redan finns på kartan, byggherrars projekt, mark utan projekt",
    da = "projekter, der allerede er på kortet, bygherrers projekter, jord uden projekt",
  },
  parameters = {
    {
      name = "share", unit = "1", default = 1.0, min = 0.0, max = 3.0,
      source = "assumed: 1 is the programme as written",
      title = { en = "Size of the programme", sv = "Programmets storlek", da = "Programmets størrelse" },
      sentence = {
        en = "Factor on the number of homes of every project.",
        sv = "Faktor på antalet bostäder i varje projekt.",
        da = "Faktor på antallet af boliger i hvert projekt.",
      },
    },
    {
      name = "delay", unit = "year", default = 0, min = 0, max = 15,
      source = "assumed: 0 is the programme as written; delays by appeal and market come on top",
      title = { en = "Later start", sv = "Senare start", da = "Senere start" },
      sentence = {
        en = "Years by which every start is put off.",
        sv = "År som varje start skjuts upp.",
        da = "År, som hver start udskydes.",
      },
    },
  },
  when = "once",
  apply = function(city, p)
    local known = {}
    for _, project in ipairs(city:projects()) do known[project.name] = true end
    local function homes(n) return math.floor((n or 0) * p.share + 0.5) end
    for _, plan in ipairs(city:programme()) do
      local total = homes(plan.rental) + homes(plan.coop) + homes(plan.owner) + homes(plan.student) + homes(plan.senior)
      if not known[plan.name] and total > 0 then
        city:project {
          name = plan.name, kind = "programme", x = plan.x, y = plan.y, area = plan.area,
          rental = homes(plan.rental), coop = homes(plan.coop), owner = homes(plan.owner),
          student = homes(plan.student), senior = homes(plan.senior),
          small_houses = math.min(homes(plan.small_houses), total),
          start = math.max(plan.start + math.floor(p.delay), city.year), months = plan.months,
        }
      end
    end
  end,
}
