/* Cohort-component oracle, and the schedule of those who move out. With unions, separations, leaving home, care and migration switched off and fertility by age
   alone, the sum over an ensemble of seeds equals a deterministic projection by sex and single year of age, within the
   error that theory gives. Every person is an independent Bernoulli trial per cell, and within ten years no girl born in
   the run has children, so each cell is a sum of independent trials with known probabilities: its variance is exact. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../core/io/paramtable.h"
#include "../shared/chi_square.h"
#include "../shared/world.h"

enum { YEARS = 10, SEEDS = 60, AGES = 106 };

static const world_size town = {.n_singles = 1500, .n_couples = 800, .n_families = 500, .n_vacant = 0, .care_places = 0, .jobs = 900};

static const world_param vital_only[] = {
    {"demography.mortality_trend", 0},
    {"demography.leaving_scale", 0}, {"demography.separation_scale", 0}, {"demography.union_scale", 0}, {"demography.out_scale", 0},
    {"demography.in_scale", 0},      {"demography.care_scale", 0},       {"demography.fertility_by_family", 0}, {NULL, 0}};

/* The published rates, read from the same files by another path. */
typedef struct tables {
    double *q, *f, *of_year; /* of_year: births of a calendar year from YEAR_MIN on over those by age */
} tables;

enum { YEAR_MIN = 1990, YEAR_MAX = 2023 }; /* later years have the last value */

static double *read_table(const char *name, const kj_param_table_def *def, uint32_t expected)
{
    kj_error err = {0};
    char path[1024];
    double *values = NULL;
    uint32_t n = 0;
    snprintf(path, sizeof path, "%s/maps/countries/se/%s.csv", KEDJA_SOURCE_DIR, name);
    if (kj_param_table_read(&err, path, def, &values, &n)) fail_msg("%s", err.text);
    assert_int_equal(n, expected);
    return values;
}

static tables read_tables(void)
{
    kj_param_table_def q = {.struct_size = sizeof q, .name = "mortality", .n_dims = 2, .unit = "1", .max = 1,
                            .dims = {{"sex", 0, 0, KJ_SEX_LABELS}, {"age", 0, 105, NULL}}};
    kj_param_table_def f = {.struct_size = sizeof f, .name = "fertility", .n_dims = 1, .unit = "1/year", .max = 1, .dims = {{"age", 15, 49, NULL}}};
    kj_param_table_def y = {.struct_size = sizeof y, .name = "fertility_year", .n_dims = 1, .unit = "1", .max = 5, .dims = {{"year", YEAR_MIN, YEAR_MAX, NULL}}};
    tables t = {read_table("mortality", &q, 2 * AGES), read_table("fertility", &f, 35), read_table("fertility_year", &y, YEAR_MAX - YEAR_MIN + 1)};
    return t;
}

/* Probability of passing the birthday `age`: half a year of the age behind and half of the age ahead; at the first one
   the whole first year stands at birth. */
static double pass(const tables *t, int sex, int age)
{
    const double *q = t->q + sex * AGES;
    if (age >= 105) return 0.0;
    return sqrt((age > 1 ? 1.0 - q[age - 1] : 1.0) * (1.0 - q[age]));
}

static double birth_rate(const tables *t, int age, int year)
{
    if (age < 15 || age > 49) return 0.0;
    return t->of_year[(year < YEAR_MAX ? year : YEAR_MAX) - YEAR_MIN] * 0.5 * (t->f[age - 15] + (age > 15 ? t->f[age - 16] : 0.0));
}

/* Expected numbers and variances by sex and age after YEARS years. */
typedef struct projection {
    double mean[2][AGES], variance[2][AGES];
} projection;

static void add_trial(projection *p, int sex, int age, double count, double probability)
{
    p->mean[sex][age] += count * probability;
    p->variance[sex][age] += count * probability * (1.0 - probability);
}

