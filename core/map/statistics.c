/* Statistics of areas from tables (CSV, PC-Axis, json-stat2), by the recipe's mapping: which dimension is the area, the
   age, the sex, the category, and what the numbers are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "../io/stattable.h"
#include "draft.h"

typedef struct reading {
    kj_draft *draft;
    const kj_recipe_statistic *spec;
    const char *path;
    kj_stat_table table;
    int32_t dim[KJ_STAT_ROLES];   /* index of the dimension in that role, -1 */
    int32_t *meaning[KJ_STAT_DIMS_MAX]; /* by value of a dimension: our index, MEANS_TOTAL, or MEANS_NOTHING */
    int32_t *high;                /* upper age of each value of the age dimension */
} reading;

enum { MEANS_NOTHING = -1, MEANS_TOTAL = -2 };
#define AREA_MOST 1e8 /* persons or dwellings of one area, of one sex or tenure in it: also sums of them are whole numbers of 32 bits */
#define INCOME_MOST 1e9 /* SEK a year */
#define LARGEST_MORE 3.0 /* persons that households of the open class of sizes may have beyond its least, on average */

static kj_status no_memory(kj_error *err) { return kj_fail(err, KJ_E_MEMORY, "out of memory"); }

/* Words of a category on our side. */
static const char *words_of(kj_statistic_kind kind)
{
    switch (kind) {
    case KJ_STATISTIC_TENURE:
    case KJ_STATISTIC_TENURE_BY_SIZE: return "rental coop owner unknown";
    case KJ_STATISTIC_HOUSEHOLD_KIND: return KJ_HOUSEHOLD_KIND_LABELS;
    default: return "";
    }
}

/* --- what the values of each dimension mean --- */

static bool same_code(const char *here, const char *code)
{
    size_t n = strlen(code);
    return !strncmp(here, code, n) && (here[n] == 0 || here[n] == ' ' || here[n] == '_' || here[n] == '-');
}

static kj_status find_areas(kj_error *err, reading *r, const kj_stat_dim *dim, int32_t *meaning)
{
    const kj_draft *draft = r->draft;
    int32_t missing = 0, first = -1;
    for (uint32_t i = 0; i < dim->n; i++) meaning[i] = MEANS_NOTHING;
    for (int32_t a = 0; a < draft->n_areas; a++) {
        int32_t found = -1;
        for (uint32_t i = 0; i < dim->n; i++) {
            bool here = same_code(dim->codes[i], draft->areas[a].code) || same_code(dim->labels[i], draft->areas[a].code);
            if (!here) continue;
            if (found >= 0)
                return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: both %.60s and %.60s are area %s", r->path, dim->name, dim->codes[found], dim->codes[i],
                               draft->areas[a].code);
            found = (int32_t)i;
            meaning[i] = a;
        }
        if (found < 0) {
            missing++;
            if (first < 0) first = a;
        }
    }
    if (!missing) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: %d of %d areas are missing, the first is %s; it has %.40s, %.40s …", r->path, dim->name, missing,
                   draft->n_areas, draft->areas[first].code, dim->codes[0], dim->n > 1 ? dim->codes[1] : "");
}

static kj_status not_understood(kj_error *err, const reading *r, const kj_stat_dim *dim, uint32_t i, const char *expected)
{
    return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: `%.80s` is not understood: expected %s (say what it is in map.statistics[].words)", r->path, dim->name,
                   dim->labels[i], expected);
}

/* The recipe's own words first: words = { ["Bostadsrätt"] = "coop" }; "total" and "ignore" are known everywhere. */
static bool by_recipe(const reading *r, const kj_stat_dim *dim, uint32_t i, const char *labels, int32_t *out)
{
    for (uint32_t w = 0; w < r->spec->n_words; w++) {
        if (strcmp(r->spec->word[w], dim->codes[i]) && strcmp(r->spec->word[w], dim->labels[i])) continue;
        const char *means = r->spec->means[w];
        *out = !strcmp(means, "ignore") ? MEANS_NOTHING : !strcmp(means, "total") ? MEANS_TOTAL : kj_labels_index(labels, means);
        return *out != MEANS_NOTHING || !strcmp(means, "ignore");
    }
    return false;
}

