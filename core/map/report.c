/* Fit report of a start population: what was asked for, what came out, the worst area of each margin. Plain text. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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
        say(out,
            "  of %.0f dwellings %.1f %% are lived in, for sale or to let; the others (second homes, nobody "
            "registered) are left out\n",
            draft->recipe->dwellings_total, 100.0 * draft->recipe->dwellings_in_use);
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

/* Age classes of polygons: what the source said, scaled to the total, against the persons made. */
static void say_ages(text *out, const kj_draft *draft)
{
    const kj_draft *spec = draft;
    if (!spec->n_classes) {
        say(out,
            "  age and sex: fitted to the municipality's classes, largest deviation of a column before rounding %.3f "
            "persons\n",
            draft->fit_worst_age);
        return;
    }
    double worst = 0.0, sum = 0.0;
    int32_t worst_area = 0, n = 0;
    for (int32_t a = 0; a < draft->n_areas; a++) {
        for (uint32_t i = 0; i < 2 * spec->n_classes; i++) {
            uint32_t c = i % spec->n_classes, sex = i / spec->n_classes;
            int32_t to = c + 1 < spec->n_classes ? spec->class_from[c + 1] : KJ_AGES, made = 0;
            for (int32_t age = spec->class_from[c]; age < to; age++) made += draft->areas[a].n_age[sex][age];
            double off = fabs(draft->areas[a].class_count[sex][c] - made);
            sum += off;
            n++;
            if (off > worst) worst = off, worst_area = a;
        }
    }
    say(out,
        "  age and sex by area: mean difference from the source's cells %.2f persons, largest %.0f in %s (the source's "
        "cells do not add up to its totals)\n",
        n ? sum / n : 0.0, worst, draft->areas[worst_area].code);
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

static void say_homes(text *out, const kj_draft *draft)
{
    static const char *const names[KJ_TENURE_COUNT] = {"rental", "coop", "owner", "student", "senior"};
    int32_t tenures[KJ_TENURE_COUNT] = {0}, small = 0, worst_area = -1;
    double m2 = 0.0, small_m2 = 0.0, worst = 0.0;
    for (int32_t d = 0; d < draft->n_dwellings; d++) {
        const kj_draft_dwelling *home = &draft->dwellings[d];
        tenures[home->tenure]++;
        bool is_small = home->kind != KJ_FLAT;
        small += is_small;
        *(is_small ? &small_m2 : &m2) += home->area_m2;
    }
    say(out, "  dwellings by tenure:");
    for (int t = 0; t < KJ_TENURE_COUNT; t++)
        say(out, " %s %d (%.1f %%)%s", names[t], tenures[t], percent(tenures[t], draft->n_dwellings),
            t + 1 < KJ_TENURE_COUNT ? "," : "\n");
    say(out, "  small houses %.1f %%, mean area of small houses %.0f m2, of flats %.0f m2\n",
        percent(small, draft->n_dwellings), small ? small_m2 / small : 0.0,
        draft->n_dwellings > small ? m2 / (draft->n_dwellings - small) : 0.0);
    for (int32_t a = 0; a < draft->n_areas; a++) {
        const kj_draft_area *area = &draft->areas[a];
        if (!(area->dwellings > 0.0)) continue;
        double made[3] = {0};
        for (int32_t d = area->first_dwelling; d < area->first_dwelling + area->n_dwellings; d++) {
            uint8_t t = draft->dwellings[d].tenure;
            made[t == KJ_TENURE_COOP ? 1 : t == KJ_TENURE_OWNER ? 2 : 0] += 1.0;
        }
        for (int t = 0; t < 3; t++) {
            double off = fabs(made[t] / area->n_dwellings - area->tenure[t] / area->dwellings);
            if (off > worst) worst = off, worst_area = a;
        }
    }
    if (worst_area >= 0)
        say(out,
            "  tenure by area: largest difference of a share %.2f percentage points in %s (student and senior homes "
            "count as rented)\n",
            100.0 * worst, draft->areas[worst_area].code);
    else
        say(out, "  tenure by area: from shares of the recipe\n");
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
    say_ages(&out, draft);
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
