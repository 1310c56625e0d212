#include "validate_counties.h"

#include <stdio.h>

#include "../validate/counties.h"
#include "json_out.h"

enum { FITTED_TO = 2000, LAST = KJ_COUNTY_YEARS - 1 };

static const char *verdict(const kj_county_group *g) { return g->model[LAST] < g->shares[LAST] ? "better than shares" : "WORSE than shares"; }

static void print_table(const kj_county_hindcast *h, bool markdown)
{
    const char *row = markdown ? "| %s | %.1f | %.1f | %.1f | %.1f | **%.1f** | %.1f | %s |\n" : "  %-7s %8.1f %8.1f   %8.1f %8.1f   %8.1f %8.1f   %s\n";
    if (markdown)
        printf("| ages | %d, model | shares | %d, model | shares | **%d, model** | shares | verdict |\n|---|---|---|---|---|---|---|---|\n", (int)h->year[0], (int)h->year[1], (int)h->year[2]);
    else
        printf("People by age in %d counties, rates fitted up to %d: mean absolute error, per cent of the observed; \"shares\" keep each county's and age's share of the\n"
               "observed total\n              %d                 %d                 %d\n  ages       model   shares      model   shares      model   shares\n",
               (int)h->n_counties, (int)h->fitted_to, (int)h->year[0], (int)h->year[1], (int)h->year[2]);
    for (int g = 0; g < KJ_COUNTY_GROUPS; g++) {
        const kj_county_group *one = &h->group[g];
        printf(row, one->name, one->model[0], one->shares[0], one->model[1], one->shares[1], one->model[2], one->shares[2], verdict(one));
    }
    printf("\nMortality falls by %.1f %% (women) and %.1f %% (men) a year, as it did in the %d years before.\n", -100.0 * h->trend[0], -100.0 * h->trend[1], KJ_COUNTY_TREND_YEARS);
}

static kj_status print_json(kj_error *err, const kj_county_hindcast *h)
{
    json_t *root = json_pack("{s:i, s:i, s:[f, f], s:f}", "fitted_to", (int)h->fitted_to, "counties", (int)h->n_counties, "mortality_trend", h->trend[0], h->trend[1],
                             "boys", h->boys), *rows = json_array();
    for (int g = 0; g < KJ_COUNTY_GROUPS; g++)
        for (int k = 0; k < KJ_COUNTY_YEARS; k++)
            json_array_append_new(rows, json_pack("{s:s, s:i, s:f, s:f, s:b}", "ages", h->group[g].name, "year", (int)h->year[k], "model", h->group[g].model[k], "shares", h->group[g].shares[k],
                                                  "better", h->group[g].model[k] < h->group[g].shares[k]));
    json_object_set_new(root, "errors", rows);
    return kj_cli_print_json(err, root, 6);
}

kj_status kj_validate_counties(kj_error *err, const char *folder, bool json, bool markdown)
{
    kj_county_hindcast hindcast;
    kj_status status = kj_county_hindcast_run(err, folder, FITTED_TO, &hindcast);
    if (status) return status;
    if (json) return print_json(err, &hindcast);
    print_table(&hindcast, markdown);
    return KJ_OK;
}
