/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "schools.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "pupils", .title = {"Pupils", "Elever", "Elever"},
     .how = {"Children in grades F–9 with a school, on 15 October.",
             "Barn i årskurs F–9 med en skola, den 15 oktober.",
             "Børn på klassetrin 0–9 med en skole, den 15. oktober."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "places", .title = {"School places", "Skolplatser", "Skolepladser"},
     .how = {"Places in open schools F–9.",
             "Platser i öppna skolor F–9.",
             "Pladser i åbne skoler 0–9."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "pupils_without_place", .title = {"Pupils without a place", "Elever utan plats", "Elever uden plads"}, .flags = KJ_SHOWN_LESS_IS_BETTER,
     .how = {"Children of school age for whom no school with room in their grade was left on 15 October.",
             "Barn i skolåldern för vilka ingen skola med plats i deras årskurs fanns kvar den 15 oktober.",
             "Børn i skolealderen, for hvem ingen skole med plads på deres klassetrin var tilbage den 15. oktober."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "pupils_mean_walk", .title = {"Walk to school", "Gångtid till skolan", "Gangtid til skole"}, .unit = {"min"}, .scale = 1.0 / 60.0, .decimals = 1, .flags = KJ_SHOWN_MEAN | KJ_SHOWN_LESS_IS_BETTER,
     .how = {"Mean walking time to their school of all pupils, also those who ride there.",
             "Gångtid i medeltal till sin skola för alla elever, även dem som åker dit.",
             "Gennemsnitlig gangtid til deres skole for alle elever, også dem, der kører dertil."}},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "pupils", .title = {"Pupils F–9 who live in the area", "Elever F–9 som bor i området", "Elever 0–9, der bor i området"}},
    {.kind = KJ_SHOWN_TEXT, .table = "facility", .column = "pavilion", .title = {"Places in pavilions", "Platser i paviljonger", "Pladser i pavilloner"}, .flags = KJ_SHOWN_NOT_ZERO},
};

kj_status schools_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