static kj_status find_ages(kj_error *err, reading *r, const kj_stat_dim *dim, int32_t *meaning)
{
    r->high = calloc(dim->n + 1u, sizeof *r->high);
    if (!r->high) return no_memory(err);
    for (uint32_t i = 0; i < dim->n; i++) {
        int32_t low = 0;
        if (by_recipe(r, dim, i, "", &meaning[i])) continue;
        kj_stat_meaning is = kj_stat_range(dim->labels[i], &low, &r->high[i]);
        if (is == KJ_STAT_UNKNOWN) is = kj_stat_range(dim->codes[i], &low, &r->high[i]);
        if (is == KJ_STAT_UNKNOWN || (is == KJ_STAT_PART && low >= KJ_AGES)) return not_understood(err, r, dim, i, "an age or a class of ages");
        meaning[i] = is == KJ_STAT_TOTAL ? MEANS_TOTAL : low;
    }
    return KJ_OK;
}

static kj_status find_sexes(kj_error *err, reading *r, const kj_stat_dim *dim, int32_t *meaning)
{
    for (uint32_t i = 0; i < dim->n; i++) {
        int32_t sex = 0;
        if (by_recipe(r, dim, i, KJ_SEX_LABELS, &meaning[i])) continue;
        kj_stat_meaning is = kj_stat_sex(dim->labels[i], &sex);
        if (is == KJ_STAT_UNKNOWN) is = kj_stat_sex(dim->codes[i], &sex);
        if (is == KJ_STAT_UNKNOWN) return not_understood(err, r, dim, i, "women, men or a total");
        meaning[i] = is == KJ_STAT_TOTAL ? MEANS_TOTAL : sex;
    }
    return KJ_OK;
}

/* Sizes of households: 1, 2, … , the last open; index 0 for one person. */
static kj_status find_sizes(kj_error *err, reading *r, const kj_stat_dim *dim, int32_t *meaning)
{
    for (uint32_t i = 0; i < dim->n; i++) {
        int32_t low = 0, high = 0;
        if (by_recipe(r, dim, i, "1 2 3 4 5", &meaning[i])) continue;
        kj_stat_meaning is = kj_stat_range(dim->labels[i], &low, &high);
        if (is == KJ_STAT_UNKNOWN) is = kj_stat_range(dim->codes[i], &low, &high);
        if (is == KJ_STAT_UNKNOWN || (is == KJ_STAT_PART && low < 1)) return not_understood(err, r, dim, i, "a number of persons");
        meaning[i] = is == KJ_STAT_TOTAL ? MEANS_TOTAL : low > KJ_HOUSEHOLD_SIZES ? KJ_HOUSEHOLD_SIZES - 1 : low - 1;
    }
    return KJ_OK;
}

static kj_status find_categories(kj_error *err, reading *r, const kj_stat_dim *dim, int32_t *meaning)
{
    const char *labels = words_of(r->spec->kind);
    for (uint32_t i = 0; i < dim->n; i++) {
        if (by_recipe(r, dim, i, labels, &meaning[i])) continue;
        meaning[i] = kj_labels_index(labels, dim->codes[i]);
        if (meaning[i] < 0) meaning[i] = kj_labels_index(labels, dim->labels[i]);
        if (meaning[i] < 0 && kj_stat_is_total(dim->labels[i])) meaning[i] = MEANS_TOTAL;
        if (meaning[i] == MEANS_NOTHING) return not_understood(err, r, dim, i, labels);
    }
    return KJ_OK;
}

