#include "demands.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define N_(text) text /* translated where it is drawn */

const kj_demand_words kj_demand_kinds[KJ_DEMAND_KINDS] = {{"dwellings", N_("New homes"), N_("homes")},
                                                          {"in_migrants", N_("In-migrants"), N_("persons")},
                                                          {"jobs", N_("More jobs"), N_("jobs")},
                                                          {"school_places", N_("More school places"), N_("places")},
                                                          {"staff", N_("More posts in services"), N_("posts")}};

static double number_of(const json_t *kind, const char *what)
{
    const json_t *value = json_object_get(kind, what);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static void read_year(const json_t *from, kj_demand_year *out)
{
    out->year = (int32_t)json_integer_value(json_object_get(from, "year"));
    for (uint32_t k = 0; k < KJ_DEMAND_KINDS; k++) {
        const json_t *kind = json_object_get(from, kj_demand_kinds[k].key);
        out->demanded[k] = number_of(kind, "demanded");
        out->came[k] = number_of(kind, "came");
        out->lacking[k] = number_of(kind, "lacking");
    }
}

kj_status kj_demands_read(kj_error *err, const kj_runread *run, kj_demands *out)
{
    json_error_t ignored;
    const char *text = kj_runread_info(run)->figures_json;
    json_t *figures = json_loads(text ? text : "", 0, &ignored);
    const json_t *vision = json_object_get(figures, "vision"), *years = json_object_get(vision, "years");
    size_t n = json_array_size(years);
    *out = (kj_demands){.has_vision = vision != NULL, .vision_year = (int32_t)json_integer_value(json_object_get(vision, "year"))};
    out->years = calloc(n + 1, sizeof *out->years);
    kj_status status = out->years ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "%s: out of memory", kj_runread_path(run));
    for (size_t i = 0; i < n && !status; i++) read_year(json_array_get(years, i), &out->years[out->n_years++]);
    json_decref(figures);
    return status;
}

void kj_demands_free(kj_demands *demands)
{
    free(demands->years);
    *demands = (kj_demands){0};
}

bool kj_demands_mean(const kj_demands *demands, uint32_t kind, double *demanded, double *came)
{
    uint32_t n = 0;
    *demanded = *came = 0.0;
    for (; n < demands->n_years && (n == 0 || demands->years[n].year <= demands->vision_year); n++) {
        *demanded += demands->years[n].demanded[kind];
        *came += demands->years[n].came[kind];
    }
    if (n > 0) *demanded /= n, *came /= n;
    return n > 0 && isfinite(*demanded);
}
