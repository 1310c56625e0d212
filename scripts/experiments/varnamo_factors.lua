-- Which assumptions decide about Värnamo in 2035? Elementary effects of eight of them and of luck:
-- kedja batch varnamo_factors, then kedja sensitivity varnamo_factors --figure population

experiment {
  title = {
    en = "Värnamo 2035: which assumptions matter",
    sv = "Värnamo 2035: vilka antaganden spelar roll",
    da = "Värnamo 2035: hvilke antagelser betyder noget",
  },
  scenario = "varnamo_2035",
  set = { ["demography.vision_population"] = 0 }, -- a forecast: with the vision in-migration makes up for everything else
  design = "morris",
  samples = 10,
  factors = {
    { "demography.fertility_scale", range = { 0.85, 1.15 } },
    { "demography.mortality_scale", range = { 0.92, 1.08 } },
    { "demography.in_scale", range = { 1.4, 2.4 } },
    { "demography.out_scale", range = { 0.85, 1.15 } },
    { "development.delay_year", range = { 0.1, 0.45 } },
    { "development.loss_year", range = { 0.005, 0.08 } },
    { "housing.search_scale", range = { 0.95, 1.35 } },
    { "housing.interest", range = { 0.02, 0.055 } },
    { "seed" },
  },
}
