/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "services.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_AREA, .table = "area", .column = "crowded", .title = {"Crowded households", "Trångbodda hushåll", "Trangtboende husstande"},
     .unit = {"per 100 inhabitants", "per 100 invånare", "pr. 100 indbyggere"}, .per = "population", .scale = 100.0, .decimals = 1},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "staff_needed", .title = {"Staff needed", "Personal som behövs", "Personale, der er brug for"}, .scale = 0.01,
     .how = {"Full-time posts that the services need for those who use them.",
             "Heltidstjänster som verksamheterna behöver för dem som använder dem.",
             "Fuldtidsstillinger, som serviceområderne har brug for til dem, der bruger dem."}},
    {.kind = KJ_SHOWN_TEXT, .table = "facility", .column = "service_classes", .title = {"Classes or groups", "Klasser eller grupper", "Klasser eller grupper"}},
    {.kind = KJ_SHOWN_TEXT, .table = "facility", .column = "teaching_rooms", .title = {"Classrooms and special rooms", "Klassrum och specialsalar", "Klasse- og faglokaler"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "facility", .column = "low_income_pupils", .title = {"Pupils from households with low income", "Elever från hushåll med låg inkomst", "Elever fra husstande med lav indkomst"}},
    {.kind = KJ_SHOWN_TEXT, .table = "facility", .column = "use_rate", .title = {"Use of the rooms", "Lokalernas användning", "Lokalernes udnyttelse"}, .unit = {"%"}, .scale = 0.1, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "facility", .column = "shift_pupils", .title = {"Pupils in a second shift", "Elever i ett andra skift", "Elever i et andet hold"}, .flags = KJ_SHOWN_NOT_ZERO},
};

kj_status services_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
