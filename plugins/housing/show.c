/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "housing.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "household_moves", .title = {"Moves this year", "Flyttningar i år", "Flytninger i år"}, .flags = KJ_SHOWN_OF_YEAR,
     .how = {"Households that moved into another home during the year.",
             "Hushåll som flyttade till en annan bostad under året.",
             "Husstande, der flyttede til en anden bolig i året."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "chain_length_new", .title = {"Moves per new home", "Flyttningar per ny bostad", "Flytninger pr. ny bolig"}, .scale = 1e-3, .decimals = 1, .flags = KJ_SHOWN_OF_YEAR | KJ_SHOWN_MEAN | KJ_SHOWN_MORE_IS_BETTER,
     .how = {"Households that moved in, per chain that began with a new home and was complete by this year. Traced, not caused.",
             "Hushåll som flyttade in, per kedja som började med en ny bostad och var klar till i år. Spårat, inte orsakat.",
             "Husstande, der flyttede ind, pr. kæde, der begyndte med en ny bolig og var afsluttet i år. Sporet, ikke forårsaget."}},
    {.kind = KJ_SHOWN_AREA, .table = "area", .column = "price_index", .title = {"Prices since the start", "Priser sedan starten", "Priser siden starten"}, .unit = {"start = 100"}, .scale = 100, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_AREA, .table = "area", .column = "mean_rent", .title = {"Mean rent", "Medelhyra", "Gennemsnitlig leje"}, .unit = {"SEK a month", "kr per månad", "kr. pr. måned"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "mean_rent", .title = {"Mean rent, SEK a month", "Medelhyra, kr per månad", "Gennemsnitlig leje, kr. pr. måned"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "vacant", .title = {"Homes on offer in December", "Lediga bostäder i december", "Ledige boliger i december"}},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "searchers", .title = {"Households that looked at homes in December", "Hushåll som tittade på bostäder i december", "Husstande, der så på boliger i december"}},
};

kj_status housing_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
