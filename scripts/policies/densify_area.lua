-- Denser here: more floor on land that is already built on, around a chosen point.
--
-- Changes: as densify, but within a distance of one point instead of around every centre. Nothing without a point.
-- Leaves alone: farmland, forest, parks and everything protected; land farther away; what stands there already. The ratio stays when the
-- policy ends or its point moves.

policy {
  name = "densify_area",
  title = { en = "Denser area", sv = "Tätare område", da = "Tættere område" },
  sentence = {
    en = "Allows taller and denser housing on built land around a chosen place.",
    sv = "Tillåter högre och tätare bostäder på bebyggd mark runt en vald plats.",
    da = "Tillader højere og tættere boliger på bebygget jord omkring et valgt sted.",
  },
  lever = {
    se = "Översiktsplan och ny detaljplan med högre byggrätt (plan- och bygglagen 2010:900).",
    dk = "Kommuneplanens rammer og ny lokalplan med højere bebyggelsesprocent (planloven).",
  },
  changes = {
    en = "cell.max_far on built land and cell.zoning on land with flats around the point; both on open land too if infill is on",
    sv = "cell.max_far på bebyggd mark och cell.zoning på mark med flerbostadshus kring punkten; båda på öppen mark också om infill är på",
    da = "cell.max_far på bebygget jord og cell.zoning på jord med etageboliger omkring punktet; begge også på åben jord, hvis infill er slået til",
  },
  leaves = {
    en = "farmland, forest, parks, protected land, land farther away, the zoning of small houses",
    sv = "jordbruksmark, skog, parker, skyddad mark, mark längre bort, planläggningen för småhus",
    da = "landbrugsjord, skov, parker, beskyttet jord, jord længere væk, planlægningen for parcelhuse",
  },
  parameters = {
    {
      name = "radius", unit = "m", default = 600, min = 50, max = 10000,
      source = "assumed: about a quarter of an hour across",
      title = { en = "Radius of the area", sv = "Områdets radie", da = "Områdets radius" },
      sentence = {
        en = "How far from the point the higher ratio applies.",
        sv = "Hur långt från punkten det högre talet gäller.",
        da = "Hvor langt fra punktet den højere grad gælder.",
      },
    },
    {
      name = "max_far", unit = "1", default = 1.2, min = 0.3, max = 4.0,
      source = "assumed: blocks of three to five storeys around courtyards reach about 1.2",
      title = { en = "Highest floor-area ratio", sv = "Högsta exploateringstal", da = "Højeste bebyggelsesgrad" },
      sentence = {
        en = "Floor area of dwellings per area of land that may be built where flats stand.",
        sv = "Bostadsyta per markyta som får byggas där det finns flerbostadshus.",
        da = "Boligareal pr. grundareal, der må bygges, hvor der er etageboliger.",
      },
    },
    {
      name = "small_far", unit = "1", default = 0.45, min = 0.25, max = 1.0,
      source = "assumed: row houses on small plots; ordinary small houses have 0.25",
      title = { en = "Floor-area ratio of small houses", sv = "Exploateringstal för småhus", da = "Bebyggelsesgrad for småhuse" },
      sentence = {
        en = "The same on land zoned for small houses; its free plots are filled.",
        sv = "Detsamma på mark som är planlagd för småhus; dess lediga tomter fylls.",
        da = "Det samme på jord, der er udlagt til småhuse; de ledige grunde fyldes.",
      },
    },
    {
      name = "infill", unit = "boolean", default = true,
      title = { en = "Build on open gaps", sv = "Bebygg luckor", da = "Huludfyldning" },
      sentence = {
        en = "Also zones unbuilt open land within the radius for housing.",
        sv = "Planlägger även obebyggd öppen mark inom radien för bostäder.",
        da = "Udlægger også ubebygget åben jord inden for radius til boliger.",
      },
    },
  },
  place = { en = "no area", sv = "inget område", da = "intet område" },
  when = "year",
  apply = function(city, p)
    if not p.point then return end
    local land_use, zoning, max_far = city:layer("land_use"), city:layer("zoning"), city:layer("max_far")
    local free = city:near(p.point, p.radius):minus(city:layer("protection"):gt(0))
    local flats = land_use:is("flats") & free
    if p.infill then flats = flats | (land_use:is("open") & free) end
    zoning:set(flats, "mixed")
    max_far:max(flats, p.max_far)
    max_far:max(land_use:is("small_houses") & zoning:is("small_houses") & free, p.small_far)
  end,
}
