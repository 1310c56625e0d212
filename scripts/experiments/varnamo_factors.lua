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
  samples = 20, -- from which on intervals are called 95 %
  factors = {
    { "demography.fertility_scale", range = { 0.85, 1.15 }, title = { en = "Birth rates", sv = "Födelsetal", da = "Fødselsrater" } },
    { "demography.mortality_scale", range = { 0.92, 1.08 }, title = { en = "Death rates", sv = "Dödstal", da = "Dødelighed" } },
    { "demography.in_scale", range = { 1.3, 2.1 }, title = { en = "In-migration", sv = "Inflyttning", da = "Tilflytning" } },
    { "demography.out_scale", range = { 0.85, 1.15 }, title = { en = "Out-migration", sv = "Utflyttning", da = "Fraflytning" } },
    { "development.delay_year", range = { 0.1, 0.45 }, title = { en = "Delayed projects", sv = "Försenade projekt", da = "Forsinkede projekter" } },
    { "development.loss_year", range = { 0.005, 0.08 }, title = { en = "Cancelled projects", sv = "Inställda projekt", da = "Opgivne projekter" } },
    { "housing.search_scale", range = { 0.8, 1.2 }, title = { en = "How often people search", sv = "Hur ofta folk söker bostad", da = "Hvor ofte folk søger bolig" } },
    { "housing.interest", range = { 0.02, 0.055 }, title = { en = "Interest on loans", sv = "Ränta på lån", da = "Rente på lån" } },
    { "seed" },
  },
}
