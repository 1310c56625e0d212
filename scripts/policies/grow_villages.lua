-- Grow the villages: land for small houses around the smaller localities.
--
-- Changes: zoning (small_houses) and max_far of open land and forest, and of farmland if wanted, within a distance of
-- built cells of localities of the chosen size.
-- Leaves alone: towns, protected land, cells that have a plan already, water, built land.

policy {
  name = "grow_villages",
  title = { en = "Grow the villages", sv = "Låt byarna växa", da = "Lad landsbyerne vokse" },
  sentence = {
    en = "Opens land for small houses next to the smaller localities.",
    sv = "Öppnar mark för småhus intill de mindre tätorterna.",
    da = "Åbner jord til parcelhuse ved de mindre byer.",
  },
  lever = {
    se = "Översiktsplan och detaljplan; områden för landsbygdsutveckling i strandnära läge där strandskydd gäller.",
    dk = "Kommuneplanens landsbyafgrænsning og lokalplan (planloven).",
  },
  changes = {
    en = "cell.zoning and cell.max_far of unbuilt land next to smaller localities",
    sv = "cell.zoning och cell.max_far på obebyggd mark intill mindre orter",
    da = "cell.zoning og cell.max_far på ubebygget jord ved mindre byer",
  },
  leaves = {
    en = "towns, protected land, land that is planned already, built land, water",
    sv = "städer, skyddad mark, mark som redan är planlagd, bebyggd mark, vatten",
    da = "større byer, beskyttet jord, jord der allerede er planlagt, bebygget jord, vand",
  },
  parameters = {
    {
      name = "distance", unit = "m", default = 400, min = 100, max = 3000,
      source = "assumed: a few rows of plots",
      title = { en = "Distance from houses", sv = "Avstånd från husen", da = "Afstand fra husene" },
      sentence = {
        en = "How far from the built land of a village new plots may lie.",
        sv = "Hur långt från byns bebyggelse nya tomter får ligga.",
        da = "Hvor langt fra landsbyens bebyggelse nye grunde må ligge.",
      },
    },
    {
      name = "max_far", unit = "1", default = 0.25, min = 0.05, max = 0.6,
      source = "assumed: detached houses on ordinary plots",
      title = { en = "Highest floor-area ratio", sv = "Högsta exploateringstal", da = "Højeste bebyggelsesgrad" },
      sentence = {
        en = "Floor area of dwellings per area of land that may be built.",
        sv = "Bostadsyta per markyta som får byggas.",
        da = "Boligareal pr. grundareal, der må bygges.",
      },
    },
    {
      name = "smallest", kind = "whole", unit = "1", default = 200, min = 0, max = 100000,
      source = "assumed: 200 inhabitants make a locality in Swedish statistics",
      title = { en = "Smallest village", sv = "Minsta by", da = "Mindste landsby" },
      sentence = {
        en = "Inhabitants that a village must have.",
        sv = "Invånare som en by måste ha.",
        da = "Indbyggere, som en landsby skal have.",
      },
    },
    {
      name = "largest", kind = "whole", unit = "1", default = 5000, min = 0, max = 1000000,
      source = "assumed: larger places are towns",
      title = { en = "Largest village", sv = "Största by", da = "Største landsby" },
      sentence = {
        en = "Inhabitants that a village may have at most.",
        sv = "Invånare som en by får ha som mest.",
        da = "Indbyggere, som en landsby højst må have.",
      },
    },
    {
      name = "on_farmland", unit = "boolean", default = false,
      title = { en = "Also on farmland", sv = "Även på jordbruksmark", da = "Også på landbrugsjord" },
      sentence = {
        en = "Lets villages grow onto farmland that is not protected.",
        sv = "Låter byar växa ut på jordbruksmark som inte är skyddad.",
        da = "Lader landsbyer vokse ud på landbrugsjord, som ikke er beskyttet.",
      },
    },
  },
  when = "year",
  apply = function(city, p)
    local land_use, zoning = city:layer("land_use"), city:layer("zoning")
    local built = land_use:is("small_houses", "flats")
    local free = land_use:is("forest", "open")
    if p.on_farmland then free = free | land_use:is("farmland") end
    free = (free & zoning:is("none")):minus(city:layer("protection"):gt(0))
    for _, area in ipairs(city:areas("locality")) do
      if area.population >= p.smallest and area.population <= p.largest then
        local site = free & city:near(built & area.cells(), p.distance)
        zoning:set(site, "small_houses")
        city:layer("max_far"):max(site, p.max_far)
      end
    end
  end,
}
