#include "country.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/paramtable.h"

/* Reads maps/countries/CODE/NAME.csv; *values is owned by the caller. */
static kj_status read_table(kj_error *err, const char *code, const kj_param_table_def *def, double **values)
{
    char relative[256], path[1200];
    uint32_t n = 0;
    snprintf(relative, sizeof relative, "maps/countries/%s/%s.csv", code, def->name);
    if (kj_data_path(relative, path, sizeof path)) return kj_fail(err, KJ_E_INPUT, "%s is missing", path);
    return kj_param_table_read(err, path, def, values, &n);
}

/* A table over ages lo..hi (and sex, if by_sex). */
typedef struct age_table {
    const char *name, *unit;
    bool by_sex;
    int32_t lo, hi;
    double max;
    uint32_t n_shares; /* as in kj_param_table_def */
} age_table;

/* Written into out[sex][age]. */
static kj_status read_ages(kj_error *err, const char *code, const age_table *table, double out[2][KJ_AGES])
{
    kj_param_table_def def = {.struct_size = sizeof def, .name = table->name, .unit = table->unit, .min = 0.0, .max = table->max, .doc = "", .n_shares = table->n_shares};
    uint32_t d = 0;
    if (table->by_sex) def.dims[d++] = (kj_param_dim){"sex", 0, 0, KJ_SEX_LABELS};
    def.dims[d++] = (kj_param_dim){"age", table->lo, table->hi, NULL};
    def.n_dims = d;
    double *values = NULL;
    kj_status status = read_table(err, code, &def, &values);
    if (status != KJ_OK) return status;
    int32_t n = table->hi - table->lo + 1;
    for (int32_t sex = 0; sex < (table->by_sex ? 2 : 1); sex++) {
        for (int32_t age = table->lo; age <= table->hi; age++) out[sex][age] = values[sex * n + age - table->lo];
    }
    free(values);
    return KJ_OK;
}

static kj_status read_kinds(kj_error *err, const char *code, kj_country *out)
{
    kj_param_table_def def = {
        .struct_size = sizeof def, .name = "start_household_kind", .n_dims = 1, .unit = "1", .max = 1.0, .doc = "", .n_shares = 1};
    def.dims[0] = (kj_param_dim){"kind", 0, 0, KJ_HOUSEHOLD_KIND_LABELS};
    double *values = NULL;
    kj_status status = read_table(err, code, &def, &values);
    for (int i = 0; status == KJ_OK && i < KJ_HH_COUNT; i++) out->kind_share[i] = values[i];
    free(values);
    return status;
}

/* Completes the definition with its keys. */
static kj_status read_rooms(kj_error *err, const char *code, kj_param_table_def def, double out[KJ_DWELLING_KIND_COUNT][8])
{
    def.struct_size = sizeof def;
    def.doc = "";
    def.n_dims = 2;
    def.dims[0] = (kj_param_dim){"kind", 0, 0, KJ_DWELLING_KIND_LABELS};
    def.dims[1] = (kj_param_dim){"rooms", 1, 7, NULL};
    double *values = NULL;
    kj_status status = read_table(err, code, &def, &values);
    for (int i = 0; status == KJ_OK && i < 7 * KJ_DWELLING_KIND_COUNT; i++) out[i / 7][1 + i % 7] = values[i];
    free(values);
    return status;
}

static kj_status read_affinity(kj_error *err, const char *code, kj_country *out)
{
    kj_param_table_def def = {.struct_size = sizeof def,
                              .name = "start_dwelling_affinity",
                              .n_dims = 2,
                              .unit = "1",
                              .max = 100.0,
                              .doc = ""};
    def.dims[0] = (kj_param_dim){
        "household", 0, 0,
        "young_single single midlife_single old_single oldest_single single_parent young_couple couple old_couple oldest_couple young_family family other"};
    def.dims[1] =
        (kj_param_dim){"dwelling", 0, 0, "owner_small coop_small rental_small coop_flat rental_flat student senior"};
    double *values = NULL;
    kj_status status = read_table(err, code, &def, &values);
    if (status == KJ_OK) memcpy(out->affinity, values, sizeof out->affinity);
    free(values);
    return status;
}

/* Who lives with a parent as its child has no partner there. */
static kj_status check_partners(kj_error *err, const char *code, const kj_country *country)
{
    for (int sex = 0; sex < 2; sex++)
        for (int age = 0; age < KJ_AGES; age++) {
            const double partner = country->partner[sex][age], at_home = country->at_home[sex][age];
            char label[32];
            if (partner + at_home <= 1.0 + 1e-9) continue; /* figures that add up to 1 may miss it in doubles */
            kj_labels_at(KJ_SEX_LABELS, sex, label, sizeof label);
            return kj_fail(err, KJ_E_INPUT, "maps/countries/%s/start_partner_share.csv, %s,%d: expected at most %.4f, since %.4f live with their parents (start_living_with_parents.csv), found %.4f",
                           code, label, age, 1.0 - at_home, at_home, partner);
        }
    return KJ_OK;
}

kj_status kj_country_read(kj_error *err, const char *code, kj_country *out)
{
    memset(out, 0, sizeof *out);
    double one[2][KJ_AGES] = {{0}};
    const age_table population = {"start_population_age", "1", true, 0, 104, 1.0, 2}, at_home = {"start_living_with_parents", "1", true, 0, 24, 1.0, 0},
                    partner = {"start_partner_share", "1", true, 18, 104, 1.0, 0}, employed = {"start_employment", "1", false, 15, 74, 1.0, 0},
                    earned = {"start_earned_income", "SEK/year", false, 16, 74, 5e6, 0};
    kj_status status = read_ages(err, code, &population, out->population);
    if (status == KJ_OK) status = read_ages(err, code, &at_home, out->at_home);
    if (status == KJ_OK) status = read_ages(err, code, &partner, out->partner);
    if (status == KJ_OK) status = check_partners(err, code, out);
    if (status == KJ_OK) status = read_ages(err, code, &employed, one);
    if (status == KJ_OK) memcpy(out->employed, one[0], sizeof out->employed);
    if (status == KJ_OK) status = read_ages(err, code, &earned, one);
    if (status == KJ_OK) memcpy(out->earned, one[0], sizeof out->earned);
    if (status == KJ_OK) status = read_kinds(err, code, out);
    if (status == KJ_OK) status = read_rooms(err, code, (kj_param_table_def){.name = "start_dwelling_rooms", .unit = "1", .max = 1.0, .n_shares = 1}, out->rooms);
    if (status == KJ_OK) status = read_rooms(err, code, (kj_param_table_def){.name = "start_dwelling_area", .unit = "m2", .max = 1000.0}, out->area_m2);
    if (status == KJ_OK) status = read_affinity(err, code, out);
    return status;
}
