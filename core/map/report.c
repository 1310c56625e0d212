/* Fit report of a start population: what was asked for, what came out, the worst area of each margin. Plain text. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/tenure_terms.h"
#include "tables.h"

typedef struct text {
    char *at;
    size_t used, bytes;
    bool failed;
} text;

__attribute__((format(printf, 2, 3))) static void say(text *out, const char *format, ...)
{
    va_list args;
    if (out->failed) return;
    if (out->bytes - out->used < 1024) {
        char *grown = realloc(out->at, 2 * out->bytes + 4096);
        out->failed = !grown;
        if (!grown) return;
        out->at = grown;
        out->bytes = 2 * out->bytes + 4096;
    }
    va_start(args, format);
    int n = vsnprintf(out->at + out->used, out->bytes - out->used, format, args);
    va_end(args);
    if (n > 0) out->used += (size_t)n < 1024 ? (size_t)n : 1023;
}

static double percent(double part, double whole) { return whole > 0.0 ? 100.0 * part / whole : 0.0; }

static void say_totals(text *out, const kj_draft *draft)
{
    int32_t care = 0, vacant = 0;
    for (int32_t p = 0; p < draft->n_persons; p++) care += draft->persons[p].care >= 0;
    for (int32_t d = 0; d < draft->n_dwellings; d++) vacant += draft->dwellings[d].household < 0;
    say(out, "Start population of %s, 31 December %d\n", draft->recipe->n_municipalities == 1 ? draft->recipe->municipalities[0].name : draft->recipe->title_en,
        draft->recipe->start_year);
    say(out, "  persons %d (in care homes %d), households %d, dwellings %d (vacant %d), areas %d\n", draft->n_persons,
        care, draft->n_households, draft->n_dwellings, vacant, draft->n_areas);
    if (draft->recipe->dwellings_in_use < 1.0) {
        char whole[32] = "the dwellings";
        if (draft->recipe->dwellings_total > 0.0) snprintf(whole, sizeof whole, "%.0f dwellings", draft->recipe->dwellings_total);
        say(out, "  of %s %.1f %% are lived in, for sale or to let; the others (second homes, nobody registered) are left out\n", whole,
            100.0 * draft->recipe->dwellings_in_use);
    }
    say(out, "  mean household %.3f persons\n",
        draft->n_households ? (double)(draft->n_persons - care) / draft->n_households : 0.0);
}

/* Persons of every area counted again from homes and care homes, against what was asked for. */
static void say_areas(text *out, const kj_draft *draft)
{
    int32_t *count = calloc((size_t)draft->n_areas + 1, sizeof *count), worst = 0;
    if (!count) {
        out->failed = true;
        return;
    }
    for (int32_t p = 0; p < draft->n_persons; p++) {
        const kj_draft_person *person = &draft->persons[p];
        int32_t cell = person->care >= 0 ? draft->facilities[person->care].cell
                                         : draft->dwellings[draft->households[person->household].dwelling].cell;
        count[draft->cell_area[cell]]++;
    }
    for (int32_t a = 0; a < draft->n_areas; a++) {
        int32_t off = abs(count[a] - draft->areas[a].population);
        worst = off > worst ? off : worst;
    }
    say(out, "  persons by area: largest difference from the input %d\n", worst);
    free(count);
}

/* One margin: what each area and cell was asked to hold, and what was made. Asked figures are scaled to the area's own
   total first, since sources perturb small cells and tables of different days differ. The standardised error is the root
   mean square of the differences over the mean cell. */
typedef struct margin {
    const char *name, *unit;
    double sum_off, sum_square, sum_wanted, worst;
    int32_t worst_area;
    int64_t n;
} margin;

