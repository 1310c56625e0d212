-- Prevention as an investment: a yearly sum for each child and young person now, against social care and exclusion later.
--
-- Changes: the cost of a programme, the effect that is assumed of it, and when that comes.
-- Leaves alone: people. Only money changes; the effect needed to break even is reported beside the assumed one.

policy {
  name = "prevention",
  title = { en = "Prevention as an investment", sv = "Förebyggande som investering", da = "Forebyggelse som investering" },
  sentence = {
    en = "Pays a yearly sum for each resident aged 0-19 and reports what effect on later costs would pay it back.",
    sv = "Betalar en årlig summa per invånare 0-19 år och visar vilken effekt på senare kostnader som skulle betala tillbaka den.",
    da = "Betaler en årlig sum pr. indbygger på 0-19 år og viser, hvilken virkning på senere udgifter der ville betale den tilbage.",
  },
  lever = {
    se = "Kommunens budget; sociala investeringar (socialtjänstlagen).",
    dk = "Kommunens budget; forebyggende indsatser (barnets lov).",
  },
  changes = {
    en = "the parameters economy.prevention_sek, economy.prevention_effect and economy.prevention_lag",
    sv = "parametrarna economy.prevention_sek, economy.prevention_effect och economy.prevention_lag",
    da = "parametrene economy.prevention_sek, economy.prevention_effect og economy.prevention_lag",
  },
  leaves = {
    en = "people, need of services, all other budgets",
    sv = "människor, behov av omsorg, alla andra budgetar",
    da = "mennesker, behov for omsorg, alle andre budgetter",
  },
  parameters = {
    {
      name = "sek", unit = "SEK/year", default = 500, min = 0, max = 100000,
      source = "assumed",
      title = { en = "Cost a child", sv = "Kostnad per barn", da = "Udgift pr. barn" },
      sentence = {
        en = "Yearly cost for each resident aged 0-19, in prices of 2021.",
        sv = "Årlig kostnad per invånare 0-19 år, i 2021 års priser.",
        da = "Årlig udgift pr. indbygger på 0-19 år, i 2021-priser.",
      },
    },
    {
      name = "effect", unit = "1", default = 0.1, min = 0, max = 1,
      source = "assumed: compare it with the effect needed to break even",
      title = { en = "Assumed effect", sv = "Antagen effekt", da = "Antaget virkning" },
      sentence = {
        en = "Share of the cost of social care of the young and of youth outside education and work that it saves.",
        sv = "Andel av kostnaden för ungas sociala omsorg och för unga utanför studier och arbete som den sparar.",
        da = "Andel af udgiften til unges sociale indsatser og til unge uden uddannelse og job, som den sparer.",
      },
    },
    {
      name = "lag", unit = "year", default = 5, min = 0, max = 40,
      source = "assumed",
      title = { en = "Years to effect", sv = "År till effekt", da = "År til virkning" },
      sentence = {
        en = "Years from the start of the programme until it saves anything.",
        sv = "År från programmets start tills det sparar något.",
        da = "År fra programmets start, til det sparer noget.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    local last = p.to > 0 and city.year == p.to and city.year > p.since
    city:set_param("economy.prevention_effect", p.effect)
    city:set_param("economy.prevention_lag", p.lag)
    city:set_param("economy.prevention_sek", last and 0 or p.sek)
  end,
}
