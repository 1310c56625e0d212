-- New station: a rail station in a chosen place and year, which shortens the way to the centre for those who live near it.
--
-- Changes: cell.station, one cell; travel times to the centre follow (plugin environment), and with them prices, where developers build and
-- where households look. In the middle of the area if no other point is given. Travel times count to the nearest centre, of a village too:
-- a station in a village with a centre of its own changes little there, one among homes far from every centre much.
-- Leaves alone: zoning, the timetable of other stations, the municipality's books: the cost of a station is not booked.

policy {
  name = "new_station",
  title = { en = "New rail station", sv = "Ny järnvägsstation", da = "Ny jernbanestation" },
  sentence = {
    en = "Opens a station that shortens the way to the centre for those who live near it.",
    sv = "Öppnar en station som kortar vägen till centrum för dem som bor nära.",
    da = "Åbner en station, som gør vejen til centrum kortere for dem, der bor nær den.",
  },
  lever = {
    se = "Avtal med Trafikverket och regionen (lag 1995:1649 om byggande av järnväg; regional kollektivtrafikmyndighet).",
    dk = "Aftale med staten og trafikselskabet (jernbaneloven, lov om trafikselskaber).",
  },
  changes = {
    en = "cell.station where the station opens",
    sv = "cell.station där stationen öppnas",
    da = "cell.station, hvor stationen åbner",
  },
  leaves = {
    en = "zoning, other stations, the books",
    sv = "planläggning, andra stationer, räkenskaperna",
    da = "planlægning, andre stationer, regnskabet",
  },
  parameters = {
    {
      name = "year", unit = "year", default = 2028, min = 1900, max = 2500,
      source = "assumed",
      title = { en = "Opening year", sv = "Öppningsår", da = "Åbningsår" },
      sentence = { en = "Year in whose January it opens.", sv = "År då den öppnar i januari.", da = "År, hvor den åbner i januar." },
    },
    {
      name = "minutes", unit = "min", default = 12, min = 1, max = 120,
      source = "assumed: five minutes of waiting and seven on the train",
      title = { en = "Way by train", sv = "Resa med tåg", da = "Rejse med tog" },
      sentence = {
        en = "Minutes from the station to the centre, waiting included.",
        sv = "Minuter från stationen till centrum, väntan inräknad.",
        da = "Minutter fra stationen til centrum, ventetid medregnet.",
      },
    },
    {
      name = "headway", unit = "min", default = 0, min = 0, max = 240,
      source = "assumed: 0 is not used; travellers who come at any time wait half of it",
      title = { en = "Time between trains", sv = "Tid mellan tågen", da = "Tid mellem togene" },
      sentence = {
        en = "Minutes between departures: half of them are waited for, on top of the way by train.",
        sv = "Minuter mellan avgångarna: hälften väntar man, utöver resan med tåg.",
        da = "Minutter mellem afgangene: halvdelen ventes, ud over rejsen med tog.",
      },
      zero = { en = "waiting is in the way by train", sv = "väntan ingår i resan med tåg", da = "ventetiden er med i rejsen med tog" },
    },
    {
      name = "rank", kind = "whole", unit = "1", default = 1, min = 1, max = 100,
      source = "assumed: the most people that are not near a centre",
      title = { en = "Which area", sv = "Vilket område", da = "Hvilket område" },
      sentence = {
        en = "1 is the area with most people among those farther from a centre than the train takes, 2 the next, and so on; unless x and y are given.",
        sv = "1 är området med flest invånare av dem som ligger längre från centrum än tåget tar, 2 nästa och så vidare, om inte x och y anges.",
        da = "1 er området med flest indbyggere af dem, der ligger længere fra centrum, end toget tager, 2 det næste og så videre, medmindre x og y angives.",
      },
    },
  },
  place = { en = "the area by its rank", sv = "området efter sin ordning", da = "området efter sin rang" },
  when = "once",
  apply = function(city, p)
    local minutes = p.minutes + p.headway / 2
    local point = p.point
    if not point then
      local travel, places = city:layer("travel_centre"), {}
      for _, area in ipairs(city:areas()) do
        local seconds = travel:at(area.x, area.y)
        if seconds > 60 * minutes and seconds < 100000 then table.insert(places, area) end
      end
      table.sort(places, function(a, b) return a.population > b.population end)
      point = places[math.min(p.rank, #places)]
      if not point then return end -- every place is nearer to a centre than the train would bring it
    end
    city:layer("station"):set(city:near({ x = point.x, y = point.y }, 0), math.floor(60 * minutes))
  end,
}
