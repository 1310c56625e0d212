-- How often people move, fitted to moves by age and to the share within the municipality (Sweden 2021, 2017): rows of
-- maps/countries/se/targets.csv with the role calibrate. Nothing that tests the model is fitted.
-- kedja calibrate calibrate_sweden (65 runs of seven years with hypercube and differences, some two minutes)

experiment {
  title = { en = "Moves in Sweden", sv = "Flyttningar i Sverige", da = "Flytninger i Sverige" },
  scenario = "sweden_like",
  design = "latin_hypercube",
  years = 7, -- the third to the seventh are counted
  samples = 12,
  replicates = 1,
  vary = {},
  factors = {
    { "housing.search_scale", range = { 0.7, 1.4 } },
    { "housing.crowded_factor", range = { 0.4, 1.6 } },
    { "housing.lodger_search_rate", range = { 0.1, 1.0 } },
    { "demography.sublet_rate", range = { 0.1, 1.2 } },
    { "demography.in_lodging_share", range = { 0.2, 0.9 } },
    { "demography.out_lodger_ratio", range = { 3, 8 } },
  },
  fit = {
    case = "sweden-like",
    targets = {
      "M1", "M2_0-4", "M2_5-9", "M2_10-14", "M2_15-19", "M2_20-24", "M2_25-29", "M2_30-34", "M2_35-39", "M2_40-44", "M2_45-49",
      "M2_50-54", "M2_55+", "M3",
    },
    evaluations = 40,
  },
}