/* A dimension that plays no role must have one value, or the recipe says which one. */
static kj_status find_where(kj_error *err, reading *r, const kj_stat_dim *dim, int32_t *meaning)
{
    for (uint32_t w = 0; w < r->spec->n_where; w++) {
        if (strcmp(r->spec->where_dim[w], dim->name) && strcmp(r->spec->where_dim[w], dim->label)) continue;
        bool found = false;
        for (uint32_t i = 0; i < dim->n; i++) {
            bool here = !strcmp(r->spec->where_value[w], dim->codes[i]) || !strcmp(r->spec->where_value[w], dim->labels[i]);
            meaning[i] = here ? 0 : MEANS_NOTHING;
            found |= here;
        }
        if (found) return KJ_OK;
        return kj_fail(err, KJ_E_INPUT, "%s: dimension %s has no value %s; it has %.60s, %.60s …", r->path, dim->name, r->spec->where_value[w], dim->labels[0],
                       dim->labels[dim->n - 1]);
    }
    for (uint32_t i = 0; i < dim->n; i++) meaning[i] = 0;
    if (dim->n == 1) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: dimension %s has %u values and no role: say in map.statistics[].where which one is meant (%.60s, %.60s …)", r->path,
                   dim->name, dim->n, dim->labels[0], dim->labels[dim->n - 1]);
}

static kj_status find_roles(kj_error *err, reading *r)
{
    for (int role = 0; role < KJ_STAT_ROLES; role++) {
        uint32_t d = 0;
        r->dim[role] = -1;
        if (!r->spec->role[role][0]) continue;
        kj_status status = kj_stat_dim_find(err, r->path, &r->table, r->spec->role[role], &d);
        if (status) return status;
        r->dim[role] = (int32_t)d;
    }
    for (uint32_t d = 0; d < r->table.n_dims; d++) {
        const kj_stat_dim *dim = &r->table.dims[d];
        int32_t *meaning = r->meaning[d] = calloc(dim->n + 1u, sizeof *meaning);
        if (!meaning) return no_memory(err);
        kj_status status = (int32_t)d == r->dim[KJ_ROLE_AREA]       ? find_areas(err, r, dim, meaning)
                           : (int32_t)d == r->dim[KJ_ROLE_AGE]      ? find_ages(err, r, dim, meaning)
                           : (int32_t)d == r->dim[KJ_ROLE_SEX]      ? find_sexes(err, r, dim, meaning)
                           : (int32_t)d == r->dim[KJ_ROLE_SIZE]     ? find_sizes(err, r, dim, meaning)
                           : (int32_t)d == r->dim[KJ_ROLE_CATEGORY] ? find_categories(err, r, dim, meaning)
                                                                    : find_where(err, r, dim, meaning);
        if (status) return status;
    }
    return KJ_OK;
}

/* --- totals --- */

/* For each dimension with a total and parts: the total of a cell against the sum of its parts. */
static void check_totals(const reading *r)
{
    const kj_stat_table *t = &r->table;
    for (uint32_t d = 0; d < t->n_dims; d++) {
        int32_t total = -1, parts = 0;
        uint64_t inner = 1, wrong = 0, checked = 0, first = 0;
        double first_sum = 0.0;
        for (uint32_t i = 0; i < t->dims[d].n; i++) {
            if (r->meaning[d][i] == MEANS_TOTAL) total = (int32_t)i;
            parts += r->meaning[d][i] >= 0;
        }
        if (total < 0 || parts < 2) continue;
        for (uint32_t k = d + 1; k < t->n_dims; k++) inner *= t->dims[k].n;
        uint64_t outer = t->n_values / inner / t->dims[d].n;
        for (uint64_t o = 0; o < outer * inner; o++) {
            uint64_t base = o / inner * inner * t->dims[d].n + o % inner;
            double sum = 0.0, is = t->values[base + (uint64_t)total * inner];
            bool whole = !isnan(is);
            for (uint32_t i = 0; i < t->dims[d].n && whole; i++) {
                double v = t->values[base + i * inner];
                if (r->meaning[d][i] < 0) continue;
                whole = !isnan(v);
                sum += v;
            }
            if (!whole) continue;
            checked++;
            if (fabs(sum - is) <= fmax(3.0, 0.005 * is)) continue;
            if (wrong++ == 0) first = base + (uint64_t)total * inner, first_sum = sum;
        }
        if (!wrong) continue;
        const kj_stat_dim *area = &t->dims[r->dim[KJ_ROLE_AREA]];
        uint64_t after = 1;
        for (uint32_t k = (uint32_t)r->dim[KJ_ROLE_AREA] + 1; k < t->n_dims; k++) after *= t->dims[k].n;
        kj_draft_warn(r->draft, "%s: %llu of %llu totals of %s disagree with their parts; first in %.60s: the parts add up to %.10g, the total says %.10g",
                      r->spec->file, (unsigned long long)wrong, (unsigned long long)checked, t->dims[d].name, area->labels[first / after % area->n], first_sum,
                      t->values[first]);
    }
}

