-- Densify: more floor on land that is already built on, near the centres of localities.
--
-- Changes: max_far (highest floor-area ratio) and zoning of built cells, and of open land if infill is on, within a
-- distance of the centre of every town and locality that is large enough.
-- Leaves alone: farmland, forest, parks and everything protected; places farther out; what stands there already.

policy {
  name = "densify",
  title = { en = "Densify near the centres", sv = "Förtäta nära centrum", da = "Fortæt nær centrum" },
  sentence = {
    en = "Allows taller and denser housing on built land near the centres of the localities.",
    sv = "Tillåter högre och tätare bostäder på redan bebyggd mark nära tätorternas centrum.",
    da = "Tillader højere og tættere boliger på allerede bebygget jord nær byernes centrum.",
  },
  lever = {
    se = "Översiktsplan och ny detaljplan med högre byggrätt (plan- och bygglagen 2010:900).",
    dk = "Kommuneplanens rammer og ny lokalplan med højere bebyggelsesprocent (planloven).",
  },
  changes = "cell.max_far and cell.zoning on built land, and on open land if infill is on, near centres",
  leaves = "farmland, forest, parks, protected land, land farther from a centre",
  parameters = {
    {
      name = "max_far", unit = "1", default = 1.2, min = 0.3, max = 4.0,
      source = "assumed: blocks of three to five storeys around courtyards reach about 1.2",
      title = { en = "Highest floor-area ratio", sv = "Högsta exploateringstal", da = "Højeste bebyggelsesgrad" },
      sentence = {
        en = "Floor area of dwellings per area of land that may be built.",
        sv = "Bostadsyta per markyta som får byggas.",
        da = "Boligareal pr. grundareal, der må bygges.",
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
      name = "smallest", unit = "1", default = 1000, min = 0, max = 1000000,
      source = "assumed: smaller places have few services to be near",
      title = { en = "Smallest locality", sv = "Minsta tätort", da = "Mindste by" },
      sentence = {
        en = "Inhabitants that a place must have for its centre to count.",
        sv = "Invånare som en ort måste ha för att dess centrum ska räknas.",
        da = "Indbyggere, som et sted skal have, for at dets centrum tæller.",
      },
    },
    {
      name = "infill", unit = "boolean", default = true,
      title = { en = "Build on open gaps", sv = "Bebygg luckor", da = "Huludfyldning" },
      sentence = {
        en = "Also zones unbuilt open land within the distance for housing.",
        sv = "Planlägger även obebyggd öppen mark inom avståndet för bostäder.",
        da = "Udlægger også ubebygget åben jord inden for afstanden til boliger.",
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
    local land_use = city:layer("land_use")
    local sites = land_use:is("small_houses", "flats")
    if p.infill then sites = sites | land_use:is("open") end
    sites = (sites & city:near(centres, p.distance)):minus(city:layer("protection"):gt(0))
    city:layer("zoning"):set(sites, "mixed")
    city:layer("max_far"):max(sites, p.max_far)
  end,
}
