-- Densify: more floor on land that is already built on, near the centres of localities.
--
-- Changes: max_far (highest floor-area ratio) of land with flats, which is zoned for mixed building, and of land zoned for
-- small houses, within a distance of the centre of every town and locality that is large enough; open land if infill is on.
-- Leaves alone: farmland, forest, parks and everything protected; places farther out; what stands there already. Land with
-- small houses keeps its zoning: rezoned for flats it would lose its free plots, and small houses would go to new land.
--
-- More is not always denser: from development.garage_from_far on, parking goes into garages, and few flats still pay.
-- With infill on, gaps of open land are built on, which is new land taken; without it the policy takes less.

policy {
  name = "densify",
  title = { en = "Densify near the centres", sv = "Förtäta nära centrum", da = "Fortæt nær centrum" },
  sentence = {
    en = "Allows taller and denser housing on built land near the centres of the localities, so that less new land is taken.",
    sv = "Tillåter högre och tätare bostäder på redan bebyggd mark nära tätorternas centrum, så att mindre ny mark tas i anspråk.",
    da = "Tillader højere og tættere boliger på allerede bebygget jord nær byernes centrum, så der inddrages mindre ny jord.",
  },
  lever = {
    se = "Översiktsplan och ny detaljplan med högre byggrätt (plan- och bygglagen 2010:900).",
    dk = "Kommuneplanens rammer og ny lokalplan med højere bebyggelsesprocent (planloven).",
  },
  changes = {
    en = "cell.max_far on built land and cell.zoning on land with flats near centres; both on open land too if infill is on",
    sv = "cell.max_far på bebyggd mark och cell.zoning på mark med flerbostadshus nära centrum; båda på öppen mark också om infill är på",
    da = "cell.max_far på bebygget jord og cell.zoning på jord med etageboliger nær centrum; begge også på åben jord, hvis infill er slået til",
  },
  leaves = {
    en = "farmland, forest, parks, protected land, land farther from a centre, the zoning of small houses",
    sv = "jordbruksmark, skog, parker, skyddad mark, mark längre från centrum, planläggningen för småhus",
    da = "landbrugsjord, skov, parker, beskyttet jord, jord længere fra centrum, planlægningen for parcelhuse",
  },
  parameters = {
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
      name = "distance", unit = "m", default = 1500, min = 100, max = 10000,
      source = "assumed: about twenty minutes on foot",
      title = { en = "Distance from the centre", sv = "Avstånd från centrum", da = "Afstand fra centrum" },
      sentence = {
        en = "How far from a centre the higher ratio applies.",
        sv = "Hur långt från ett centrum det högre talet gäller.",
        da = "Hvor langt fra et centrum den højere grad gælder.",
      },
    },
    {
      name = "smallest", kind = "whole", unit = "1", default = 1000, min = 0, max = 1000000,
      source = "assumed: smaller places have few services to be near",
      title = { en = "Smallest locality", sv = "Minsta tätort", da = "Mindste by" },
      sentence = {
        en = "Inhabitants that a place must have for its centre to count.",
        sv = "Invånare som en ort måste ha för att dess centrum ska räknas.",
        da = "Indbyggere, som et sted skal have, for at dets centrum tæller.",
      },
    },
    {
      name = "infill", unit = "boolean", default = false,
      title = { en = "Build on open gaps", sv = "Bebygg luckor", da = "Huludfyldning" },
      sentence = {
        en = "Also zones unbuilt open land within the distance for housing: more homes near the centre, but more new land taken.",
        sv = "Planlägger även obebyggd öppen mark inom avståndet för bostäder: fler bostäder nära centrum, men mer ny mark tas.",
        da = "Udlægger også ubebygget åben jord inden for afstanden til boliger: flere boliger nær centrum, men mere ny jord inddrages.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    -- A centre is where travel to the nearest centre takes no time; districts of a town share one.
    local middles, centres = city:layer("travel_centre"):eq(0), nil
    for _, area in ipairs(city:areas()) do
      if area.kind ~= "rural" and area.population >= p.smallest then
        local own = middles & area.cells()
        centres = centres and centres | own or own
      end
    end
    if not centres then return end
    local land_use, zoning, max_far = city:layer("land_use"), city:layer("zoning"), city:layer("max_far")
    local free = city:near(centres, p.distance):minus(city:layer("protection"):gt(0))
    local flats = land_use:is("flats") & free
    if p.infill then flats = flats | (land_use:is("open") & free) end
    zoning:set(flats, "mixed")
    max_far:max(flats, p.max_far)
    max_far:max(land_use:is("small_houses") & zoning:is("small_houses") & free, p.small_far)
  end,
}
