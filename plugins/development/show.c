/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "development.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "dwellings", .title = {"Dwellings", "Bostäder", "Boliger"},
     .how = {"Homes that stand on 31 December, empty ones included.",
             "Bostäder som finns den 31 december, även tomma.",
             "Boliger, der står den 31. december, også tomme."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "completed", .title = {"Dwellings completed this year", "Färdiga bostäder i år", "Færdige boliger i år"}, .flags = KJ_SHOWN_OF_YEAR | KJ_SHOWN_MORE_IS_BETTER,
     .how = {"Homes finished during the year, from named projects and from developers who found a site that pays.",
             "Bostäder som blev färdiga under året, från namngivna projekt och från byggherrar som fann en tomt som bär sig.",
             "Boliger færdiggjort i året, fra navngivne projekter og fra bygherrer, der fandt en grund, der kan betale sig."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "farmland_built_m2", .title = {"Farmland built on", "Bebyggd jordbruksmark", "Bebygget landbrugsjord"}, .unit = {"ha"}, .scale = 1e-4, .flags = KJ_SHOWN_CUMULATIVE | KJ_SHOWN_LESS_IS_BETTER,
     .how = {"Farmland that became built-up land since the start, whole cells.",
             "Jordbruksmark som blivit bebyggd sedan starten, hela rutor.",
             "Landbrugsjord, der er blevet bebygget siden starten, hele celler."}},
    {.kind = KJ_SHOWN_AREA, .table = "area", .column = "new_price_flat", .title = {"Price of a new flat", "Pris på ny lägenhet", "Pris på ny lejlighed"}, .unit = {"SEK per m² of floor", "kr per m² yta", "SEK pr. m² areal"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "cell", .column = "dwellings", .title = {"Dwellings", "Bostäder", "Boliger"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "cell", .column = "floor_area", .title = {"Floor of dwellings", "Bostadsyta", "Boligareal"}, .unit = {"m²"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "cell", .column = "max_far", .title = {"Floor-area ratio allowed", "Tillåtet exploateringstal", "Tilladt bebyggelsesgrad"}, .decimals = 2, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "cell", .column = "farmland_class", .title = {"Class of farmland, 1 poorest to 10 best", "Jordbruksmarkens klass, 1 sämst till 10 bäst", "Landbrugsjordens klasse, 1 dårligst til 10 bedst"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "new_price_flat", .title = {"Price of a new flat", "Pris på ny lägenhet", "Pris på ny lejlighed"}, .unit = {"SEK per m²", "kr per m²", "SEK pr. m²"}, .flags = KJ_SHOWN_NOT_ZERO},
};

kj_status development_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
