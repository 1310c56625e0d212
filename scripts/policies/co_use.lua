-- Co-use of premises: associations may use the classrooms of municipal schools in the evening, and pay for them in one of three ways.
--
-- Changes: the share of school rooms that are open, and how associations pay.
-- Leaves alone: schools by day, pupils, halls (open to associations before as well). The municipality needs fewer rooms of its own.

policy {
  name = "co_use",
  title = { en = "Co-use of school premises", sv = "Samutnyttjande av skollokaler", da = "Fælles brug af skolelokaler" },
  sentence = {
    en = "Opens classrooms to associations outside school and chooses how they pay: flat, by area or by hour used.",
    sv = "Öppnar klassrum för föreningar utanför skoltid och väljer hur de betalar: fast, per yta eller per använd timme.",
    da = "Åbner klasselokaler for foreninger uden for skoletid og vælger, hvordan de betaler: fast, efter areal eller pr. brugt time.",
  },
  lever = {
    se = "Kommunen äger lokalerna och beslutar taxor (kommunallagen 2017:725).",
    dk = "Kommunen anviser lokaler og kan tage gebyr (folkeoplysningsloven §§ 21-22).",
  },
  changes = {
    en = "the parameters services.co_use_share and services.pricing_model",
    sv = "parametrarna services.co_use_share och services.pricing_model",
    da = "parametrene services.co_use_share og services.pricing_model",
  },
  leaves = {
    en = "schools by day, pupils and their places, halls",
    sv = "skolorna på dagtid, elever och deras platser, hallar",
    da = "skolerne om dagen, elever og deres pladser, haller",
  },
  parameters = {
    {
      name = "share", unit = "1", default = 0.3, min = 0, max = 1,
      source = "assumed",
      title = { en = "Rooms opened", sv = "Öppnade lokaler", da = "Åbnede lokaler" },
      sentence = {
        en = "Share of the teaching rooms of municipal schools that associations may use.",
        sv = "Andel av undervisningslokalerna i kommunala skolor som föreningar får använda.",
        da = "Andel af undervisningslokaler i kommunale skoler, som foreninger må bruge.",
      },
    },
    {
      name = "pricing", kind = "whole", unit = "1", default = 2, min = 0, max = 2,
      source = "a choice",
      title = { en = "Way of paying", sv = "Prismodell", da = "Prismodel" },
      sentence = {
        en = "0 flat a season, 1 by square metre, 2 by hour used (fewer bookings stay unused).",
        sv = "0 fast per säsong, 1 per kvadratmeter, 2 per använd timme (färre bokningar står tomma).",
        da = "0 fast pr. sæson, 1 pr. kvadratmeter, 2 pr. brugt time (færre bookinger står tomme).",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    city:set_param("services.co_use_share", p.share)
    city:set_param("services.pricing_model", p.pricing)
  end,
}
