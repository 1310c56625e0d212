/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "environment.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "near_green", .title = {"Inhabitants near a park or forest", "Invånare nära park eller skog", "Indbyggere nær park eller skov"}, .flags = KJ_SHOWN_OF_YEAR | KJ_SHOWN_MORE_IS_BETTER},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "travel_co2", .title = {"CO₂ of daily travel", "CO₂ av dagliga resor", "CO₂ fra daglige rejser"}, .unit = {"t"}, .flags = KJ_SHOWN_OF_YEAR | KJ_SHOWN_LESS_IS_BETTER},
    {.kind = KJ_SHOWN_LAYER, .table = "cell", .column = "travel_centre", .title = {"Travel time to the nearest centre by car", "Restid med bil till närmaste centrum", "Rejsetid i bil til nærmeste centrum"}, .unit = {"min"}, .scale = 1.0 / 60.0, .low = 0, .high = 30},
};

kj_status environment_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
