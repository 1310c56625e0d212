-- Protect farmland: no building on fields of a class and better.
--
-- Changes: the farmland bit of cell.protection, on farmland whose class is at least min_class. It is renewed each year,
-- so it also holds where a field is new; what is already built stays.
-- Leaves alone: poorer fields, forest, built land; zoning and floor-area ratios. The bit stays when the policy ends.

policy {
  name = "protect_farmland",
  title = { en = "Protect farmland", sv = "Skydda jordbruksmark", da = "Beskyt landbrugsjord" },
  sentence = {
    en = "Forbids building on farmland of a class and better.",
    sv = "Förbjuder byggande på jordbruksmark från och med en viss klass.",
    da = "Forbyder byggeri på landbrugsjord fra og med en bestemt klasse.",
  },
  lever = {
    se = "Miljöbalken 3 kap. 4 § om brukningsvärd jordbruksmark, genom översiktsplan och detaljplan.",
    dk = "Landzone og særligt værdifulde landbrugsområder i kommuneplanen (planloven).",
  },
  changes = {
    en = "the farmland bit of cell.protection",
    sv = "jordbruksbiten av cell.protection",
    da = "landbrugsbitten af cell.protection",
  },
  leaves = {
    en = "fields of lower classes, all other land, zoning and floor-area ratios",
    sv = "åkrar av lägre klasser, all annan mark, planläggning och exploateringstal",
    da = "marker af lavere klasser, al anden jord, planlægning og bebyggelsesgrad",
  },
  parameters = {
    {
      name = "min_class", kind = "whole", unit = "1", default = 3, min = 1, max = 10,
      source = "assumed: Swedish classes 1 (poorest) to 10 (best)",
      title = { en = "Lowest protected class", sv = "Lägsta skyddade klass", da = "Laveste beskyttede klasse" },
      sentence = {
        en = "Farmland of this class and better is protected; 1 protects all.",
        sv = "Jordbruksmark av denna klass och bättre skyddas; 1 skyddar all.",
        da = "Landbrugsjord af denne klasse og bedre beskyttes; 1 beskytter al.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    local fields = city:layer("land_use"):is("farmland") & city:layer("farmland_class"):ge(p.min_class)
    city:layer("protection"):bits_on(fields, "farmland")
  end,
}