static projection project(const tables *t, const double start[2][AGES])
{
    projection p;
    memset(&p, 0, sizeof p);
    for (int sex = 0; sex < 2; sex++)
        for (int age = 0; age < AGES; age++) {
            double alive = 1.0;
            for (int year = 1; year <= YEARS; year++) {
                int turns = age + year < AGES ? age + year : AGES - 1;
                alive *= pass(t, sex, turns);
                if (sex != KJ_FEMALE) continue;
                for (int child = 0; child < 2; child++) {
                    double reaches = 1.0 - t->q[child * AGES];
                    for (int birthday = 1; birthday <= YEARS - year; birthday++) reaches *= pass(t, child, birthday);
                    double share = child == KJ_MALE ? 0.5134 : 1.0 - 0.5134;
                    add_trial(&p, child, YEARS - year, start[sex][age], alive * birth_rate(t, turns, KJ_YEAR_OF(WORLD_START) + year) * share * reaches);
                }
            }
            if (age + YEARS < AGES) add_trial(&p, sex, age + YEARS, start[sex][age], alive);
        }
    return p;
}

static void count_ages(kj_sim *sim, double out[2][AGES])
{
    const kj_rows *rows = kj_store_table(kj_sim_store(sim), "person");
    const int16_t *birth = kj_store_data(kj_sim_store(sim), "person", "birth_month", KJ_I16);
    const uint8_t *sex = kj_store_data(kj_sim_store(sim), "person", "sex", KJ_U8);
    for (uint32_t row = 0; row < rows->n_rows; row++) {
        int32_t age = (kj_sim_now(sim) - birth[row]) / 12;
        if (rows->alive[row]) out[sex[row]][age < AGES ? age : AGES - 1] += 1.0;
    }
}

static void run_years(kj_sim *sim, int years)
{
    kj_error err = {0};
    for (int month = 0; month < 12 * years; month++)
        if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
}

static void ensemble_equals_projection(void **state)
{
    (void)state;
    static double start[2][AGES], sum[2][AGES];
    tables t = read_tables();
    world w;
    world_make(&w, &town);
    for (int seed = 1; seed <= SEEDS; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, vital_only);
        if (seed == 1) count_ages(sim, start);
        run_years(sim, YEARS);
        count_ages(sim, sum);
        kj_sim_free(sim);
    }
    projection p = project(&t, (const double(*)[AGES])start);
    double chi2 = 0.0, largest = 0.0, total = 0.0, total_mean = 0.0, total_variance = 0.0;
    int cells = 0;
    for (int sex = 0; sex < 2; sex++)
        for (int age = 0; age < AGES; age++) {
            double variance = SEEDS * p.variance[sex][age], difference = sum[sex][age] - SEEDS * p.mean[sex][age];
            total += sum[sex][age];
            total_mean += SEEDS * p.mean[sex][age];
            if (p.mean[sex][age] == 0.0) assert_true(sum[sex][age] == 0.0);
            total_variance += variance;
            if (variance < 5.0) continue; /* too few for a normal approximation */
            double z = difference / sqrt(variance);
            chi2 += z * z;
            if (fabs(z) > largest) largest = fabs(z);
            cells++;
        }
    double z_chi2 = (chi2 - cells) / sqrt(2.0 * cells), z_total = (total - total_mean) / sqrt(total_variance);
    printf("# %d cells, %d seeds: chi2 %.1f (z %.2f), largest |z| %.2f, total %.0f against %.0f (z %.2f)\n", cells, SEEDS, chi2, z_chi2,
           largest, total, total_mean, z_total);
    assert_true(cells > 120);
    assert_true(fabs(z_chi2) < 4.0);  /* chance of a false alarm below 1e-4 */
    assert_true(largest < 4.6);       /* 200 cells, two-sided: below 1e-3 */
    assert_true(fabs(z_total) < 4.5); /* cells of one woman's children are nearly uncorrelated */
    free(t.q);
    free(t.f);
    free(t.of_year);
    world_free(&w);
}

/* Fertility by family keeps the rates by age of the population at hand: births of the first year, with the women of the
   start by age. */