/* --- into the areas --- */

/* Where the recipe's classes of ages begin; a class that overlaps another is refused. */
static kj_status set_classes(kj_error *err, reading *r)
{
    kj_draft *draft = r->draft;
    const kj_stat_dim *dim = &r->table.dims[r->dim[KJ_ROLE_AGE]];
    const int32_t *low = r->meaning[r->dim[KJ_ROLE_AGE]];
    int32_t at = 0;
    draft->n_classes = 0;
    while (at < KJ_AGES) {
        int32_t found = -1;
        for (uint32_t i = 0; i < dim->n; i++)
            if (low[i] == at) found = found < 0 || r->high[i] < r->high[found] ? (int32_t)i : found; /* the finest */
        if (found < 0) return kj_fail(err, KJ_E_INPUT, "%s: dimension %s: no class of ages begins at %d", r->path, dim->name, at);
        draft->class_from[draft->n_classes++] = at;
        if (r->high[found] >= KJ_AGES - 1) break;
        at = r->high[found] + 1;
        if (at > 100 && at < KJ_AGES) { /* single years up to 100 without an open class */
            bool more = false;
            for (uint32_t i = 0; i < dim->n; i++) more |= low[i] == at;
            if (!more) break;
        }
    }
    return KJ_OK;
}

/* Whether value i of the age dimension is the class c itself, not a wider one that begins at the same age. */
static int32_t class_of(const reading *r, uint32_t i)
{
    const kj_draft *draft = r->draft;
    int32_t low = r->meaning[r->dim[KJ_ROLE_AGE]][i];
    for (uint32_t c = 0; c < draft->n_classes; c++) {
        if (draft->class_from[c] != low) continue;
        int32_t end = c + 1 < draft->n_classes ? draft->class_from[c + 1] - 1 : KJ_AGES - 1;
        return (c + 1 < draft->n_classes ? r->high[i] == end : r->high[i] >= low) ? (int32_t)c : -1;
    }
    return -1;
}

static void add(kj_draft_area *area, const reading *r, double v, int32_t sex, int32_t class, int32_t size, int32_t category)
{
    switch (r->spec->kind) {
    case KJ_STATISTIC_AGES: area->class_count[sex][class] += v; break;
    case KJ_STATISTIC_POPULATION: area->population = (int32_t)fmin(area->population + floor(v + 0.5), 2.0 * AREA_MOST); break; /* too many: refused when all is read */
    case KJ_STATISTIC_DWELLINGS: area->dwellings += v; break;
    case KJ_STATISTIC_INCOME: area->income_sek = v; break;
    case KJ_STATISTIC_TENURE: area->tenure_count[category] += v; break;
    case KJ_STATISTIC_HOUSEHOLD_SIZE: area->size_count[size] += v; break;
    case KJ_STATISTIC_HOUSEHOLD_KIND: area->kind_count[category] += v; break;
    case KJ_STATISTIC_TENURE_BY_SIZE: area->tenure_size[category][size] += v; break;
    default: break;
    }
}

