-- A made-up municipality that is Sweden in small: what `kedja validate` holds against figures of the nation. It builds as the
-- nation does (scripts/programmes/sweden_like.lua) and has no vision.

scenario {
  name = "sweden_like",
  title = { en = "Sweden in small", sv = "Sverige i litet", da = "Sverige i lille" },
  about = {
    en = "A made-up municipality of 50,000 inhabitants with the nation's ages, households, tenures and moves: the "
      .. "model is held against national figures on it.",
    sv = "En påhittad kommun med 50 000 invånare och landets åldrar, hushåll, upplåtelseformer och flyttningar: "
      .. "modellen prövas mot landets siffror på den.",
    da = "En opdigtet kommune med 50.000 indbyggere og landets aldre, husstande, ejerformer og flytninger: modellen "
      .. "prøves mod landets tal på den.",
  },
  map = "sweden_like",
  stop = 2035,
  seed = 1,
  policies = { "building_programme" },
}