static void family_weights_keep_fertility_by_age(void **state)
{
    (void)state;
    const world_param by_family[] = {{"demography.leaving_scale", 0}, {"demography.separation_scale", 0}, {"demography.union_scale", 0},
                                     {"demography.out_scale", 0},     {"demography.in_scale", 0},         {"demography.care_scale", 0},
                                     {"demography.mortality_scale", 0}, {NULL, 0}};
    static double start[2][AGES];
    tables t = read_tables();
    world w;
    world_make(&w, &town);
    double births = 0.0, expected = 0.0;
    for (int seed = 1; seed <= SEEDS; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, by_family);
        if (seed == 1) count_ages(sim, start);
        run_years(sim, 1);
        births += (double)((int64_t *)kj_store_data(kj_sim_store(sim), "municipality", "births", KJ_I64))[0];
        kj_sim_free(sim);
    }
    for (int age = 0; age < AGES - 1; age++) expected += SEEDS * start[KJ_FEMALE][age] * birth_rate(&t, age + 1, KJ_YEAR_OF(WORLD_START) + 1);
    double z = (births - expected) / sqrt(expected); /* variance at most the mean */
    printf("# births in a year, %d seeds: %.0f against %.1f (z %.2f)\n", SEEDS, births, expected, z);
    assert_true(fabs(z) < 4.0);
    free(t.q);
    free(t.f);
    free(t.of_year);
    world_free(&w);
}

/* Rogers and Castro's (1981) seven-parameter schedule: childhood, working life, the rest. */
static double rogers_castro(double age)
{
    const double a1 = 0.06966, alpha1 = 0.11995, a2 = 0.16569, alpha2 = 0.07330, mu2 = 18.59321, lambda2 = 0.71664, c = 0.00497;
    return a1 * exp(-alpha1 * age) + a2 * exp(-alpha2 * (age - mu2) - exp(-lambda2 * (age - mu2))) + c;
}

enum { MOVE_AGES = 101 };

static double *read_profile(void)
{
    kj_param_table_def def = {.struct_size = sizeof def, .name = "migration_profile", .n_dims = 1, .unit = "1", .max = 100, .dims = {{"age", 0, MOVE_AGES - 1, NULL}}};
    return read_table("migration_profile", &def, MOVE_AGES);
}

/* What the chance of those who decide is in proportion to: the profile times a factor by class of ages. */
static double *read_deciders(void)
{
    enum { CLASSES = 8 };
    static const int from[CLASSES] = {0, 20, 25, 30, 35, 45, 55, 65};
    kj_param_table_def def = {.struct_size = sizeof def,
                              .name = "out_deciders",
                              .n_dims = 1,
                              .unit = "1",
                              .max = 20,
                              .dims = {{"age", 0, 0, "0_19 20_24 25_29 30_34 35_44 45_54 55_64 65_100"}}};
    double *factor = read_table("out_deciders", &def, CLASSES), *profile = read_profile();
    for (int age = 0, c = 0; age < MOVE_AGES; age++) {
        c += c + 1 < CLASSES && age == from[c + 1];
        profile[age] *= factor[c];
    }
    free(factor);
    return profile;
}

/* The table is the schedule in the middle of each year of age with the parameters that it names, up to one factor and its four decimals. */
static void profile_is_a_rogers_castro_schedule(void **state)
{
    (void)state;
    double *profile = read_profile(), factor = profile[22] / rogers_castro(22.5);
    for (int age = 0; age < MOVE_AGES; age++) assert_true(fabs(profile[age] - factor * rogers_castro(age + 0.5)) < 2e-4);
    free(profile);
}

