-- Värnamo 2035 under eight combinations of three policies, each with the same 25 lots of luck, rates, migration, delays and
-- cancellations: kedja batch varnamo_policies

experiment {
  title = {
    en = "Värnamo 2035: three policies and what they change",
    sv = "Värnamo 2035: tre policyer och vad de förändrar",
    da = "Värnamo 2035: tre politikker og hvad de ændrer",
  },
  scenario = "varnamo_2035",
  factors = {
    { "densify.enabled", values = { false, true } },
    { "protect_farmland.enabled", values = { false, true } },
    { "new_school.enabled", values = { false, true } },
  },
  design = "full_factorial",
  replicates = 25,
  paired = true,
}
