-- Lund 2020 to 2025, a hindcast: who lived where, when it is known which homes were built where (docs/hindcast_lund.md).
-- The homes of scripts/programmes/lund_2020.lua come as they came: none is delayed, appealed or lost, and developers add none.
-- Without that knowledge: kedja run lund_2020 --set building_programme.enabled=false --set development.response_outside=0.6
-- The map is imported from public data first: see maps/lund_2020/recipe.lua.

scenario {
  name = "lund_2020",
  title = { en = "Lund 2020–2025, hindcast", sv = "Lund 2020–2025, prövning bakåt", da = "Lund 2020–2025, prøve bagud" },
  about = {
    en = "People by neighbourhood from a start in 2020, with the homes that were built, to be held against the census figures of 2023 and 2025.",
    sv = "Invånare per område från en start 2020, med de bostäder som byggdes, att jämföra med statistiken för 2023 och 2025.",
    da = "Indbyggere pr. område fra en start i 2020, med de boliger, der blev bygget, til sammenligning med tallene for 2023 og 2025.",
  },
  map = "lund_2020",
  stop = 2025,
  seed = 1,
  policies = { "building_programme" },
  set = {
    ["development.delay_year"] = 0,
    ["development.loss_year"] = 0,
    ["development.appeal"] = 0,
    ["development.capacity_share"] = 0.1, -- what was built is known: no lack of hands puts it off
    ["development.vacancy_natural"] = 0.2, -- nor do homes on offer
    ["development.response_outside"] = 0,
    ["development.response_lodging"] = 0,
  },
}