/* Singles who move out follow the profile of those who decide at the age that they turn: one trial each a year with a chance in proportion to it. */
static void singles_leave_by_the_profile(void **state)
{
    (void)state;
    static const world_param out_only[] = {{"demography.leaving_scale", 0}, {"demography.separation_scale", 0}, {"demography.union_scale", 0},
                                           {"demography.in_scale", 0},      {"demography.care_scale", 0},       {"demography.mortality_scale", 0},
                                           {"demography.fertility_scale", 0}, {NULL, 0}};
    static const world_size singles = {.n_singles = 7000, .n_couples = 0, .n_families = 0, .n_vacant = 0, .care_places = 0, .jobs = 900};
    enum { TRIES = 40 };
    double *profile = read_deciders(), start[2][AGES] = {{0}}, end[2][AGES] = {{0}}, left = 0.0, weight = 0.0, chi2 = 0.0;
    int cells = 0;
    world w;
    world_make(&w, &singles);
    for (int seed = 1; seed <= TRIES; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, out_only);
        count_ages(sim, start);
        run_years(sim, 1);
        count_ages(sim, end);
        kj_sim_free(sim);
    }
    for (int age = 20; age < 90; age++) {
        double n = start[0][age] + start[1][age];
        left += n - end[0][age + 1] - end[1][age + 1];
        weight += n * profile[age + 1];
    }
    for (int age = 20; age < 90; age++) {
        double n = start[0][age] + start[1][age], p = left / weight * profile[age + 1], gone = n - end[0][age + 1] - end[1][age + 1];
        assert_true(p < 1.0);
        if (n * p < 5.0) continue;
        chi2 += (gone - n * p) * (gone - n * p) / (n * p * (1.0 - p));
        cells++;
    }
    double z = (chi2 - (cells - 1)) / sqrt(2.0 * (cells - 1));
    printf("# %.0f of %.0f singles left, %d ages: chi2 %.1f (z %.2f)\n", left, TRIES * 7000.0, cells, chi2, z);
    assert_true(cells > 60);
    assert_true(fabs(z) < 4.0);
    free(profile);
    world_free(&w);
}

/* Out-migrants an inhabitant and year, all boundaries, of a municipality without figures of its own. */
static double read_out_level(void)
{
    kj_param_table_def def = {
        .struct_size = sizeof def,
        .name = "migration_level",
        .n_dims = 2,
        .unit = "1/year",
        .max = 1,
        .dims = {{"municipality", 0, 0, "other varnamo lund"}, {"flow", 0, 0, "in_county in_country in_abroad out_county out_country out_abroad"}}};
    double *level = read_table("migration_level", &def, 18), sum = level[3] + level[4] + level[5];
    free(level);
    return sum;
}

/* Chance of a year to pass the birthday and stay, of a person without a partner who rents or owns a small house. */
static double pass_and_stay(const tables *t, const double *deciders, double strength, int sex, int age)
{
    double leaves = strength * deciders[age < MOVE_AGES ? age : MOVE_AGES - 1];
    return pass(t, sex, age) * (1.0 - (leaves < 1.0 ? leaves : 1.0));
}

/* Deaths and out-migration together, over ten years: singles past the ages of study, who keep their homes, are independent trials whose chance
   the tables, the factor fitted at the start and the home's tenure give. In-migration is no part of it: how many come hangs on jobs and on
   who waits outside, and they come with partners and children, so that who stays of them is a matter of their homes. */