/* Goes through all cells; what is a total or no role's value is left out. */
static kj_status fill_areas(kj_error *err, reading *r)
{
    const kj_stat_table *t = &r->table;
    uint64_t missing = 0;
    uint32_t at[KJ_STAT_DIMS_MAX] = {0};
    bool ages = r->spec->kind == KJ_STATISTIC_AGES;
    for (uint64_t cell = 0; cell < t->n_values; cell++) {
        bool counts = true;
        uint64_t rest = cell;
        for (uint32_t d = t->n_dims; d-- > 0;) {
            at[d] = (uint32_t)(rest % t->dims[d].n);
            rest /= t->dims[d].n;
            counts = counts && r->meaning[d][at[d]] >= 0;
        }
        if (!counts) continue;
        int32_t index[KJ_STAT_ROLES];
        for (int role = 0; role < KJ_STAT_ROLES; role++) index[role] = r->dim[role] < 0 ? 0 : r->meaning[r->dim[role]][at[r->dim[role]]];
        int32_t class = ages ? class_of(r, at[r->dim[KJ_ROLE_AGE]]) : 0;
        if (class < 0) continue;
        double v = t->values[cell];
        if (isnan(v)) {
            missing++; /* suppressed cells are small: 0, and said */
            v = 0.0;
        }
        if (v < 0.0) {
            const kj_stat_dim *area = &t->dims[r->dim[KJ_ROLE_AREA]];
            return kj_fail(err, KJ_E_INPUT, "%s: %.60s: expected a number that is not below 0, found %.15g", r->path, area->labels[at[r->dim[KJ_ROLE_AREA]]], v);
        }
        add(&r->draft->areas[index[KJ_ROLE_AREA]], r, v * r->spec->factor, index[KJ_ROLE_SEX], class, index[KJ_ROLE_SIZE], index[KJ_ROLE_CATEGORY]);
    }
    if (missing) kj_draft_warn(r->draft, "%s: %llu cells are missing (\"..\") and were taken as 0", r->spec->file, (unsigned long long)missing);
    return KJ_OK;
}

static kj_status clear_areas(kj_error *err, reading *r)
{
    static const struct {
        bool age, sex, category, size;
    } needs[KJ_STATISTIC_COUNT] = {[KJ_STATISTIC_AGES] = {true, true, false, false},
                                   [KJ_STATISTIC_TENURE] = {false, false, true, false},
                                   [KJ_STATISTIC_HOUSEHOLD_SIZE] = {false, false, false, true},
                                   [KJ_STATISTIC_HOUSEHOLD_KIND] = {false, false, true, false},
                                   [KJ_STATISTIC_TENURE_BY_SIZE] = {false, false, true, true}};
    kj_statistic_kind kind = r->spec->kind;
    const char *lacks = r->dim[KJ_ROLE_AREA] < 0                              ? "area"
                        : needs[kind].age && r->dim[KJ_ROLE_AGE] < 0           ? "age"
                        : needs[kind].sex && r->dim[KJ_ROLE_SEX] < 0           ? "sex"
                        : needs[kind].category && r->dim[KJ_ROLE_CATEGORY] < 0 ? "category"
                        : needs[kind].size && r->dim[KJ_ROLE_SIZE] < 0         ? "size"
                                                                               : NULL;
    if (lacks) return kj_fail(err, KJ_E_INPUT, "%s: map.statistics[].%s is missing: which dimension is it?", r->path, lacks);
    if (kind == KJ_STATISTIC_AGES) {
        kj_status status = set_classes(err, r);
        if (status) return status;
    }
    for (int32_t a = 0; a < r->draft->n_areas; a++) {
        kj_draft_area *area = &r->draft->areas[a];
        if (kind == KJ_STATISTIC_AGES) memset(area->class_count, 0, sizeof area->class_count);
        if (kind == KJ_STATISTIC_POPULATION) area->population = 0;
        if (kind == KJ_STATISTIC_DWELLINGS) area->dwellings = 0.0;
    }
    return KJ_OK;
}

static kj_status read_one(kj_error *err, kj_draft *draft, const kj_recipe_statistic *spec)
{
    char path[2300];
    reading r = {.draft = draft, .spec = spec, .path = path};
    kj_status status = kj_recipe_file(err, draft->recipe, spec->file, path, sizeof path);
    if (!status) status = kj_stat_read(err, path, spec->value[0] ? spec->value : NULL, &r.table);
    if (!status) status = find_roles(err, &r);
    if (!status) status = clear_areas(err, &r);
    if (!status) {
        check_totals(&r);
        if (r.table.n_recoded)
            kj_draft_warn(draft, "%s: %llu characters are not UTF-8 and were read as Latin-1 (å ä ö)", spec->file, (unsigned long long)r.table.n_recoded);
        status = fill_areas(err, &r);
    }
    for (uint32_t d = 0; d < KJ_STAT_DIMS_MAX; d++) free(r.meaning[d]);
    free(r.high);
    kj_stat_free(&r.table);
    return status;
}

