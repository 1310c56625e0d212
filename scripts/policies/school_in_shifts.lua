-- Teaching in shifts: the rooms of municipal schools take a second group of pupils in the afternoon.
--
-- Changes: places of the municipal schools that are open in the first year, and the share of pupils beyond one shift.
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
  changes = {
    en = "facility.places of municipal schools; the parameter services.shift_gain",
    sv = "facility.places för kommunala skolor; parametern services.shift_gain",
    da = "facility.places for kommunale skoler; parameteren services.shift_gain",
  },
  leaves = {
    en = "floor area, independent schools, rules of placement",
    sv = "lokalernas yta, fristående skolor, regler för placering",
    da = "lokalernes areal, frie skoler, regler for placering",
  },
  parameters = {
    {
      name = "gain", unit = "1", default = 0.25, min = 0, max = 1,
      source = "assumed: one class in five comes in the afternoon",
      title = { en = "More pupils", sv = "Fler elever", da = "Flere elever" },
      sentence = {
        en = "Pupils beyond those of one shift, as a share of the places.",
        sv = "Elever utöver dem i ett skift, som andel av platserna.",
        da = "Elever ud over dem på ét hold, som andel af pladserne.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    local before = city:param("services.shift_gain") -- what the places hold already: schools are put into shifts once
    if before == p.gain then return end
    for _, school in ipairs(city:facilities("school")) do
      if school.open and not school.independent then
        city:set_places(school, math.floor(school.places * (1 + p.gain) / (1 + before) + 0.5))
      end
    end
    city:set_param("services.shift_gain", p.gain)
  end,
}