static void singles_die_and_leave_as_projected(void **state)
{
    (void)state;
    static const world_param no_new_people[] = {
        {"demography.mortality_trend", 0}, {"demography.leaving_scale", 0}, {"demography.separation_scale", 0}, {"demography.union_scale", 0},
        {"demography.in_scale", 0},        {"demography.care_scale", 0},    {"demography.fertility_scale", 0},  {NULL, 0}};
    static const world_size singles = {.n_singles = 7000, .n_couples = 0, .n_families = 0, .n_vacant = 0, .care_places = 0, .jobs = 900};
    enum { TRIES = 40, PAST_STUDIES = 46 };
    tables t = read_tables();
    double *deciders = read_deciders(), level = read_out_level(), owner_ratio = 0.0, gone_by_leaving = 0.0;
    projection p;
    static double found[2][AGES];
    world w;
    world_make(&w, &singles);
    memset(&p, 0, sizeof p);
    memset(found, 0, sizeof found);
    const int32_t *birth = kj_store_data(&w.map.store, "person", "birth_month", KJ_I32);
    const uint8_t *sex = kj_store_data(&w.map.store, "person", "sex", KJ_U8), *tenure = kj_store_data(&w.map.store, "dwelling", "tenure", KJ_U8);
    for (int seed = 1; seed <= TRIES; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, no_new_people);
        kj_error err = {0};
        double strength = level * ((double *)kj_store_data(kj_sim_store(sim), "municipality", "out_factor", KJ_F64))[0];
        if (kj_sim_get_param(&err, sim, "demography.out_owner_ratio", &owner_ratio)) fail_msg("%s", err.text);
        for (uint32_t h = 0; h < singles.n_singles; h++) { /* person h lives alone in dwelling h */
            int age = (WORLD_START - birth[h]) / 12;
            double stays = 1.0, lives = 1.0;
            for (int year = 1; year <= YEARS && age + year < AGES; year++) {
                stays *= pass_and_stay(&t, deciders, strength * (tenure[h] == KJ_TENURE_OWNER ? owner_ratio : 1.0), sex[h], age + year);
                lives *= pass(&t, sex[h], age + year);
            }
            if (age + 1 >= PAST_STUDIES && age + YEARS < AGES) add_trial(&p, sex[h], age + YEARS, 1.0, stays), gone_by_leaving += lives - stays;
        }
        run_years(sim, YEARS);
        count_ages(sim, found);
        kj_sim_free(sim);
    }
    double chi2 = 0.0, largest = 0.0;
    int cells = 0;
    for (int s = 0; s < 2; s++)
        for (int age = PAST_STUDIES - 1 + YEARS; age < AGES; age++) {
            if (p.variance[s][age] < 5.0) continue;
            double z = (found[s][age] - p.mean[s][age]) / sqrt(p.variance[s][age]);
            chi2 += z * z;
            largest = fmax(largest, fabs(z));
            cells++;
        }
    double z_chi2 = (chi2 - cells) / sqrt(2.0 * cells);
    printf("# deaths and out-migration, %d cells, %d seeds: chi2 %.1f (z %.2f), largest |z| %.2f; %.0f are gone who would have lived here\n", cells, TRIES,
           chi2, z_chi2, largest, gone_by_leaving);
    assert_true(cells > 40 && gone_by_leaving > 5000.0); /* in this world a person's sex goes with whether the age is even */
    assert_true(fabs(z_chi2) < 4.0);
    assert_true(largest < 4.6);
    free(t.q);
    free(t.f);
    free(t.of_year);
    free(deciders);
    world_free(&w);
}

enum { IN_GROUPS = 8, IN_KINDS = 4, IN_CELLS = 1 + (IN_GROUPS - 1) * IN_KINDS };
static const char HEAD_AGES[] = "18_21 22_24 25_29 30_34 35_39 40_49 50_64 65_100";

/* Shares of in-migrant households by age of the head and kind, students apart, in a municipality without figures of its own. Of the youngest all
   kinds are one cell: who is 18 and comes as a parent has no child yet. */
static void read_in_shares(double share[IN_CELLS])
{
    kj_param_table_def age_def = {.struct_size = sizeof age_def,
                                  .name = "in_age",
                                  .n_dims = 2,
                                  .unit = "1",
                                  .max = 1,
                                  .dims = {{"municipality", 0, 0, "other varnamo lund"}, {"age", 0, 0, HEAD_AGES}}};
    kj_param_table_def kind_def = {.struct_size = sizeof kind_def,
                                   .name = "in_household",
                                   .n_dims = 2,
                                   .unit = "1",
                                   .max = 1,
                                   .dims = {{"age", 0, 0, HEAD_AGES}, {"kind", 0, 0, "single single_parent couple couple_children"}}};
    double *age = read_table("in_age", &age_def, 3 * IN_GROUPS), *kind = read_table("in_household", &kind_def, IN_GROUPS * IN_KINDS), total = 0.0;
    memset(share, 0, IN_CELLS * sizeof *share);
    for (int i = 0; i < IN_GROUPS * IN_KINDS; i++) {
        share[i < IN_KINDS ? 0 : i - IN_KINDS + 1] += age[i / IN_KINDS] * kind[i];
        total += age[i / IN_KINDS] * kind[i];
    }
    for (int i = 0; i < IN_CELLS; i++) share[i] /= total;
    free(age);
    free(kind);
}