/* --- after all tables --- */

static void settle_tenure(kj_draft_area *area)
{
    double by_size[4] = {0}, known = 0.0, all = 0.0;
    for (int t = 0; t < 4; t++)
        for (int s = 0; s < KJ_HOUSEHOLD_SIZES; s++) by_size[t] += area->tenure_size[t][s];
    for (int t = 0; t < 4; t++) {
        double n = area->tenure_count[t] > 0.0 ? area->tenure_count[t] : 0.0;
        if (t < 3) known += n;
        all += n;
    }
    if (!(all > 0.0)) return;
    area->dwellings = all;
    for (int t = 0; t < 3; t++) area->tenure[t] = known > 0.0 ? area->tenure_count[t] * all / known : all / 3.0;
}

/* Names where the populations or the ages were read: a table of statistics, else columns of the areas' file. */
static void name_source(const kj_recipe *r, bool ages, char *out, size_t bytes)
{
    const kj_recipe_areas *areas = &r->areas;
    out[0] = 0;
    if (ages && areas->n_classes)
        snprintf(out, bytes, "columns %.24s%.24s to %.24s%.24s of %.80s", areas->female, areas->class_name[0], areas->male, areas->class_name[areas->n_classes - 1],
                 areas->file);
    else if (!ages && areas->population[0]) snprintf(out, bytes, "column %.40s of %.80s", areas->population, areas->file);
    for (uint32_t i = 0; i < r->n_statistics; i++)
        if (r->statistics[i].kind == (ages ? KJ_STATISTIC_AGES : KJ_STATISTIC_POPULATION)) snprintf(out, bytes, "%.80s", r->statistics[i].file);
    if (!out[0]) snprintf(out, bytes, "%.80s", r->path);
}

/* What perturbed cells make of a number of persons: 2 %, and 3 where that is less. */
static double perturbation(const kj_draft_area *area) { return fmax(3.0, 0.02 * area->population); }

/* An area's total and the sum of its ages: a warning where they differ by more than perturbed cells make. */
static void compare_tables(kj_draft *draft)
{
    char of_total[140], of_ages[200];
    int32_t worst = -1, n = 0;
    double most = 0.0, worst_sum = 0.0;
    for (int32_t a = 0; draft->n_classes && a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        double sum = 0.0;
        for (uint32_t c = 0; c < draft->n_classes; c++) sum += area->class_count[0][c] + area->class_count[1][c];
        double off = fabs(sum - area->population);
        if (off <= perturbation(area)) continue;
        n++;
        if (off > most) most = off, worst = a, worst_sum = sum;
    }
    if (worst < 0) return;
    name_source(draft->recipe, false, of_total, sizeof of_total);
    name_source(draft->recipe, true, of_ages, sizeof of_ages);
    kj_draft_warn(draft, "totals disagree with their parts in %d of %d areas, most in %s: %d persons (%s), but its ages add up to %.0f (%s). The total was taken and the ages "
                         "scaled to it: which is right?",
                  n, draft->n_areas, draft->areas[worst].code, draft->areas[worst].population, of_total, worst_sum, of_ages);
}

static bool has_statistic(const kj_recipe *r, kj_statistic_kind kind)
{
    bool has = false;
    for (uint32_t i = 0; i < r->n_statistics; i++) has |= r->statistics[i].kind == kind;
    return has;
}

