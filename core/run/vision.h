/* What a vision demands each year (demography.vision_population), beside what came. */
#ifndef KEDJA_RUN_VISION_H
#define KEDJA_RUN_VISION_H

#include "../engine/sim.h"
#include "../io/demands.h"

/* Of the years that the run has behind it, also before a restart. The model plans homes, in-migrants and jobs anew each January
   (plugins/demography/MODEL.md); pupils and posts grow with the homes, as many a household as there were the December before. */
kj_status kj_vision_read(kj_error *err, kj_sim *sim, kj_demands *out);

#endif
