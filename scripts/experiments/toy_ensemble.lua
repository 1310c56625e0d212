-- The smallest ensemble: ten lots of luck and assumptions in the toy world.

experiment {
  title = { en = "Toy world: an ensemble", sv = "Leksaksvärlden: en ensemble", da = "Legetøjsverdenen: et ensemble" },
  scenario = "toy",
  replicates = 10,
}
