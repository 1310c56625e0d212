#include "grid.h"

#include <stdlib.h>
#include <string.h>

/* Texts as PROJ 9.1.1 writes them for the EPSG codes; both are transverse Mercator on GRS 80. */
static const kj_crs known_systems[] = {
    {.epsg = 3006,
     .name = "SWEREF99 TM",
     .wkt1 =
      "PROJCS[\"SWEREF99 TM\",GEOGCS[\"SWEREF99\",DATUM[\"SWEREF99\",SPHEROID[\"GRS 1980\",6378137,298.257222101,AU"
      "THORITY[\"EPSG\",\"7019\"]],AUTHORITY[\"EPSG\",\"6619\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNI"
      "T[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4619\"]],PROJECTION[\"Transv"
      "erse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",15],PARAMETER[\"scale_"
      "factor\",0.9996],PARAMETER[\"false_easting\",500000],PARAMETER[\"false_northing\",0],UNIT[\"metre\",1,AUTHO"
      "RITY[\"EPSG\",\"9001\"]],AXIS[\"Northing\",NORTH],AXIS[\"Easting\",EAST],AUTHORITY[\"EPSG\",\"3006\"]]",
     .wkt2 =
      "PROJCRS[\"SWEREF99 TM\",BASEGEOGCRS[\"SWEREF99\",DATUM[\"SWEREF99\",ELLIPSOID[\"GRS 1980\",6378137,298.25722"
      "2101,LENGTHUNIT[\"metre\",1]]],PRIMEM[\"Greenwich\",0,ANGLEUNIT[\"degree\",0.0174532925199433]],ID[\"EPSG\","
      "4619]],CONVERSION[\"SWEREF99 TM\",METHOD[\"Transverse Mercator\",ID[\"EPSG\",9807]],PARAMETER[\"Latitude of"
      " natural origin\",0,ANGLEUNIT[\"degree\",0.0174532925199433],ID[\"EPSG\",8801]],PARAMETER[\"Longitude of n"
      "atural origin\",15,ANGLEUNIT[\"degree\",0.0174532925199433],ID[\"EPSG\",8802]],PARAMETER[\"Scale factor at"
      " natural origin\",0.9996,SCALEUNIT[\"unity\",1],ID[\"EPSG\",8805]],PARAMETER[\"False easting\",500000,LENGT"
      "HUNIT[\"metre\",1],ID[\"EPSG\",8806]],PARAMETER[\"False northing\",0,LENGTHUNIT[\"metre\",1],ID[\"EPSG\",8807]"
      "]],CS[Cartesian,2],AXIS[\"northing (N)\",north,ORDER[1],LENGTHUNIT[\"metre\",1]],AXIS[\"easting (E)\",east"
      ",ORDER[2],LENGTHUNIT[\"metre\",1]],USAGE[SCOPE[\"Topographic mapping (medium and small scale).\"],AREA[\""
      "Sweden - onshore and offshore.\"],BBOX[54.96,10.03,69.07,24.17]],ID[\"EPSG\",3006]]",
     .central_meridian = 15.0,
     .scale = 0.9996,
     .false_easting = 500000.0,
     .semi_major = 6378137.0,
     .inverse_flattening = 298.257222101},
    {.epsg = 25832,
     .name = "ETRS89 / UTM zone 32N",
     .wkt1 =
      "PROJCS[\"ETRS89 / UTM zone 32N\",GEOGCS[\"ETRS89\",DATUM[\"European_Terrestrial_Reference_System_1989\",SP"
      "HEROID[\"GRS 1980\",6378137,298.257222101,AUTHORITY[\"EPSG\",\"7019\"]],AUTHORITY[\"EPSG\",\"6258\"]],PRIMEM[\""
      "Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AU"
      "THORITY[\"EPSG\",\"4258\"]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],PARAMETE"
      "R[\"central_meridian\",9],PARAMETER[\"scale_factor\",0.9996],PARAMETER[\"false_easting\",500000],PARAMETER"
      "[\"false_northing\",0],UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]],AXIS[\"Easting\",EAST],AXIS[\"Northing\",N"
      "ORTH],AUTHORITY[\"EPSG\",\"25832\"]]",
     .wkt2 =
      "PROJCRS[\"ETRS89 / UTM zone 32N\",BASEGEOGCRS[\"ETRS89\",ENSEMBLE[\"European Terrestrial Reference System"
      " 1989 ensemble\",MEMBER[\"European Terrestrial Reference Frame 1989\"],MEMBER[\"European Terrestrial Ref"
      "erence Frame 1990\"],MEMBER[\"European Terrestrial Reference Frame 1991\"],MEMBER[\"European Terrestrial"
      " Reference Frame 1992\"],MEMBER[\"European Terrestrial Reference Frame 1993\"],MEMBER[\"European Terrest"
      "rial Reference Frame 1994\"],MEMBER[\"European Terrestrial Reference Frame 1996\"],MEMBER[\"European Ter"
      "restrial Reference Frame 1997\"],MEMBER[\"European Terrestrial Reference Frame 2000\"],MEMBER[\"European"
      " Terrestrial Reference Frame 2005\"],MEMBER[\"European Terrestrial Reference Frame 2014\"],ELLIPSOID[\"G"
      "RS 1980\",6378137,298.257222101,LENGTHUNIT[\"metre\",1]],ENSEMBLEACCURACY[0.1]],PRIMEM[\"Greenwich\",0,AN"
      "GLEUNIT[\"degree\",0.0174532925199433]],ID[\"EPSG\",4258]],CONVERSION[\"UTM zone 32N\",METHOD[\"Transverse "
      "Mercator\",ID[\"EPSG\",9807]],PARAMETER[\"Latitude of natural origin\",0,ANGLEUNIT[\"degree\",0.01745329251"
      "99433],ID[\"EPSG\",8801]],PARAMETER[\"Longitude of natural origin\",9,ANGLEUNIT[\"degree\",0.0174532925199"
      "433],ID[\"EPSG\",8802]],PARAMETER[\"Scale factor at natural origin\",0.9996,SCALEUNIT[\"unity\",1],ID[\"EPS"
      "G\",8805]],PARAMETER[\"False easting\",500000,LENGTHUNIT[\"metre\",1],ID[\"EPSG\",8806]],PARAMETER[\"False n"
      "orthing\",0,LENGTHUNIT[\"metre\",1],ID[\"EPSG\",8807]]],CS[Cartesian,2],AXIS[\"(E)\",east,ORDER[1],LENGTHUN"
      "IT[\"metre\",1]],AXIS[\"(N)\",north,ORDER[2],LENGTHUNIT[\"metre\",1]],USAGE[SCOPE[\"Engineering survey, top"
      "ographic mapping.\"],AREA[\"Europe between 6°E and 12°E: Austria; Belgium; Denmark - onshore and offsh"
      "ore; Germany - onshore and offshore; Norway including - onshore and offshore; Spain - offshore.\"],BB"
      "OX[38.76,6,84.33,12.01]],ID[\"EPSG\",25832]]",
     .central_meridian = 9.0,
     .scale = 0.9996,
     .false_easting = 500000.0,
     .semi_major = 6378137.0,
     .inverse_flattening = 298.257222101},
};

const kj_crs *kj_crs_find(int32_t epsg)
{
    for (size_t i = 0; i < sizeof known_systems / sizeof *known_systems; i++)
        if (known_systems[i].epsg == epsg) return &known_systems[i];
    return NULL;
}

void kj_map_init(kj_map *map, kj_memory *memory)
{
    memset(map, 0, sizeof *map);
    kj_store_init(&map->store, memory);
}

void kj_map_free(kj_map *map)
{
    kj_store_free(&map->store);
    free(map->title);
    free(map->sources);
    free(map->report);
    memset(map, 0, sizeof *map);
}