/* One sex of a class of ages that is larger than its whole area is no perturbed cell but a slip. */
static kj_status check_classes(kj_error *err, const kj_draft *draft, const kj_draft_area *area)
{
    const kj_recipe_areas *areas = &draft->recipe->areas;
    char of_total[140], of_ages[200], class[100];
    for (uint32_t i = 0; i < 2 * draft->n_classes; i++) {
        uint32_t sex = i / draft->n_classes, c = i % draft->n_classes;
        double found = area->class_count[sex][c];
        if (found <= area->population + perturbation(area)) continue;
        name_source(draft->recipe, false, of_total, sizeof of_total);
        name_source(draft->recipe, true, of_ages, sizeof of_ages);
        if (!has_statistic(draft->recipe, KJ_STATISTIC_AGES)) snprintf(class, sizeof class, "column %.40s%.40s", sex == KJ_FEMALE ? areas->female : areas->male, areas->class_name[c]);
        else snprintf(class, sizeof class, "%s from %d years", sex == KJ_FEMALE ? "women" : "men", draft->class_from[c]);
        return kj_fail(err, KJ_E_INPUT, "area %s: %s: expected at most the %d persons of the area (%s), found %.0f (%s)", area->code, class, area->population, of_total,
                       found, of_ages);
    }
    return KJ_OK;
}

/* Sums that no area has, and that would not fit into the map's whole numbers. */
static kj_status check_sizes(kj_error *err, const kj_draft *draft, const kj_draft_area *area, double aged)
{
    double dwellings = area->dwellings;
    for (int i = 0; i < KJ_HOUSEHOLD_SIZES; i++) dwellings = fmax(dwellings, area->size_count[i]);
    for (int i = 0; i < KJ_HH_COUNT; i++) dwellings = fmax(dwellings, area->kind_count[i]);
    if (aged > AREA_MOST || area->population > AREA_MOST || dwellings > AREA_MOST)
        return kj_fail(err, KJ_E_INPUT, "%s: area %s has %d persons, %.0f by age, and %.0f dwellings or households: expected at most %.0f of each", draft->recipe->path, area->code,
                       area->population, aged, dwellings, AREA_MOST);
    if (area->income_sek <= INCOME_MOST) return KJ_OK;
    return kj_fail(err, KJ_E_INPUT, "%s: area %s has a median income of %.0f SEK a year: expected at most %.0f; is its factor right?", draft->recipe->path, area->code,
                   area->income_sek, INCOME_MOST);
}

/* --- households that cannot be formed --- */

static double sum_of(const double *values, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++) sum += values[i];
    return sum;
}

/* Persons whose class of ages overlaps [from, to], scaled to the area's total. */
static double persons_aged(const kj_draft *draft, const kj_draft_area *area, int32_t from, int32_t to)
{
    double in = 0.0, all = 0.0;
    for (uint32_t c = 0; c < draft->n_classes; c++) {
        int32_t end = c + 1 < draft->n_classes ? draft->class_from[c + 1] - 1 : KJ_AGES;
        double n = area->class_count[0][c] + area->class_count[1][c];
        all += n;
        if (draft->class_from[c] <= to && end >= from) in += n;
    }
    return all > 0.0 ? in * area->population / all : (double)NAN;
}

typedef enum misfit { TOO_MANY_PERSONS, TOO_FEW_PERSONS, SINGLES_DIFFER, TOO_FEW_ADULTS, TOO_FEW_CHILDREN, MISFITS } misfit;

/* What the tables of households ask for and what there is, in one respect; asked NaN: the tables say nothing of it. */
static void ask(const kj_draft *draft, const kj_draft_area *area, misfit of, double *asked, double *there)
{
    double sizes = sum_of(area->size_count, KJ_HOUSEHOLD_SIZES), kinds = sum_of(area->kind_count, KJ_HH_COUNT), homes = area->dwellings > 0.0 ? area->dwellings : fmax(sizes, kinds);
    double by_size = sizes > 0.0 ? homes / sizes : (double)NAN, by_kind = kinds > 0.0 ? homes / kinds : (double)NAN, least = 0.0;
    const double *k = area->kind_count;
    for (int i = 0; i < KJ_HOUSEHOLD_SIZES; i++) least += (i + 1.0) * area->size_count[i];
    *there = area->population;
    switch (of) {
    case TOO_MANY_PERSONS: *asked = least * by_size; break;
    case TOO_FEW_PERSONS: *asked = (least + LARGEST_MORE * area->size_count[KJ_HOUSEHOLD_SIZES - 1]) * by_size; break;
    case SINGLES_DIFFER:
        *asked = k[KJ_HH_SINGLE] * by_kind;
        *there = area->size_count[0] * by_size;
        break;
    case TOO_FEW_ADULTS:
        *asked = (k[KJ_HH_SINGLE] + k[KJ_HH_SINGLE_PARENT] + 2.0 * (k[KJ_HH_COUPLE] + k[KJ_HH_COUPLE_CHILDREN])) * by_kind;
        *there = persons_aged(draft, area, 18, KJ_AGES);
        break;
    default:
        *asked = (k[KJ_HH_SINGLE_PARENT] + k[KJ_HH_COUPLE_CHILDREN]) * by_kind;
        *there = persons_aged(draft, area, 0, 24);
    }
}