static void add_cells(margin *m, int32_t area, const double *wanted, const double *made, int32_t n)
{
    double asked = 0.0, total = 0.0;
    for (int32_t i = 0; i < n; i++) {
        asked += wanted[i];
        total += made[i];
    }
    if (!(asked > 0.0)) return;
    for (int32_t i = 0; i < n; i++) {
        double want = wanted[i] * total / asked, off = fabs(made[i] - want);
        m->sum_off += off;
        m->sum_square += off * off;
        m->sum_wanted += want;
        m->n++;
        if (off > m->worst) {
            m->worst = off;
            m->worst_area = area;
        }
    }
}

static void say_margin(text *out, const kj_draft *draft, const margin *m)
{
    if (!m->n || !(m->sum_wanted > 0.0)) return;
    double mean = m->sum_wanted / (double)m->n;
    say(out, "  %-26s %7lld cells, mean error %6.2f, worst %6.1f %s in %s, standardised error %.2f %%\n", m->name, (long long)m->n,
        m->sum_off / (double)m->n, m->worst, m->unit, draft->areas[m->worst_area].code, 100.0 * sqrt(m->sum_square / (double)m->n) / mean);
}

static int32_t tenure_group(uint8_t tenure) { return tenure == KJ_TENURE_COOP ? 1 : tenure == KJ_TENURE_OWNER ? 2 : 0; }

/* Every margin that the recipe asks for by area, counted again from persons, households and homes. */
static void say_fit(text *out, const kj_draft *draft)
{
    margin ages = {.name = "age and sex by area", .unit = "persons"}, sizes = {.name = "household size by area", .unit = "households"},
           kinds = {.name = "household kind by area", .unit = "households"}, tenures = {.name = "tenure by area", .unit = "homes"},
           by_size = {.name = "tenure by household size", .unit = "households"}, incomes = {.name = "median income by area", .unit = "a year"};
    for (int32_t a = 0; a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        double age_made[2 * KJ_AGE_CLASSES_MAX] = {0}, age_wanted[2 * KJ_AGE_CLASSES_MAX] = {0}, size_made[KJ_HOUSEHOLD_SIZES] = {0},
               kind_made[KJ_HH_COUNT] = {0}, tenure_made[3] = {0};
        for (uint32_t i = 0; i < 2 * draft->n_classes; i++) {
            uint32_t c = i % draft->n_classes, sex = i / draft->n_classes;
            int32_t to = c + 1 < draft->n_classes ? draft->class_from[c + 1] : KJ_AGES;
            for (int32_t age = draft->class_from[c]; age < to; age++) age_made[i] += area->n_age[sex][age];
            age_wanted[i] = area->class_count[sex][c];
        }
        add_cells(&ages, a, age_wanted, age_made, (int32_t)(2 * draft->n_classes));
        double pair_made[KJ_HOUSEHOLD_SIZES][3] = {{0}};
        for (int32_t h = area->first_household; h < area->first_household + area->n_households; h++) {
            const kj_draft_household *hh = &draft->households[h];
            int32_t size = hh->size > KJ_HOUSEHOLD_SIZES ? KJ_HOUSEHOLD_SIZES - 1 : hh->size - 1;
            size_made[size] += 1.0;
            kind_made[hh->kind] += 1.0;
            pair_made[size][tenure_group(draft->dwellings[hh->dwelling].tenure)] += 1.0;
        }
        add_cells(&sizes, a, area->size_count, size_made, KJ_HOUSEHOLD_SIZES);
        add_cells(&kinds, a, area->kind_count, kind_made, KJ_HH_COUNT);
        for (int s = 0; s < KJ_HOUSEHOLD_SIZES; s++) {
            const double wanted[3] = {area->tenure_size[0][s], area->tenure_size[1][s], area->tenure_size[2][s]};
            add_cells(&by_size, a, wanted, pair_made[s], 3);
        }
        for (int32_t d = area->first_dwelling; d < area->first_dwelling + area->n_dwellings; d++) tenure_made[tenure_group(draft->dwellings[d].tenure)] += 1.0;
        if (area->dwellings > 0.0) add_cells(&tenures, a, area->tenure, tenure_made, 3);
        if (area->income_sek > 0.0 && area->n_households > 0) { /* not scaled: it is no count */
            double off = fabs(area->median_income - area->income_sek);
            incomes.sum_off += off;
            incomes.sum_square += off * off;
            incomes.sum_wanted += area->income_sek;
            incomes.n++;
            if (off > incomes.worst) incomes.worst = off, incomes.worst_area = a;
        }
    }
    say(out, "  fit, by margin and area\n");
    if (!draft->n_classes)
        say(out, "  age and sex: fitted to the municipality's classes, largest deviation of a column before rounding %.3f persons\n", draft->fit_worst_age);
    say_margin(out, draft, &ages);
    say_margin(out, draft, &sizes);
    say_margin(out, draft, &kinds);
    say_margin(out, draft, &tenures);
    say_margin(out, draft, &by_size);
    say_margin(out, draft, &incomes);
}

