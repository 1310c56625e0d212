/* Age and sex of every area's population: margins to single years, whole persons, exact totals. */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "fit.h"

enum { CELLS = 2 * KJ_AGES };

/* Relative frequency of an age in the countryside, localities and towns beside the nation: young adults live in towns.
   Assumed; only the split between areas rests on it, not the municipality's own ages. */
static double place_factor(kj_area_kind kind, int32_t age)
{
    if (age < 19 || age > 29) return 1.0;
    return kind == KJ_AREA_TOWN ? 1.15 : kind == KJ_AREA_LOCALITY ? 0.85 : 0.75;
}

/* Municipality's persons by sex and single year: the nation's within each class of the recipe. */
static void municipal_margin(const kj_draft *draft, int64_t total, int32_t out[CELLS])
{
    const kj_recipe_ages *ages = &draft->recipe->ages;
    double margin[CELLS];
    memcpy(margin, draft->country->population, sizeof margin);
    for (uint32_t c = 0; c < ages->n; c++) {
        double sum = 0.0;
        for (int32_t sex = 0; sex < 2; sex++) {
            for (int32_t age = ages->from[c]; age <= ages->to[c]; age++) sum += margin[sex * KJ_AGES + age];
        }
        for (int32_t sex = 0; sex < 2; sex++) {
            for (int32_t age = ages->from[c]; age <= ages->to[c]; age++) {
                if (sum > 0.0) margin[sex * KJ_AGES + age] *= ages->share[c] / sum;
            }
        }
    }
    kj_fit_round(margin, CELLS, total, out);
}

/* Areas of which only the total is known: one table of areas by (sex, age), both margins exact. */
static kj_status ages_from_municipality(kj_error *err, kj_draft *draft)
{
    size_t n = (size_t)draft->n_areas;
    double *value = calloc(n * CELLS, sizeof *value), *row_total = calloc(n, sizeof *row_total);
    int32_t *row = calloc(n, sizeof *row), *whole = calloc(n * CELLS, sizeof *whole), column[CELLS];
    double col_total[CELLS];
    kj_status status = value && row_total && row && whole ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        int64_t total = 0;
        for (size_t a = 0; a < n; a++) {
            row[a] = draft->areas[a].population;
            row_total[a] = row[a];
            total += row[a];
        }
        municipal_margin(draft, total, column);
        for (int32_t i = 0; i < CELLS; i++) col_total[i] = column[i];
        for (size_t a = 0; a < n; a++) {
            for (int32_t i = 0; i < CELLS; i++)
                value[a * CELLS + (size_t)i] = place_factor(draft->areas[a].kind, i % KJ_AGES);
        }
        kj_fit_table table = {(uint32_t)n, CELLS, value, row_total, col_total};
        kj_fit(&table, 100, 0.01, &draft->fit_worst_age);
        status = kj_fit_round_table(err, value, (uint32_t)n, CELLS, row, column, whole);
    }
    for (size_t a = 0; status == KJ_OK && a < n; a++)
        memcpy(draft->areas[a].n_age, whole + a * CELLS, CELLS * sizeof *whole);
    free(value);
    free(row_total);
    free(row);
    free(whole);
    return status;
}

/* How much more of an age the map has than the nation, within a class: a parabola with the class's own ratio as mean and the means of
   neighbouring ratios at its borders (Colella & Woodward 1984, without limiter). The nation's profile alone would make steps between
   classes: in a town of students too few of 19 and far too many of 24, whom each year's birthdays then move to the next class. */
static double ratio_at(const double *ratio, uint32_t n, uint32_t c, double x)
{
    double left = c > 0 ? 0.5 * (ratio[c - 1] + ratio[c]) : ratio[c], right = c + 1 < n ? 0.5 * (ratio[c] + ratio[c + 1]) : ratio[c];
    double value = left + x * (right - left + 6.0 * (ratio[c] - 0.5 * (left + right)) * (1.0 - x));
    return fmax(value, 0.25 * ratio[c]);
}

