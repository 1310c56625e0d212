/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "demography.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "population", .title = {"Inhabitants", "Invånare", "Indbyggere"},
     .how = {"Everyone who lives in the municipality on 31 December: the year before, plus births and in-migrants, minus deaths and out-migrants.",
             "Alla som bor i kommunen den 31 december: året innan, plus födda och inflyttade, minus döda och utflyttade.",
             "Alle, der bor i kommunen den 31. december: året før, plus fødte og tilflyttede, minus døde og fraflyttede."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "households", .title = {"Households", "Hushåll", "Husstande"},
     .how = {"Households on 31 December, lodgers counted by themselves.",
             "Hushåll den 31 december, inneboende räknade för sig.",
             "Husstande den 31. december, logerende talt for sig."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "births", .title = {"Births", "Födda", "Fødte"}, .flags = KJ_SHOWN_OF_YEAR,
     .how = {"Children born in the year to women who live here.",
             "Barn som fötts under året av kvinnor som bor här.",
             "Børn født i året af kvinder, der bor her."}},
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "jobs", .title = {"Jobs", "Arbetstillfällen", "Arbejdspladser (job)"}, .flags = KJ_SHOWN_MORE_IS_BETTER,
     .how = {"Jobs in the municipality.",
             "Arbetstillfällen i kommunen.",
             "Arbejdspladser i kommunen."}},
    {.kind = KJ_SHOWN_LAYER, .table = "cell", .column = "population", .title = {"Density", "Täthet", "Tæthed"}, .unit = {"inhabitants per hectare", "invånare per hektar", "indbyggere pr. hektar"}, .low = 0, .high = 80, .flags = KJ_SHOWN_PER_HECTARE | KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_AREA, .table = "area", .column = "aged_80", .title = {"Inhabitants aged 80 and over", "Invånare 80 år och äldre", "Indbyggere på 80 år og derover"},
     .unit = {"per 100 inhabitants", "per 100 invånare", "pr. 100 indbyggere"}, .per = "population", .scale = 100.0, .decimals = 1},
    {.kind = KJ_SHOWN_TEXT, .table = "cell", .column = "population", .title = {"Inhabitants of the cell", "Invånare i rutan", "Indbyggere i cellen"}, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "population", .title = {"Inhabitants of the area", "Invånare i området", "Indbyggere i området"}},
};

kj_status demography_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