static void say_kinds(text *out, const kj_draft *draft)
{
    static const char *const names[KJ_HH_COUNT] = {"single", "single parent", "couple", "couple with children",
                                                   "other"};
    int32_t kinds[KJ_HH_COUNT] = {0}, sizes[6] = {0}, unlinked = 0;
    for (int32_t h = 0; h < draft->n_households; h++) {
        kinds[draft->households[h].kind]++;
        sizes[draft->households[h].size < 6 ? draft->households[h].size : 5]++;
    }
    for (int32_t a = 0; a < draft->n_areas; a++) unlinked += draft->areas[a].n_unlinked;
    say(out, "  households by kind (here, nation):");
    for (int k = 0; k < KJ_HH_COUNT; k++)
        say(out, " %s %.1f %% (%.1f)%s", names[k], percent(kinds[k], draft->n_households),
            100.0 * draft->country->kind_share[k], k + 1 < KJ_HH_COUNT ? "," : "\n");
    say(out, "  one-person households %.1f %%, wanted %.1f %%; sizes 2-5+: %.1f %.1f %.1f %.1f %%\n",
        percent(kinds[0], draft->n_households), 100.0 * draft->recipe->one_person_share,
        percent(sizes[2], draft->n_households), percent(sizes[3], draft->n_households),
        percent(sizes[4], draft->n_households), percent(sizes[5], draft->n_households));
    if (unlinked) say(out, "  children who live with adults that are not their parents: %d\n", unlinked);
}

static const char *tenure_name(const char *country, int tenure)
{
    static const char *const names[KJ_TENURE_COUNT] = {"rental", "coop", "owner", "student", "senior", "private"};
    const char *term = kj_tenure_term(country, tenure);
    return term ? term : names[tenure];
}

static void say_homes(text *out, const kj_draft *draft)
{
    int32_t tenures[KJ_TENURE_COUNT] = {0}, small = 0;
    double m2 = 0.0, small_m2 = 0.0;
    for (int32_t d = 0; d < draft->n_dwellings; d++) {
        const kj_draft_dwelling *home = &draft->dwellings[d];
        tenures[home->tenure]++;
        bool is_small = home->kind != KJ_FLAT;
        small += is_small;
        *(is_small ? &small_m2 : &m2) += home->area_m2;
    }
    say(out, "  dwellings by tenure:");
    for (int t = 0; t < KJ_TENURE_COUNT; t++)
        if (t != KJ_TENURE_PRIVATE || tenures[t] > 0)
            say(out, "%s %s %d (%.1f %%)", t ? "," : "", tenure_name(draft->recipe->country, t), tenures[t], percent(tenures[t], draft->n_dwellings));
    say(out, "\n");
    say(out, "  small houses %.1f %%, mean area of small houses %.0f m2, of flats %.0f m2\n",
        percent(small, draft->n_dwellings), small ? small_m2 / small : 0.0,
        draft->n_dwellings > small ? m2 / (draft->n_dwellings - small) : 0.0);
}