/* Cell of a household by its head's age. */
static int in_cell(int age, bool partner, bool children)
{
    static const int from[IN_GROUPS] = {18, 22, 25, 30, 35, 40, 50, 65};
    int group = IN_GROUPS - 1;
    while (age < from[group]) group--;
    return group == 0 ? 0 : 1 + (group - 1) * IN_KINDS + 2 * partner + children;
}

/* Households that came from outside in the month that has passed, students apart. */
static void count_arrivals(kj_sim *sim, double found[IN_CELLS])
{
    kj_store *store = kj_sim_store(sim);
    const kj_rows *households = kj_store_table(store, "household"), *persons = kj_store_table(store, "person");
    const int16_t *formed = kj_store_data(store, "household", "formed", KJ_I16), *birth = kj_store_data(store, "person", "birth_month", KJ_I16);
    const uint8_t *origin = kj_store_data(store, "household", "origin", KJ_U8), *children = kj_store_data(store, "household", "n_children", KJ_U8);
    const uint8_t *activity = kj_store_data(store, "person", "activity", KJ_U8);
    const kj_id *head = kj_store_data(store, "household", "head", KJ_ID), *partner = kj_store_data(store, "person", "partner", KJ_ID);
    for (uint32_t h = 0; h < households->n_rows; h++) {
        if (!households->alive[h] || formed[h] != kj_sim_now(sim) || origin[h] < KJ_ORIGIN_COUNTY || origin[h] > KJ_ORIGIN_ABROAD) continue;
        uint32_t p = persons->row_of[head[h]];
        if (activity[p] != KJ_ACT_STUDENT) found[in_cell((kj_sim_now(sim) - birth[p]) / 12, partner[p] != 0, children[h] > 0)]++;
    }
}

/* In-migration by age, at its source: heads and kinds of the households that come are a draw from the tables. */
static void households_come_by_the_tables(void **state)
{
    (void)state;
    enum { TRIES = 30, MONTHS = 11 };
    double share[IN_CELLS], found[IN_CELLS] = {0}, all = 0.0, chi2 = 0.0;
    int cells = 0;
    world w;
    read_in_shares(share);
    world_make(&w, &town);
    for (int seed = 1; seed <= TRIES; seed++) {
        kj_sim *sim = world_sim(&w, (uint64_t)seed, false, 1, NULL);
        kj_error err = {0};
        for (int month = 0; month < MONTHS; month++) {
            if (kj_sim_month(&err, sim)) fail_msg("%s", err.text);
            count_arrivals(sim, found);
        }
        kj_sim_free(sim);
    }
    for (int i = 0; i < IN_CELLS; i++) all += found[i];
    for (int i = 0; i < IN_CELLS; i++) {
        if (share[i] == 0.0) assert_true(found[i] == 0.0);
        if (all * share[i] < 5.0) continue;
        chi2 += (found[i] - all * share[i]) * (found[i] - all * share[i]) / (all * share[i]);
        cells++;
    }
    printf("# %.0f households came, %d cells by age of the head and kind: chi2 %.1f, at most %.1f\n", all, cells, chi2, chi_bound(cells - 1));
    assert_true(all > 5000.0 && cells > 20);
    assert_true(chi2 < chi_bound(cells - 1));
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profile_is_a_rogers_castro_schedule), cmocka_unit_test(singles_leave_by_the_profile),
        cmocka_unit_test(singles_die_and_leave_as_projected),  cmocka_unit_test(households_come_by_the_tables),
        cmocka_unit_test(ensemble_equals_projection),          cmocka_unit_test(family_weights_keep_fertility_by_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
