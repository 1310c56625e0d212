-- New school: one school, this size, that year; at a given place, or where children lack places most.
--
-- Changes: adds one facility (a school) in January of the chosen year.
-- Leaves alone: other schools and their places; pupils choose or are placed by the rules of the school plugin.

policy {
  name = "new_school",
  title = { en = "New school", sv = "Ny skola", da = "Ny skole" },
  sentence = {
    en = "Opens a school in a chosen year, at a chosen place or where places are missing most.",
    sv = "Öppnar en skola ett valt år, på en vald plats eller där platser saknas mest.",
    da = "Åbner en skole i et valgt år, på et valgt sted eller hvor der mangler flest pladser.",
  },
  lever = {
    se = "Kommunen är huvudman för grundskolan (skollagen 2010:800).",
    dk = "Kommunalbestyrelsen har ansvaret for folkeskolen (folkeskoleloven).",
  },
  changes = {
    en = "one new row in the table facility",
    sv = "en ny rad i tabellen facility",
    da = "én ny række i tabellen facility",
  },
  leaves = {
    en = "existing schools, their places and their pupils' rules",
    sv = "skolor som finns, deras platser och reglerna för deras elever",
    da = "skoler der findes, deres pladser og reglerne for deres elever",
  },
  parameters = {
    {
      name = "year", unit = "year", default = 2028, min = 1900, max = 2500,
      source = "assumed",
      title = { en = "Opening year", sv = "Öppningsår", da = "Åbningsår" },
      sentence = {
        en = "Year in whose January the school opens.",
        sv = "År då skolan öppnar i januari.",
        da = "År, hvor skolen åbner i januar.",
      },
    },
    {
      name = "places", kind = "whole", unit = "1", default = 350, min = 20, max = 2000,
      source = "assumed: about two classes a grade",
      title = { en = "Places", sv = "Platser", da = "Pladser" },
      sentence = {
        en = "Pupils that the school has room for.",
        sv = "Elever som skolan har plats för.",
        da = "Elever, som skolen har plads til.",
      },
    },
    {
      name = "from_grade", kind = "grade", default = 0, min = 0, max = 9,
      title = { en = "Lowest grade", sv = "Lägsta årskurs", da = "Laveste klassetrin" },
      sentence = {
        en = "Lowest grade; 0 is the preschool class.",
        sv = "Lägsta årskurs; 0 är förskoleklass.",
        da = "Laveste klassetrin; 0 er børnehaveklassen.",
      },
    },
    {
      name = "to_grade", kind = "grade", default = 6, min = 0, max = 9,
      title = { en = "Highest grade", sv = "Högsta årskurs", da = "Højeste klassetrin" },
      sentence = { en = "Highest grade.", sv = "Högsta årskurs.", da = "Højeste klassetrin." },
    },
    {
      name = "reach", unit = "m", default = 2500, min = 200, max = 30000,
      source = "assumed: about what a pupil can cycle",
      title = { en = "Reach of a school", sv = "Skolans räckvidd", da = "Skolens rækkevidde" },
      sentence = {
        en = "Schools within this distance count when the place with most children without places is sought.",
        sv = "Skolor inom detta avstånd räknas när orten med flest barn utan plats söks.",
        da = "Skoler inden for denne afstand tæller, når stedet med flest børn uden plads findes.",
      },
    },
  },
  place = { en = "the programme chooses", sv = "programmet väljer", da = "programmet vælger" },
  when = "once",
  apply = function(city, p)
    local school = {
      kind = "school", name = "New school " .. city.year, places = p.places,
      from_grade = p.from_grade, to_grade = p.to_grade,
    }
    if p.point then
      school.x, school.y = p.point.x, p.point.y
    else
      local schools, best, most = city:facilities("school"), nil, nil
      for _, area in ipairs(city:areas()) do
        local missing = city:indicator("area", "children_6_15", area.code)
        for _, other in ipairs(schools) do
          local dx, dy = other.x - area.x, other.y - area.y
          if other.open and math.sqrt(dx * dx + dy * dy) <= p.reach then missing = missing - other.places end
        end
        if area.kind ~= "rural" and (not most or missing > most) then best, most = area, missing end
      end
      if not best then error("new_school: the map has no locality; give x and y") end
      school.area, school.name = best.code, "New school " .. best.name .. " " .. city.year
    end
    city:facility(school)
  end,
}
