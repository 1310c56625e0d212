-- What an ensemble varies when its experiment does not say: rates, migration, delay and cancellation of projects, and how far
-- neighbourhoods go ways of their own that no model knows. Luck is varied by seeds. Each replicate draws from all of these at
-- once (Latin hypercube). The widths are the modeller's: they say how wrong the rates of the next fifteen years may be, and
-- stand here so that they can be argued with. The middle of each triangle is the model's own value, but of housing.area_luck,
-- which stands at 0 in single runs.
-- model_errors says how wrong the model itself is by area: its errors in hindcasts of other places, where it is told no ages by area. On a map
-- whose areas know their own ages (maps/lund) less is left: widths 2.58, 4.15 and 4.97, to be stated in the experiment (docs/researchers.md). No member
-- shows this error; the merged file has a second interval of these figures, population_with_error, with it laid over the spread of the members.

default_ensemble {
  vary = {
    { "demography.fertility_scale", triangle = { 0.85, 1, 1.15 },
      title = { en = "Birth rates", sv = "Födelsetal", da = "Fødselsrater" },
      source = "assumed: period fertility in Sweden lay between 1.43 and 1.98 children a woman in 2000-2023" },
    { "demography.mortality_scale", triangle = { 0.92, 1, 1.08 },
      title = { en = "Death rates", sv = "Dödstal", da = "Dødelighed" },
      source = "assumed: municipal life expectancy differs by about a year either way from the country's" },
    { "demography.in_scale", triangle = { 1.3, 1.7, 2.1 },
      title = { en = "In-migration", sv = "Inflyttning", da = "Tilflytning" },
      source = "assumed: yearly in-migration of a municipality swings by a fifth about its mean" },
    { "demography.out_scale", triangle = { 0.85, 1, 1.15 },
      title = { en = "Out-migration", sv = "Utflyttning", da = "Fraflytning" },
      source = "assumed: out-migration swings less than in-migration" },
    { "development.delay_year", range = { 0.1, 0.45 },
      title = { en = "Delayed projects", sv = "Försenade projekt", da = "Forsinkede projekter" },
      source = "assumed: share of planned projects that slip by a year" },
    { "development.loss_year", range = { 0.005, 0.08 },
      title = { en = "Cancelled projects", sv = "Inställda projekt", da = "Opgivne projekter" },
      source = "assumed: share of planned projects that are cancelled each year" },
    { "housing.area_luck", triangle = { 0.43, 0.53, 0.63 }, covers = "model",
      title = { en = "Chance of neighbourhoods", sv = "Områdenas egna utveckling", da = "Områdernes egen udvikling" },
      source = "derived: neighbourhoods of all Sweden but Lund, 2020-2023 (docs/researchers.md, docs/examples/area_luck.py)" },
  },
  model_errors = {
    { "area.population", widths = { 3.24, 5.00, 6.00 },
      source = "derived: errors by neighbourhood in 15 other municipalities, 2021-2023, on maps without ages by area (docs/researchers.md, docs/examples/panel_hindcast.py)" },
  },
}
