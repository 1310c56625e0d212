-- New road: a faster way by car between two places, straight across, over water too.
--
-- Changes: cell.road_kmh along the line; travel times to the centre follow (plugin environment), and with them prices, where developers
-- build and where households look. Between the centre of a place and that of the largest town unless points are given.
-- Leaves alone: the land under the road, noise, zoning, protection, the municipality's books: the cost of a road is not booked.

policy {
  name = "new_road",
  title = { en = "New road", sv = "Ny väg", da = "Ny vej" },
  sentence = {
    en = "Opens a faster road between two places, which shortens the way to the centre for those along it.",
    sv = "Öppnar en snabbare väg mellan två platser, som kortar vägen till centrum för dem som bor längs den.",
    da = "Åbner en hurtigere vej mellem to steder, som gør vejen til centrum kortere for dem, der bor langs den.",
  },
  lever = {
    se = "Vägplan (väglagen 1971:948) med Trafikverket, eller kommunal gata i detaljplan.",
    dk = "Vejloven: kommunevej efter kommuneplanen, eller aftale med Vejdirektoratet.",
  },
  changes = {
    en = "cell.road_kmh along the line",
    sv = "cell.road_kmh längs linjen",
    da = "cell.road_kmh langs linjen",
  },
  leaves = {
    en = "the land under the road, zoning, protection, the books",
    sv = "marken under vägen, planläggning, skydd, räkenskaperna",
    da = "jorden under vejen, planlægning, beskyttelse, regnskabet",
  },
  parameters = {
    {
      name = "year", unit = "year", default = 2028, min = 1900, max = 2500,
      source = "assumed",
      title = { en = "Opening year", sv = "Öppningsår", da = "Åbningsår" },
      sentence = { en = "Year in whose January it opens.", sv = "År då den öppnar i januari.", da = "År, hvor den åbner i januar." },
    },
    {
      name = "kmh", unit = "km/h", default = 80, min = 30, max = 130,
      source = "assumed: a rural main road",
      title = { en = "Speed", sv = "Hastighet", da = "Hastighed" },
      sentence = {
        en = "Mean speed on it; what it saves is measured against environment.road_speed.",
        sv = "Medelhastighet på den; vinsten mäts mot environment.road_speed.",
        da = "Middelhastighed på den; gevinsten måles mod environment.road_speed.",
      },
    },
    {
      name = "rank", kind = "whole", unit = "1", default = 1, min = 1, max = 100,
      source = "assumed: the largest place that is no town",
      title = { en = "Which place", sv = "Vilken ort", da = "Hvilken by" },
      sentence = {
        en = "1 joins the largest locality to the largest town, 2 the next, and so on; unless points are given.",
        sv = "1 förbinder den största mindre orten med den största staden, 2 nästa och så vidare, om inte punkter anges.",
        da = "1 forbinder den største mindre by med den største by, 2 den næste og så videre, medmindre punkter angives.",
      },
    },
    {
      name = "x1", unit = "m", default = 0, min = 0, max = 10000000, source = "assumed: 0 is not used",
      title = { en = "From, easting", sv = "Från, östlig koordinat", da = "Fra, østlig koordinat" },
      sentence = { en = "One end.", sv = "Ena änden.", da = "Den ene ende." },
      zero = { en = "see above", sv = "se ovan", da = "se ovenfor" },
    },
    {
      name = "y1", unit = "m", default = 0, min = 0, max = 10000000, source = "assumed: 0 is not used",
      title = { en = "From, northing", sv = "Från, nordlig koordinat", da = "Fra, nordlig koordinat" },
      sentence = { en = "One end.", sv = "Ena änden.", da = "Den ene ende." },
      zero = { en = "see above", sv = "se ovan", da = "se ovenfor" },
    },
    {
      name = "x2", unit = "m", default = 0, min = 0, max = 10000000, source = "assumed: 0 is not used",
      title = { en = "To, easting", sv = "Till, östlig koordinat", da = "Til, østlig koordinat" },
      sentence = { en = "The other end.", sv = "Andra änden.", da = "Den anden ende." },
      zero = { en = "see above", sv = "se ovan", da = "se ovenfor" },
    },
    {
      name = "y2", unit = "m", default = 0, min = 0, max = 10000000, source = "assumed: 0 is not used",
      title = { en = "To, northing", sv = "Till, nordlig koordinat", da = "Til, nordlig koordinat" },
      sentence = { en = "The other end.", sv = "Andra änden.", da = "Den anden ende." },
      zero = { en = "see above", sv = "se ovan", da = "se ovenfor" },
    },
  },
  when = "once",
  apply = function(city, p)
    local from, to = { x = p.x1, y = p.y1 }, { x = p.x2, y = p.y2 }
    if p.x1 == 0 or p.y1 == 0 or p.x2 == 0 or p.y2 == 0 then
      local function by_size(kind)
        local places = city:areas(kind)
        table.sort(places, function(a, b) return a.population > b.population end)
        return places
      end
      local towns, localities = by_size("town"), by_size("locality")
      from, to = localities[math.min(p.rank, #localities)], towns[1]
      if not from or not to then return end -- nothing to join
    end
    local steps = math.ceil(math.max(math.abs(to.x - from.x), math.abs(to.y - from.y)) / city.cell_m)
    local line = {}
    for i = 0, steps do
      local x, y = from.x + (to.x - from.x) * i / math.max(steps, 1), from.y + (to.y - from.y) * i / math.max(steps, 1)
      if city:inside(x, y) then table.insert(line, { x = x, y = y }) end
    end
    if #line > 0 then city:layer("road_kmh"):max(city:near(line, 0), math.floor(p.kmh)) end
  end,
}