/* Who lives in small houses: the seed of the fit aims at these two national figures. */
static void say_matches(text *out, const kj_draft *draft)
{
    double young = 0.0, young_small = 0.0, old = 0.0, old_small = 0.0;
    for (int32_t p = 0; p < draft->n_persons; p++) {
        const kj_draft_person *person = &draft->persons[p];
        if (person->care >= 0) continue;
        bool small = draft->dwellings[draft->households[person->household].dwelling].kind != KJ_FLAT;
        if (person->age >= 25 && person->age <= 34) young += 1.0, young_small += small;
        if (person->age >= 65 && person->age <= 74) old += 1.0, old_small += small;
    }
    say(out, "  in small houses (nation: detached): aged 25-34 %.0f %% (29), aged 65-74 %.0f %% (61)\n",
        percent(young_small, young), percent(old_small, old));
}

static void say_work(text *out, const kj_draft *draft)
{
    int64_t jobs = 0, employed = 0, outside = 0, students = 0;
    for (int32_t w = 0; w < draft->n_workplaces; w++)
        jobs += draft->workplaces[w].cell >= 0 ? draft->workplaces[w].jobs : 0;
    for (int32_t p = 0; p < draft->n_persons; p++) {
        const kj_draft_person *person = &draft->persons[p];
        employed += person->activity == KJ_ACT_EMPLOYED;
        students += person->activity == KJ_ACT_STUDENT;
        outside += person->workplace >= 0 && draft->workplaces[person->workplace].cell < 0;
    }
    say(out, "  employed %lld (%lld commute out), jobs inside %lld, students %lld\n", (long long)employed,
        (long long)outside, (long long)jobs, (long long)students);
}

static void say_land(text *out, const kj_draft *draft)
{
    static const char *const names[KJ_LAND_COUNT] = {"water", "farmland",     "forest", "open",
                                                     "park",  "small houses", "flats",  "work"};
    double km2[KJ_LAND_COUNT] = {0}, cell = draft->grid.cell_m * draft->grid.cell_m / 1e6;
    for (int32_t c = 0; c < draft->n_cells; c++) {
        if (draft->cell_area[c] >= 0) km2[draft->land[c]] += cell;
    }
    say(out, "  land (%s, km2):", draft->land_is_real ? "raster" : "synthetic");
    for (int i = 0; i < KJ_LAND_COUNT; i++)
        say(out, " %s %.2f%s", names[i], km2[i], i + 1 < KJ_LAND_COUNT ? "," : "\n");
}

static void say_facilities(text *out, const kj_draft *draft)
{
    static const char *const names[KJ_FACILITY_KIND_COUNT] = {"preschools",     "schools", "care homes",
                                                              "health centres", "halls",   "libraries"};
    for (int kind = 0; kind < KJ_FACILITY_KIND_COUNT; kind++) {
        int32_t n = 0, assumed = 0, places = 0;
        for (int32_t i = 0; i < draft->n_facilities; i++) {
            if (draft->facilities[i].kind != kind) continue;
            n++;
            assumed += draft->facilities[i].assumed;
            places += draft->facilities[i].places;
        }
        if (n) say(out, "  %s %d (%d assumed), places %d\n", names[kind], n, assumed, places);
    }
}

char *kj_draft_report(const kj_draft *draft)
{
    text out = {0};
    say_totals(&out, draft);
    say_areas(&out, draft);
    say_fit(&out, draft);
    say_kinds(&out, draft);
    say_homes(&out, draft);
    say_matches(&out, draft);
    say_work(&out, draft);
    say_land(&out, draft);
    say_facilities(&out, draft);
    for (const char *line = draft->warnings; line && *line; line += strcspn(line, "\n") + 1)
        say(&out, "%.*s\n", (int)strcspn(line, "\n"), line);
    if (out.failed) {
        free(out.at);
        return NULL;
    }
    return out.at;
}