/* Weights of the single years of one sex: the nation's profile times that ratio. The open class at the end keeps the nation's. */
static void single_years(const kj_draft *draft, int32_t sex, const double *total, double out[KJ_AGES])
{
    const double *nation = draft->country->population[sex];
    double ratio[KJ_AGE_CLASSES_MAX];
    const uint32_t n = draft->n_classes;
    for (uint32_t c = 0; c < n; c++) {
        double sum = 0.0;
        int32_t end = c + 1 < n ? draft->class_from[c + 1] : KJ_AGES;
        for (int32_t age = draft->class_from[c]; age < end; age++) sum += nation[age];
        ratio[c] = sum > 0.0 ? total[c] / sum : 0.0;
    }
    for (uint32_t c = 0; c < n; c++) {
        int32_t from = draft->class_from[c], end = c + 1 < n ? draft->class_from[c + 1] : KJ_AGES;
        for (int32_t age = from; age < end; age++)
            out[age] = nation[age] * (c + 1 < n ? ratio_at(ratio, n, c, (age - from + 0.5) / (end - from)) : 1.0);
    }
}

/* One class of one sex: the areas' whole numbers spread over its single years, `profile` as column margin. */
static kj_status spread_class(kj_error *err, kj_draft *draft, int32_t sex, int32_t from, int32_t to,
                              const int32_t *count, const double *profile)
{
    uint32_t n = (uint32_t)draft->n_areas, width = (uint32_t)(to - from + 1);
    double *value = calloc((size_t)n * width, sizeof *value);
    int32_t *whole = calloc((size_t)n * width, sizeof *whole), column[KJ_AGES];
    int64_t total = 0;
    kj_status status = value && whole ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t a = 0; a < n; a++) total += count[a];
    kj_fit_round(profile + from, width, total, column);
    for (uint32_t a = 0; status == KJ_OK && a < n; a++) {
        for (uint32_t i = 0; i < width; i++)
            value[a * width + i] = total > 0 ? (double)count[a] * column[i] / (double)total : 0.0;
    }
    if (status == KJ_OK) status = kj_fit_round_table(err, value, n, width, count, column, whole);
    for (uint32_t a = 0; status == KJ_OK && a < n; a++) {
        memcpy(&draft->areas[a].n_age[sex][from], whole + (size_t)a * width, width * sizeof *whole);
    }
    free(value);
    free(whole);
    return status;
}

/* Areas with a table of their own: scaled to the area's total (the source's cells are perturbed), rounded, spread. */
static kj_status ages_from_classes(kj_error *err, kj_draft *draft)
{
    const kj_draft *spec = draft;
    uint32_t nc = spec->n_classes, n = (uint32_t)draft->n_areas;
    int32_t *count = calloc((size_t)n * 2 * nc, sizeof *count), *column = calloc(n, sizeof *column);
    kj_status status = count && column ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (uint32_t a = 0; status == KJ_OK && a < n; a++) {
        double value[2 * KJ_AGE_CLASSES_MAX];
        kj_draft_area *area = &draft->areas[a];
        for (uint32_t i = 0; i < 2 * nc; i++) value[i] = area->class_count[i / nc][i % nc];
        kj_fit_round(value, 2 * nc, area->population, count + (size_t)a * 2 * nc);
        for (uint32_t i = 0; i < 2 * nc; i++) {
            draft->class_error = fmax(draft->class_error, fabs(value[i] - count[(size_t)a * 2 * nc + i]));
        }
    }
    double profile[2][KJ_AGES];
    for (int32_t sex = 0; sex < 2; sex++) {
        double total[KJ_AGE_CLASSES_MAX] = {0};
        for (uint32_t a = 0; status == KJ_OK && a < n; a++)
            for (uint32_t c = 0; c < nc; c++) total[c] += count[(size_t)a * 2 * nc + (uint32_t)sex * nc + c];
        single_years(draft, sex, total, profile[sex]);
    }
    for (uint32_t i = 0; status == KJ_OK && i < 2 * nc; i++) {
        uint32_t c = i % nc;
        int32_t to = c + 1 < nc ? spec->class_from[c + 1] - 1 : KJ_AGES - 1;
        for (uint32_t a = 0; a < n; a++) column[a] = count[(size_t)a * 2 * nc + i];
        status = spread_class(err, draft, (int32_t)(i / nc), spec->class_from[c], to, column, profile[i / nc]);
    }
    free(count);
    free(column);
    return status;
}

kj_status kj_draft_ages(kj_error *err, kj_draft *draft)
{
    return draft->n_classes ? ages_from_classes(err, draft) : ages_from_municipality(err, draft);
}
