-- Teaching in shifts: the rooms of municipal schools take a second group of pupils in the afternoon.
--
-- Changes: the shifts of the municipal schools that are open in the first year.
-- Leaves alone: floor area (the rooms are the same), independent schools, who goes where (the rules of placement decide).

policy {
  name = "school_in_shifts",
  title = { en = "Teaching in shifts", sv = "Skola i skift", da = "Undervisning i hold" },
  sentence = {
    en = "Municipal schools take more pupils in the same rooms, in a second shift, at a higher cost of teaching and transport.",
    sv = "Kommunala skolor tar emot fler elever i samma lokaler, i ett andra skift, till högre kostnad för undervisning och skolskjuts.",
    da = "Kommunale skoler tager flere elever i de samme lokaler, på et andet hold, med højere udgift til undervisning og befordring.",
  },
  lever = {
    se = "Kommunen är huvudman och lägger timplan och skoldag (skollagen 2010:800, skolförordningen).",
    dk = "Kommunalbestyrelsen fastsætter skolernes rammer og skoledag (folkeskoleloven § 40).",
  },
  changes = "facility.shifts of municipal schools",
  leaves = "places and floor area, independent schools, rules of placement",
  parameters = {
    {
      name = "shifts", unit = "1", default = 2, min = 1, max = 3,
      source = "a choice",
      title = { en = "Shifts", sv = "Skift", da = "Hold" },
      sentence = {
        en = "Groups of pupils that use the same rooms one after the other.",
        sv = "Grupper av elever som använder samma lokaler efter varandra.",
        da = "Hold af elever, der bruger de samme lokaler efter hinanden.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    if city.year ~= math.max(city.start_year, p.from) then return end
    for _, school in ipairs(city:facilities("school")) do
      if school.open and not school.independent then city:set_shifts(school, math.floor(p.shifts)) end
    end
  end,
}
