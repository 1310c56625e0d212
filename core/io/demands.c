#include "demands.h"

#include <math.h>

#define N_(text) text /* translated where it is drawn */

const kj_demand_words kj_demand_kinds[KJ_DEMANDS] = {{"dwellings", N_("New homes"), N_("homes")},
                                                     {"in_migrants", N_("In-migrants"), N_("persons")},
                                                     {"jobs", N_("More jobs"), N_("jobs")},
                                                     {"school_places", N_("More school places"), N_("places")},
                                                     {"staff", N_("More posts in services"), N_("posts")}};

double kj_demand_lacking(double demanded, double came)
{
    double lacking = demanded - came;
    return lacking < 0.0 ? 0.0 : lacking; /* NaN stays */
}

uint32_t kj_demands_counted(const kj_demands *demands)
{
    uint32_t n = demands->n_years > 0;
    while (n < demands->n_years && demands->years[n].year <= demands->vision_year) n++;
    return n;
}

bool kj_demands_mean(const kj_demands *demands, kj_demand demand, double *demanded, double *came)
{
    const uint32_t n = kj_demands_counted(demands);
    *demanded = *came = 0.0;
    for (uint32_t y = 0; y < n; y++) {
        *demanded += demands->years[y].demanded[demand] / n;
        *came += demands->years[y].came[demand] / n;
    }
    return n > 0 && isfinite(*demanded);
}

static json_t *known_json(double value) { return isfinite(value) ? json_real(value) : json_null(); }

json_t *kj_demands_json(const kj_demands *demands)
{
    json_t *root = json_pack("{s:I, s:i}", "population", (json_int_t)demands->population, "year", (int)demands->vision_year), *years = json_array();
    for (uint32_t y = 0; y < demands->n_years; y++) {
        const kj_demand_year *v = &demands->years[y];
        json_t *one = json_pack("{s:i}", "year", (int)v->year);
        for (kj_demand d = 0; d < KJ_DEMANDS; d++)
            json_object_set_new(one, kj_demand_kinds[d].key, json_pack("{s:o, s:o, s:o}", "demanded", known_json(v->demanded[d]), "came", known_json(v->came[d]), "lacking",
                                                                       known_json(kj_demand_lacking(v->demanded[d], v->came[d]))));
        json_array_append_new(years, one);
    }
    json_object_set_new(root, "years", years);
    return root;
}

static double number_of(const json_t *kind, const char *what)
{
    const json_t *value = json_object_get(kind, what);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static void read_year(const json_t *from, kj_demand_year *out)
{
    out->year = (int32_t)json_integer_value(json_object_get(from, "year"));
    for (kj_demand d = 0; d < KJ_DEMANDS; d++) {
        const json_t *kind = json_object_get(from, kj_demand_kinds[d].key);
        out->demanded[d] = number_of(kind, "demanded");
        out->came[d] = number_of(kind, "came");
    }
}

void kj_demands_read(const kj_runread *run, kj_demands *out)
{
    json_error_t ignored;
    const char *text = kj_runread_info(run)->figures_json;
    json_t *figures = json_loads(text ? text : "", 0, &ignored);
    const json_t *vision = json_object_get(figures, "vision"), *years = json_object_get(vision, "years");
    *out = (kj_demands){.population = json_integer_value(json_object_get(vision, "population")), .vision_year = (int32_t)json_integer_value(json_object_get(vision, "year"))};
    for (size_t i = 0; i < json_array_size(years) && out->n_years < KJ_DEMAND_YEARS; i++) read_year(json_array_get(years, i), &out->years[out->n_years++]);
    json_decref(figures);
}
