-- Closing a school: a given one, or the village school with the fewest pupils.
--
-- Changes: one school closes in January of the chosen year; its pupils are placed anew.
-- Leaves alone: other schools and their places. Refuses to close the last school of a grade, or one of whose pupils
-- more than a tenth would not fit elsewhere: a few without a place are what a run is there to show.

policy {
  name = "close_school",
  title = { en = "Close a village school", sv = "Lägg ner en byskola", da = "Luk en landsbyskole" },
  sentence = {
    en = "Closes a school: a chosen one, or the municipal school with the fewest pupils outside the town.",
    sv = "Lägger ner en skola: en vald, eller den kommunala skola utanför staden som har minst antal elever.",
    da = "Lukker en skole: en valgt, eller den kommunale skole uden for byen med færrest elever.",
  },
  lever = {
    se = "Kommunen beslutar om skolorganisationen (skollagen 2010:800, kommunallagen 2017:725).",
    dk = "Kommunalbestyrelsen kan nedlægge en skole efter høring (folkeskoleloven § 24).",
  },
  changes = {
    en = "facility.closed of one school",
    sv = "facility.closed för en skola",
    da = "facility.closed for én skole",
  },
  leaves = {
    en = "other schools, their places, rules of placement",
    sv = "andra skolor, deras platser, regler för placering",
    da = "andre skoler, deres pladser, regler for placering",
  },
  parameters = {
    {
      name = "year", unit = "year", default = 2028, min = 1900, max = 2500,
      source = "assumed",
      title = { en = "Closing year", sv = "Stängningsår", da = "Lukkeår" },
      sentence = { en = "Year in whose January the school closes.", sv = "År då skolan stänger i januari.", da = "År, hvor skolen lukker i januar." },
    },
    {
      name = "school", kind = "school",
      source = "a choice",
      title = { en = "School", sv = "Skola", da = "Skole" },
      sentence = {
        en = "Id of the school (kedja export shows it).",
        sv = "Skolans id (kedja export visar det).",
        da = "Skolens id (kedja export viser det).",
      },
      zero = { en = "the smallest outside the town", sv = "den minsta utanför staden", da = "den mindste uden for byen" },
    },
  },
  when = "once",
  apply = function(city, p)
    local schools, areas, chosen = city:facilities("school"), city:areas(), nil
    local function in_town(school)
      local near, kind
      for _, area in ipairs(areas) do
        local dx, dy = school.x - area.x, school.y - area.y
        local d = dx * dx + dy * dy
        if area.kind ~= "rural" and (not near or d < near) then near, kind = d, area.kind end
      end
      return kind == "town"
    end
    for _, school in ipairs(schools) do
      if school.open and p.school > 0 and school.id == p.school then chosen = school end
      if school.open and p.school == 0 and not school.independent and not in_town(school)
        and (not chosen or school.pupils < chosen.pupils) then chosen = school end
    end
    if not chosen then error("close_school: no open school " .. (p.school > 0 and "with the id " .. p.school or "outside the town")) end
    local room = 0
    for grade = chosen.from_grade, chosen.to_grade do
      local taught = false
      for _, other in ipairs(schools) do
        taught = taught or (other.open and other.id ~= chosen.id and other.from_grade <= grade and grade <= other.to_grade)
      end
      if not taught then error("close_school: " .. chosen.name .. " is the last school with grade " .. grade) end
    end
    for _, other in ipairs(schools) do
      if other.open and other.id ~= chosen.id then room = room + math.max(0, other.places - other.pupils) end
    end
    if room < 0.9 * chosen.pupils then
      error("close_school: " .. chosen.name .. " has " .. chosen.pupils .. " pupils, and other schools have " .. room .. " places left")
    end
    city:close(chosen)
  end,
}
