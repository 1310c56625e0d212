/* What the plugin gives the viewer to show, as data. */
#include <kedja/draft/view.h>

#include "economy.h"

static const kj_shown_def shown[] = {
    {.kind = KJ_SHOWN_CHART, .table = "municipality", .column = "result", .title = {"Municipal result", "Kommunens resultat", "Kommunens resultat"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8, .flags = KJ_SHOWN_MORE_IS_BETTER,
     .how = {"Revenue minus costs of the municipality in the year, as the economy model counts them.",
             "Kommunens intäkter minus kostnader under året, så som ekonomimodellen räknar dem.",
             "Kommunens indtægter minus omkostninger i året, sådan som økonomimodellen regner dem."}},
    {.kind = KJ_SHOWN_AREA, .table = "area", .column = "municipal_result_each", .title = {"Result by area", "Resultat per område", "Resultat pr. område"}, .unit = {"SEK per inhabitant", "kr per invånare", "SEK pr. indbygger"}, .scale = 0.01, .flags = KJ_SHOWN_NOT_ZERO},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "municipal_result_each", .title = {"Municipal result of the area", "Kommunens resultat i området", "Kommunens resultat i området"}, .unit = {"SEK per inhabitant", "kr per invånare", "SEK pr. indbygger"}, .scale = 0.01},
    {.kind = KJ_SHOWN_TEXT, .table = "area", .column = "municipal_result", .title = {"Municipal result of the area", "Kommunens resultat i området", "Kommunens resultat i området"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8, .decimals = 1},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "tax", .title = {"Municipal tax", "Kommunalskatt", "Kommuneskat"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "income_equalisation", .title = {"Equalisation of income", "Inkomstutjämning", "Indkomstudligning"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "cost_equalisation", .title = {"Equalisation of costs", "Kostnadsutjämning", "Omkostningsudligning"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "fees", .title = {"Fees", "Avgifter", "Gebyrer"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "land_sales", .title = {"Sales of land", "Markförsäljning", "Jordsalg"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "service_costs", .title = {"Services", "Verksamheter", "Serviceområder"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = -1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "other_costs", .title = {"All else (balancing item)", "Allt annat (restpost)", "Alt andet (restpost)"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = -1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "prevention_cost", .title = {"Prevention programme", "Förebyggande program", "Forebyggelsesprogram"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = -1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "prevention_saving", .title = {"Saved by prevention", "Sparat genom förebyggande", "Sparet ved forebyggelse"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = 1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "depreciation", .title = {"Depreciation", "Avskrivningar", "Afskrivninger"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = -1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "write_off", .title = {"Write-offs", "Nedskrivningar", "Nedskrivninger"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = -1e-8},
    {.kind = KJ_SHOWN_STEP, .table = "municipality", .column = "interest_paid", .title = {"Interest", "Räntor", "Renter"}, .unit = {"SEK million", "mnkr", "mio. SEK"}, .scale = -1e-8},
};

kj_status economy_show(const kj_host *host)
{
    return kj_show_all(host->interface(host, "kedja.view/0"), host->impl, shown, sizeof shown / sizeof *shown);
}
