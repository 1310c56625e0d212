-- Land price: the municipality sells unbuilt land in its plans at a price of its own, and may charge or support builders.
--
-- Changes: cell.land_price of unbuilt land that is zoned for homes, and cell.charge there if a charge is set. A higher price earns more on each
-- site and lets fewer sites pay.
-- Leaves alone: built land, land without a plan, protected land, the zoning itself. The map does not say who owns the land: all unbuilt land
-- in plans counts as the municipality's, which overstates what a municipality with little land can do.

policy {
  name = "land_price",
  title = { en = "Municipal land sales", sv = "Kommunens markpris", da = "Kommunens grundpris" },
  sentence = {
    en = "Sells unbuilt land in plans at a set price, and charges or supports those who build there.",
    sv = "Säljer obebyggd planlagd mark till ett bestämt pris och tar ut eller ger ett bidrag av dem som bygger där.",
    da = "Sælger ubebygget, planlagt jord til en fast pris og opkræver eller støtter dem, der bygger der.",
  },
  lever = {
    se = "Försäljning till marknadsvärde enligt riktlinjer för markanvisning (lag 2014:899); stöd under marknadsvärdet är statsstöd (EUF 107).",
    dk = "Salg af kommunale ejendomme ved offentligt udbud (kommunestyrelsesloven § 68).",
  },
  changes = {
    en = "cell.land_price and cell.charge on unbuilt land zoned for homes",
    sv = "cell.land_price och cell.charge på obebyggd mark som är planlagd för bostäder",
    da = "cell.land_price og cell.charge på ubebygget jord, der er planlagt til boliger",
  },
  leaves = {
    en = "built land, land without a plan, protected land, zoning",
    sv = "bebyggd mark, mark utan plan, skyddad mark, planläggningen",
    da = "bebygget jord, jord uden plan, beskyttet jord, planlægningen",
  },
  parameters = {
    {
      name = "price", unit = "SEK/m2", default = 500, min = 1, max = 20000,
      source = "assumed: between raw land and a serviced plot",
      title = { en = "Price of land", sv = "Markpris", da = "Grundpris" },
      sentence = { en = "Price per square metre of land.", sv = "Pris per kvadratmeter mark.", da = "Pris pr. kvadratmeter jord." },
    },
    {
      name = "charge", unit = "SEK/m2", default = 0, min = -20000, max = 20000,
      source = "assumed: 0 neither charges nor supports",
      title = { en = "Charge on builders", sv = "Avgift för byggherrar", da = "Afgift for bygherrer" },
      sentence = {
        en = "Charge per square metre of dwelling; below zero a subsidy.",
        sv = "Avgift per kvadratmeter bostad; under noll ett bidrag.",
        da = "Afgift pr. kvadratmeter bolig; under nul et tilskud.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    local free = city:layer("land_use"):is("farmland", "forest", "open", "park"):minus(city:layer("protection"):gt(0))
    local planned = free & city:layer("zoning"):is("small_houses", "mixed")
    city:layer("land_price"):set(planned, p.price)
    city:layer("charge"):set(planned, p.charge)
  end,
}