/* 3 % of what there is, and a few: the tables are of different days, and some live in care homes. */
static bool contradicts(misfit of, double asked, double there)
{
    double room = fmax(5.0, 0.03 * there);
    if (!isfinite(asked) || !isfinite(there)) return false;
    return of == TOO_FEW_PERSONS ? asked < there - room : of == SINGLES_DIFFER ? fabs(asked - there) > room : asked > there + room;
}

/* Margins that no households can meet: said before they are fitted as near as they go. */
static void check_households(kj_draft *draft)
{
    static const char *const says[MISFITS] = {"households by size hold at least %.0f persons in area %s, where %.0f live", "households by size hold at most %.0f persons in area %s, where %.0f live",
                                              "by kind there are %.0f single households in area %s, by size %.0f of one person", "households by kind need %.0f adults in area %s, where %.0f live",
                                              "there are %.0f families with children in area %s, and %.0f persons under 25"};
    for (int of = 0; of < MISFITS; of++) {
        int32_t n = 0, worst = -1;
        double most = 0.0, asked = 0.0, there = 0.0;
        for (int32_t a = 0; a < draft->n_areas; a++) {
            ask(draft, &draft->areas[a], (misfit)of, &asked, &there);
            if (!contradicts((misfit)of, asked, there)) continue;
            n++;
            if (fabs(asked - there) > most) most = fabs(asked - there), worst = a;
        }
        if (worst < 0) continue;
        char text[240];
        ask(draft, &draft->areas[worst], (misfit)of, &asked, &there);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, says[of], asked, draft->areas[worst].code, there);
#pragma GCC diagnostic pop
        kj_draft_warn(draft, "margins that cannot be met, in %d areas: %s. They are fitted as near as they go; are the tables of one year and of the same borders?", n, text);
    }
}

kj_status kj_draft_statistics(kj_error *err, kj_draft *draft)
{
    const kj_recipe *recipe = draft->recipe;
    bool population = has_statistic(recipe, KJ_STATISTIC_POPULATION), ages = has_statistic(recipe, KJ_STATISTIC_AGES);
    for (uint32_t i = 0; i < recipe->n_statistics; i++) {
        kj_status status = read_one(err, draft, &recipe->statistics[i]);
        if (status) return status;
    }
    for (int32_t a = 0; a < draft->n_areas; a++) {
        kj_draft_area *area = &draft->areas[a];
        double sum = 0.0;
        settle_tenure(area);
        for (uint32_t c = 0; c < draft->n_classes; c++) sum += area->class_count[0][c] + area->class_count[1][c];
        kj_status status = check_sizes(err, draft, area, sum);
        if (status) return status;
        if (ages && !population && !recipe->areas.population[0] && area->locality < 0) area->population = (int32_t)(sum + 0.5);
        if (draft->n_classes && area->population > 0 && !(sum > 0.0))
            return kj_fail(err, KJ_E_INPUT, "%s: area %s has %d persons, but none in any class of ages", recipe->path, area->code, area->population);
        status = check_classes(err, draft, area);
        if (status) return status;
    }
    compare_tables(draft);
    if (recipe->n_statistics) check_households(draft);
    return KJ_OK;
}
