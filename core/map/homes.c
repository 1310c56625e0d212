/* Dwellings: how many of which tenure and kind in each area, who lives in which, and where they stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "draft.h"
#include "fit.h"

typedef struct home_class {
    kj_tenure tenure;
    bool small;
} home_class;

static const home_class classes[KJ_HOME_CLASSES] = {
    {KJ_TENURE_OWNER, true},   {KJ_TENURE_COOP, true},     {KJ_TENURE_RENTAL, true}, {KJ_TENURE_COOP, false},
    {KJ_TENURE_RENTAL, false}, {KJ_TENURE_STUDENT, false}, {KJ_TENURE_SENIOR, false}};

/* Where an area's tenures are known, its co-op and rental small houses follow shares by kind of area, assumed round the
   nation's 6 % (9 % of small houses over all co-op and rental homes). */
static const double let_small_share[3] = {0.60, 0.15,
                                          0.05}; /* of co-op and rental homes, by kind of area: rural, locality, town */

/* --- the stock ------------------------------------------------------------------------------------------------------
 */

/* Share of the homes in which nobody lives: on offer, or between two households. */
static double empty_of(const kj_recipe *recipe, int32_t class)
{
    switch (classes[class].tenure) {
    case KJ_TENURE_OWNER: return recipe->vacancy_owner + recipe->between_owner;
    case KJ_TENURE_COOP: return recipe->vacancy_coop + recipe->between_coop;
    case KJ_TENURE_STUDENT: return recipe->vacancy_rental + recipe->between_student;
    default: return recipe->vacancy_rental + recipe->between_rental;
    }
}

/* Dwellings by class as real numbers, students and seniors still among the rented flats. */
static void split_classes(const kj_recipe *recipe, const kj_draft_area *area, double dwellings, double out[KJ_HOME_CLASSES])
{
    memset(out, 0, KJ_HOME_CLASSES * sizeof *out);
    if (area->dwellings > 0.0) {
        double small = let_small_share[area->kind];
        out[KJ_HOME_OWNER] = area->tenure[2];
        out[KJ_HOME_COOP_SMALL] = small * area->tenure[1];
        out[KJ_HOME_COOP_FLAT] = area->tenure[1] - out[KJ_HOME_COOP_SMALL];
        out[KJ_HOME_RENTAL_SMALL] = small * area->tenure[0];
        out[KJ_HOME_RENTAL_FLAT] = area->tenure[0] - out[KJ_HOME_RENTAL_SMALL];
        return;
    }
    double small = area->small_share * dwellings, flats = dwellings - small;
    out[KJ_HOME_OWNER] = recipe->small_tenure[2] * small;
    out[KJ_HOME_COOP_SMALL] = recipe->small_tenure[1] * small;
    out[KJ_HOME_RENTAL_SMALL] = recipe->small_tenure[0] * small;
    out[KJ_HOME_COOP_FLAT] = recipe->flat_tenure[1] * flats;
    out[KJ_HOME_RENTAL_FLAT] = recipe->flat_tenure[0] * flats;
}

/* Adults weighted by how many households they would make: what homes are shared out by where no count is known. */
static double household_weight(const kj_draft *draft, const kj_draft_area *area)
{
    double sum = 0.0;
    for (int32_t i = 0; i < 2 * KJ_AGES; i++) {
        int32_t sex = i / KJ_AGES, age = i % KJ_AGES;
        sum += area->n_age[sex][age] * (1.0 - draft->country->at_home[sex][age] - 0.5 * draft->country->partner[sex][age]);
    }
    return fmax(0.0, sum - area->n_care);
}

static double young_share(const kj_draft_area *area)
{
    double young = 0.0;
    for (int32_t age = 19; age <= 27; age++) young += area->n_age[0][age] + area->n_age[1][age];
    return area->population > 0 ? young / area->population : 0.0;
}

/* Student homes are rented flats where the young live: share of an area's flats ~ scale * (share of 19-27 year-olds)^2.
 */
static double student_homes(const kj_draft_area *area, double rental_flats, double scale)
{
    double young = young_share(area);
    return rental_flats * fmin(0.97, scale * young * young);
}

static double solve_student_scale(const kj_draft *draft, const double *rental_flats, double wanted)
{
    double lo = 0.0, hi = 1000.0;
    for (int i = 0; i < 60; i++) {
        double mid = 0.5 * (lo + hi), sum = 0.0;
        for (int32_t a = 0; a < draft->n_areas; a++) sum += student_homes(&draft->areas[a], rental_flats[a], mid);
        if (sum < wanted)
            lo = mid;
        else
            hi = mid;
    }
    return 0.5 * (lo + hi);
}

static void round_area(const kj_draft *draft, kj_draft_area *area, double value[KJ_HOME_CLASSES], int32_t dwellings)
{
    kj_fit_round(value, KJ_HOME_CLASSES, dwellings, area->homes);
    area->n_dwellings = dwellings;
    area->n_households = dwellings;
    double carried = 0.5;
    for (int32_t c = 0; c < KJ_HOME_CLASSES; c++) {
        carried += area->homes[c] * empty_of(draft->recipe, c);
        area->vacant[c] = (int32_t)carried < area->homes[c] ? (int32_t)carried : area->homes[c];
        carried -= area->vacant[c];
        area->n_households -= area->vacant[c];
    }
}

kj_status kj_draft_stock(kj_error *err, kj_draft *draft)
{
    const kj_recipe *recipe = draft->recipe;
    size_t n = (size_t)draft->n_areas;
    double *weight = calloc(n + 1, sizeof *weight), *flats = calloc(n + 1, sizeof *flats), rental = 0.0;
    double(*value)[KJ_HOME_CLASSES] = calloc(n + 1, sizeof *value);
    int32_t *dwellings = calloc(n + 1, sizeof *dwellings);
    kj_status status = weight && flats && value && dwellings ? KJ_OK : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        for (size_t a = 0; a < n; a++) weight[a] = household_weight(draft, &draft->areas[a]);
        if (recipe->dwellings_total > 0.0)
            kj_fit_round(weight, (uint32_t)n, (int64_t)(recipe->dwellings_total * recipe->dwellings_in_use + 0.5),
                         dwellings);
        for (size_t a = 0; a < n; a++) {
            if (draft->areas[a].dwellings > 0.0) dwellings[a] = (int32_t)(draft->areas[a].dwellings + 0.5);
            split_classes(recipe, &draft->areas[a], dwellings[a], value[a]);
            flats[a] = value[a][KJ_HOME_RENTAL_FLAT];
            rental += value[a][KJ_HOME_RENTAL_FLAT] + value[a][KJ_HOME_RENTAL_SMALL];
        }
        double scale = recipe->student_share_of_rental > 0.0
                           ? solve_student_scale(draft, flats, recipe->student_share_of_rental * rental)
                           : 0.0;
        for (size_t a = 0; a < n; a++) {
            kj_draft_area *area = &draft->areas[a];
            value[a][KJ_HOME_STUDENT] = student_homes(area, flats[a], scale);
            double left = flats[a] - value[a][KJ_HOME_STUDENT];
            value[a][KJ_HOME_SENIOR] =
                area->kind == KJ_AREA_RURAL
                    ? 0.0
                    : fmin(0.5 * left, recipe->senior_share_of_rental * (left + value[a][KJ_HOME_RENTAL_SMALL]));
            value[a][KJ_HOME_RENTAL_FLAT] = left - value[a][KJ_HOME_SENIOR];
            round_area(draft, area, value[a], dwellings[a]);
        }
    }
    free(weight);
    free(flats);
    free(value);
    free(dwellings);
    return status;
}

/* --- who lives in what
 * ------------------------------------------------------------------------------------------------ */

/* Row of start_dwelling_affinity.csv: kind of household and stage of life, since those who bought a house with children mostly stay
   in it when the children have left. */
static uint8_t house_class(const kj_draft *draft, const kj_draft_household *h)
{
    int32_t age = draft->persons[h->head].age;
    switch ((kj_household_kind)h->kind) {
    case KJ_HH_SINGLE: return age < 30 ? 0 : age < 45 ? 1 : age < 65 ? 2 : age < 75 ? 3 : 4;
    case KJ_HH_SINGLE_PARENT: return 5;
    case KJ_HH_COUPLE: return age < 35 ? 6 : age < 65 ? 7 : age < 75 ? 8 : 9;
    case KJ_HH_COUPLE_CHILDREN: return age < 35 ? 10 : 11;
    default: return 12;
    }
}

/* More households than dwellings (rounding of tiny areas), or fewer: the stock of homes to live in is made to agree. */
static void agree(kj_draft_area *area)
{
    int32_t open = 0;
    for (int32_t c = 0; c < KJ_HOME_CLASSES; c++) open += area->homes[c] - area->vacant[c];
    while (open < area->n_households) {
        int32_t most = 0;
        for (int32_t c = 1; c < KJ_HOME_CLASSES; c++) most = area->vacant[c] > area->vacant[most] ? c : most;
        if (area->vacant[most] > 0) {
            area->vacant[most]--;
        } else { /* none is vacant: one more of the most usual */
            for (int32_t c = 1; c < KJ_HOME_CLASSES; c++) most = area->homes[c] > area->homes[most] ? c : most;
            area->homes[most]++;
            area->n_dwellings++;
        }
        open++;
    }
    while (open > area->n_households) { /* spread over the classes by the homes still lived in */
        int32_t most = 0;
        double best = -1.0;
        for (int32_t c = 0; c < KJ_HOME_CLASSES; c++) {
            double left = (area->homes[c] - area->vacant[c]) / (1.0 + area->vacant[c]);
            if (left > best && area->homes[c] > area->vacant[c]) {
                best = left;
                most = c;
            }
        }
        area->vacant[most]++;
        open--;
    }
}

/* The tenure of a class of homes; on a Danish map some of its rentals are private and some of its bought flats are owned. Who lives in
   them is not told apart: assumed. */
static kj_tenure tenure_of(const kj_recipe *recipe, const kj_draft_area *area, int32_t class, double u)
{
    if (class == KJ_HOME_RENTAL_SMALL && u < recipe->private_small) return KJ_TENURE_PRIVATE;
    /* the share is one of all rented flats, of which those for students and seniors are almen */
    double flats = area->homes[KJ_HOME_RENTAL_FLAT], all = flats + area->homes[KJ_HOME_STUDENT] + area->homes[KJ_HOME_SENIOR];
    if (class == KJ_HOME_RENTAL_FLAT && u * flats < recipe->private_flat * all) return KJ_TENURE_PRIVATE;
    if (class == KJ_HOME_COOP_FLAT && u < recipe->owned_flat) return KJ_TENURE_OWNER;
    return classes[class].tenure;
}

static void add_dwelling(kj_draft *draft, const kj_draft_area *area, int32_t class, const int32_t n_rooms[3][8],
                         int32_t ordinal[3], double detached)
{
    int32_t index = draft->n_dwellings++;
    kj_draft_dwelling *d = &draft->dwellings[index];
    kj_draw4 r = kj_map_draw(KJ_MAP_DWELLING, (uint64_t)index, 0);
    *d = (kj_draft_dwelling){.area = (int32_t)(area - draft->areas), .cell = -1, .household = -1};
    d->tenure = (uint8_t)tenure_of(draft->recipe, area, class, kj_uniform(r.v[3]));
    d->home_class = (uint8_t) class;
    d->kind = (uint8_t)(!classes[class].small                                     ? KJ_FLAT
                        : class == KJ_HOME_OWNER && kj_uniform(r.v[0]) < detached ? KJ_DETACHED
                                                                                  : KJ_ROW);
    int32_t left = ordinal[d->kind]++, rooms = 1;
    while (rooms < 7 && left >= n_rooms[d->kind][rooms]) left -= n_rooms[d->kind][rooms++];
    if (class == KJ_HOME_STUDENT) rooms = kj_uniform(r.v[1]) < 0.75 ? 1 : 2; /* assumed: rooms and small flats */
    if (class == KJ_HOME_SENIOR) rooms = kj_uniform(r.v[1]) < 0.7 ? 2 : 3;
    d->rooms = (uint8_t)rooms;
    double m2 = draft->country->area_m2[d->kind][rooms] * (0.86 + 0.28 * kj_uniform(r.v[2]));
    d->area_m2 = (int16_t)(class == KJ_HOME_STUDENT ? 0.75 * m2 : m2);
}

/* Built years by kind, assumed after the Swedish building history: flats from 1940 to 1975, houses from 1900 on. */
static int16_t built_year_of(kj_dwelling_kind kind, double u, double v, int32_t start_year)
{
    static const struct {
        int16_t from, to;
        double flat, house;
    } period[] = {{1880, 1940, 0.13, 0.24}, {1940, 1960, 0.25, 0.17}, {1960, 1976, 0.33, 0.27},
                  {1976, 1991, 0.12, 0.19}, {1991, 2010, 0.09, 0.08}, {2010, 2020, 0.08, 0.05}};
    for (int i = 0; i < 6; i++) {
        double share = kind == KJ_FLAT ? period[i].flat : period[i].house;
        if (u < share || i == 5) {
            int32_t to = i == 5 ? start_year : period[i].to;
            return (int16_t)(period[i].from + (int32_t)(v * (to - period[i].from)));
        }
        u -= share;
    }
    return 1970;
}

/* Rent, fee or running cost in Sweden, SEK a month; elsewhere 0: the housing market sets it by the country's parameters. Rents a m2 and year: 1 680 in new public homes (2022,
   fastighetstidningen.se); the rest of the curve, co-op fees and owners' running costs are assumed. */
static int32_t cost_of(const kj_draft_dwelling *d)
{
    double year = d->built_year, per_m2;
    switch ((kj_tenure)d->tenure) {
    case KJ_TENURE_COOP: return (int32_t)(d->area_m2 * 720.0 / 12.0);
    case KJ_TENURE_OWNER: return (int32_t)(2200.0 + d->area_m2 * 190.0 / 12.0);
    case KJ_TENURE_STUDENT: per_m2 = 1750.0; break;
    case KJ_TENURE_SENIOR: per_m2 = 1450.0; break;
    default: per_m2 = year >= 2010 ? 1650.0 : year >= 1991 ? 1330.0 : 1120.0 + 30.0 / (1.0 + 0.1 * d->rooms); break;
    }
    return (int32_t)(d->area_m2 * per_m2 / 12.0 + 0.5);
}

static void make_dwellings(kj_draft *draft, kj_draft_area *area)
{
    static const double detached_share[3] = {0.99, 0.90, 0.68}; /* of owned small houses, by kind of area; assumed */
    int32_t n_rooms[3][8] = {{0}}, ordinal[3] = {0};
    for (int32_t kind = 0; kind < 3; kind++) kj_fit_round(draft->country->rooms[kind] + 1, 7, 1000, &n_rooms[kind][1]);
    area->first_dwelling = draft->n_dwellings;
    for (int32_t c = 0; c < KJ_HOME_CLASSES; c++) {
        for (int32_t i = 0; i < area->homes[c]; i++) {
            /* the golden ratio's multiples spread the rooms evenly over any number of dwellings */
            for (int32_t k = 0; k < 3; k++)
                ordinal[k] = (int32_t)(((int64_t)(draft->n_dwellings - area->first_dwelling) * 618 + 250) % 1000);
            add_dwelling(draft, area, c, (const int32_t(*)[8])n_rooms, ordinal, detached_share[area->kind]);
            kj_draft_dwelling *d = &draft->dwellings[draft->n_dwellings - 1];
            kj_draw4 r = kj_map_draw(KJ_MAP_DWELLING, (uint64_t)draft->n_dwellings, 1);
            d->built_year = built_year_of((kj_dwelling_kind)d->kind, kj_uniform(r.v[0]), kj_uniform(r.v[1]),
                                          draft->recipe->start_year);
            d->rent = strcmp(draft->recipe->country, "se") == 0 ? cost_of(d) : 0;
        }
    }
}

/* Calibrated: 4 % of the persons of Värnamo and 5 % of the nation in small are crowded by norm 2, as are 4 % of the people of ordinary Swedish
   municipalities (7 to 10 % in the largest cities; Statistics Sweden 2018,
   https://www.boverket.se/sv/kommunernas-bostadsforsorjning/underlag-for-bostadsforsorjningen/sarskilda-grupper/trangbodda/). */
static const double need_spread = 1.4;

/* Households of one class of dwelling in order of the room they need, dwellings in order of the room they have, each
   with some luck; then one to one. The luckless smallest or oldest stay empty by their own draw. */
static void match_class(kj_draft *draft, const kj_draft_area *area, int32_t class, const int32_t *chosen,
                        int32_t first_dwelling, kj_ranked *homes, kj_ranked *people)
{
    int32_t n_people = 0, n_homes = area->homes[class];
    for (int32_t h = area->first_household; h < area->first_household + area->n_households; h++) {
        if (chosen[h - area->first_household] != class) continue;
        const kj_draft_household *hh = &draft->households[h];
        double need =
            hh->size + 0.4 * (draft->persons[hh->head].age >= 35) + need_spread * kj_map_normal(KJ_MAP_MATCH, (uint64_t)h, 0);
        people[n_people++] = (kj_ranked){need, h};
    }
    for (int32_t i = 0; i < n_homes; i++)
        homes[i] = (kj_ranked){kj_map_uniform(KJ_MAP_MATCH, (uint64_t)first_dwelling + (uint64_t)i, 1), first_dwelling + i};
    kj_ranked_sort(homes, (size_t)n_homes); /* by luck: the first n_people are lived in */
    for (int32_t i = 0; i < n_people; i++) {
        const kj_draft_dwelling *d = &draft->dwellings[homes[i].index];
        homes[i].key = d->rooms + 0.005 * d->area_m2 + 0.5 * kj_map_normal(KJ_MAP_MATCH, (uint64_t)homes[i].index, 2);
    }
    kj_ranked_sort(homes, (size_t)n_people);
    kj_ranked_sort(people, (size_t)n_people);
    for (int32_t i = 0; i < n_people; i++) {
        draft->households[people[i].index].dwelling = homes[i].index;
        draft->dwellings[homes[i].index].household = people[i].index;
    }
}

enum { MOST_ROWS = KJ_HOUSE_CLASSES * KJ_HOUSEHOLD_SIZES };

static int32_t tenure_group(int32_t class)
{
    kj_tenure t = classes[class].tenure;
    return t == KJ_TENURE_COOP ? 1 : t == KJ_TENURE_OWNER ? 2 : 0; /* students and seniors rent */
}

static bool knows_tenure_by_size(const kj_draft_area *area)
{
    double sum = 0.0;
    for (int t = 0; t < 3; t++)
        for (int s = 0; s < KJ_HOUSEHOLD_SIZES; s++) sum += area->tenure_size[t][s];
    return sum > 0.0;
}

/* Brings the homes of each tenure and size of household nearer to the area's table; rows are classes by size. The table
   is scaled to the households of each size that there are; those of unknown tenure are shared out by that. */
static void meet_tenure_by_size(const kj_draft_area *area, double *value, const double *rows)
{
    for (int32_t size = 0; size < KJ_HOUSEHOLD_SIZES; size++) {
        double wanted[3] = {0}, is[3] = {0}, there = 0.0, known = 0.0;
        for (int32_t c = 0; c < KJ_HOUSE_CLASSES; c++) there += rows[c * KJ_HOUSEHOLD_SIZES + size];
        for (int t = 0; t < 3; t++) known += area->tenure_size[t][size];
        if (!(known > 0.0)) continue;
        for (int t = 0; t < 3; t++) wanted[t] = area->tenure_size[t][size] * there / known;
        for (int32_t i = 0; i < KJ_HOUSE_CLASSES * KJ_HOME_CLASSES; i++) {
            int32_t row = i / KJ_HOME_CLASSES * KJ_HOUSEHOLD_SIZES + size, home = i % KJ_HOME_CLASSES;
            is[tenure_group(home)] += value[row * KJ_HOME_CLASSES + home];
        }
        for (int32_t i = 0; i < KJ_HOUSE_CLASSES * KJ_HOME_CLASSES; i++) {
            int32_t row = i / KJ_HOME_CLASSES * KJ_HOUSEHOLD_SIZES + size, home = i % KJ_HOME_CLASSES, t = tenure_group(home);
            if (is[t] > 0.0) value[row * KJ_HOME_CLASSES + home] *= wanted[t] / is[t];
        }
    }
}

/* 0 to 1 for a single head from 30 down to 16: half of what puts them in order, since the classes of homes are handed out from owned ones to
   student homes, and who lives in those is mostly under 25. Assumed. */
static double youth_of(int32_t age) { return fmin(1.0, (30 - age) / 14.0); }

/* IPF of household classes (by size too where the area says which sizes live in which tenure) by dwelling classes,
   rounded exactly, then the households of a class in an order of luck. */
static kj_status assign_area(kj_error *err, kj_draft *draft, kj_draft_area *area, int32_t *chosen, kj_ranked *ranked,
                             kj_ranked *ranked2)
{
    double value[MOST_ROWS * KJ_HOME_CLASSES], rows[MOST_ROWS] = {0}, cols[KJ_HOME_CLASSES], worst = 0.0;
    int32_t row[MOST_ROWS] = {0}, col[KJ_HOME_CLASSES], whole[MOST_ROWS * KJ_HOME_CLASSES], n = area->n_households;
    bool by_size = knows_tenure_by_size(area);
    int32_t n_sizes = by_size ? KJ_HOUSEHOLD_SIZES : 1, n_rows = KJ_HOUSE_CLASSES * n_sizes;
    for (int32_t r = 0; r < n_rows; r++)
        memcpy(value + r * KJ_HOME_CLASSES, draft->country->affinity[r / n_sizes], sizeof draft->country->affinity[0]);
    for (int32_t h = 0; h < n; h++) {
        kj_draft_household *hh = &draft->households[area->first_household + h];
        hh->house_class = house_class(draft, hh);
        int32_t size = hh->size > KJ_HOUSEHOLD_SIZES ? KJ_HOUSEHOLD_SIZES - 1 : hh->size - 1;
        int32_t of = hh->house_class * n_sizes + (by_size ? size : 0);
        row[of]++;
        double order = kj_map_uniform(KJ_MAP_MATCH, (uint64_t)area->first_household + (uint64_t)h, 3);
        if (hh->house_class == 0) order = 0.5 * order + 0.5 * youth_of(draft->persons[hh->head].age);
        ranked[h] = (kj_ranked){of + 0.999 * order, h};
    }
    for (int32_t c = 0; c < KJ_HOME_CLASSES; c++) cols[c] = col[c] = area->homes[c] - area->vacant[c];
    for (int32_t r = 0; r < n_rows; r++) rows[r] = row[r];
    kj_fit_table table = {(uint32_t)n_rows, KJ_HOME_CLASSES, value, rows, cols};
    for (int round = 0; by_size && round < 40; round++) {
        kj_fit(&table, 2, 0.05, NULL);
        meet_tenure_by_size(area, value, rows);
    }
    kj_fit(&table, 200, 0.05, &worst);
    draft->fit_worst_home = fmax(draft->fit_worst_home, worst);
    kj_status status = kj_fit_round_table(err, value, (uint32_t)n_rows, KJ_HOME_CLASSES, row, col, whole);
    if (status != KJ_OK) return kj_error_context(err, "area %s", area->code);
    kj_ranked_sort(ranked, (size_t)n);
    int32_t at = 0;
    for (int32_t i = 0; i < n_rows * KJ_HOME_CLASSES; i++) {
        for (int32_t k = 0; k < whole[i]; k++) chosen[ranked[at++].index] = i % KJ_HOME_CLASSES;
    }
    int32_t first = area->first_dwelling;
    for (int32_t c = 0; c < KJ_HOME_CLASSES; c++) {
        match_class(draft, area, c, chosen, first, ranked, ranked2);
        first += area->homes[c];
    }
    return KJ_OK;
}

/* --- where they stand
 * --------------------------------------------------------------------------------------------------- */

/* Dwellings spread evenly over a list of cells. */
static void stand_on(kj_draft *draft, const int32_t *dwellings, int32_t n, const int32_t *cells, int32_t n_cells)
{
    for (int32_t i = 0; i < n; i++) draft->dwellings[dwellings[i]].cell = cells[(int32_t)((int64_t)i * n_cells / n)];
}

static int32_t cells_of_use(const kj_draft *draft, const int32_t *area_cells, int32_t n, kj_land_use use, int32_t *out)
{
    int32_t found = 0;
    for (int32_t i = 0; i < n; i++) {
        if (draft->land[area_cells[i]] == use) out[found++] = area_cells[i];
    }
    return found;
}

/* Single farms and small hamlets: open cells, on farmland likelier than in the forest, one to three houses each. */
static int32_t scattered_cells(const kj_draft *draft, const int32_t *area_cells, int32_t n, int32_t wanted,
                               kj_ranked *ranked, int32_t *out)
{
    int32_t found = 0;
    for (int32_t i = 0; i < n; i++) {
        int32_t cell = area_cells[i];
        uint8_t use = draft->land[cell];
        double weight = use == KJ_LAND_FARMLAND || use == KJ_LAND_OPEN ? 4.0 : use == KJ_LAND_FOREST ? 1.0 : 0.0;
        if (weight <= 0.0 || draft->protection[cell]) continue;
        ranked[found++] = (kj_ranked){-kj_log(kj_map_uniform(KJ_MAP_CELL, (uint64_t)cell, 0)) / weight, cell};
    }
    kj_ranked_sort(ranked, (size_t)found);
    if (found > wanted) found = wanted;
    for (int32_t i = 0; i < found; i++) out[i] = ranked[i].index;
    return found;
}

/* Homes stand on built land, or scattered over open land and forest that is not protected: says what the area has instead. */
static kj_status no_ground(kj_error *err, const kj_draft *draft, const kj_draft_area *area, const int32_t *cells, int32_t n_cells, int32_t n_homes)
{
    int32_t n[KJ_LAND_COUNT] = {0}, protected = 0;
    char there[240] = "", word[32];
    for (int32_t i = 0; i < n_cells; i++) {
        bool open = draft->land[cells[i]] == KJ_LAND_FARMLAND || draft->land[cells[i]] == KJ_LAND_OPEN || draft->land[cells[i]] == KJ_LAND_FOREST;
        if (open && draft->protection[cells[i]]) protected++;
        else n[draft->land[cells[i]]]++;
    }
    for (int32_t use = 0; use < KJ_LAND_COUNT; use++)
        if (n[use]) snprintf(there + strlen(there), sizeof there - strlen(there), "%s%d of %s", there[0] ? ", " : "", n[use], kj_labels_at(KJ_LAND_LABELS, use, word, sizeof word));
    if (protected) snprintf(there + strlen(there), sizeof there - strlen(there), "%s%d protected", there[0] ? ", " : "", protected);
    return kj_fail(err, KJ_E_INPUT, "%s: area %s has no cell where its %d dwellings may stand (small_houses, flats, farmland, open or forest); its cells: %s", draft->recipe->path,
                   area->code, n_homes, there[0] ? there : "none");
}

static kj_status place_area(kj_error *err, kj_draft *draft, kj_draft_area *area, const int32_t *cells, int32_t n_cells,
                            int32_t *list, int32_t *picked, kj_ranked *ranked)
{
    for (int32_t small = 0; small < 2; small++) {
        int32_t n = 0, n_picked = 0;
        for (int32_t d = area->first_dwelling; d < area->first_dwelling + area->n_dwellings; d++) {
            if ((draft->dwellings[d].kind != KJ_FLAT) == (small == 1)) list[n++] = d;
        }
        if (n == 0) continue;
        /* an order of luck, so that neighbours are not all of one class */
        for (int32_t i = 0; i < n; i++)
            ranked[i] = (kj_ranked){kj_map_uniform(KJ_MAP_CELL, (uint64_t)list[i], 1), list[i]};
        kj_ranked_sort(ranked, (size_t)n);
        for (int32_t i = 0; i < n; i++) list[i] = ranked[i].index;
        n_picked = cells_of_use(draft, cells, n_cells, small ? KJ_LAND_SMALL_HOUSES : KJ_LAND_FLATS, picked);
        int32_t in_hamlets = small && area->kind == KJ_AREA_RURAL ? (int32_t)(0.35 * n) : n;
        if (n_picked == 0) in_hamlets = 0;
        stand_on(draft, list, in_hamlets, picked, n_picked);
        if (in_hamlets == n) continue;
        int32_t rest = n - in_hamlets;
        n_picked = scattered_cells(draft, cells, n_cells, rest * 5 / 8 + 1, ranked, picked);
        if (n_picked == 0) n_picked = cells_of_use(draft, cells, n_cells, KJ_LAND_SMALL_HOUSES, picked);
        if (n_picked == 0) n_picked = cells_of_use(draft, cells, n_cells, KJ_LAND_FLATS, picked);
        if (n_picked == 0) return no_ground(err, draft, area, cells, n_cells, n);
        stand_on(draft, list + in_hamlets, rest, picked, n_picked);
    }
    return KJ_OK;
}

kj_status kj_draft_homes(kj_error *err, kj_draft *draft)
{
    int32_t total = 0, most = 1, n_cells = draft->n_cells;
    for (int32_t a = 0; a < draft->n_areas; a++) {
        agree(&draft->areas[a]);
        total += draft->areas[a].n_dwellings;
        if (draft->areas[a].n_dwellings > most) most = draft->areas[a].n_dwellings;
    }
    if (most < n_cells) most = n_cells;
    size_t m = (size_t)most + 1;
    draft->dwellings = calloc((size_t)total + 1, sizeof *draft->dwellings);
    int32_t *chosen = calloc(m, sizeof *chosen), *cells = calloc(m, sizeof *cells), *list = calloc(m, sizeof *list),
            *picked = calloc(m, sizeof *picked);
    int32_t *first = calloc((size_t)draft->n_areas + 2, sizeof *first);
    kj_ranked *ranked = calloc(m, sizeof *ranked), *ranked2 = calloc(m, sizeof *ranked2);
    kj_status status = draft->dwellings && chosen && cells && list && picked && first && ranked && ranked2
                           ? KJ_OK
                           : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        for (int32_t c = 0; c < n_cells; c++) {
            if (draft->cell_area[c] >= 0) first[draft->cell_area[c] + 1]++;
        }
        for (int32_t a = 0; a < draft->n_areas; a++) first[a + 1] += first[a];
        for (int32_t c = n_cells - 1; c >= 0; c--) {
            if (draft->cell_area[c] >= 0) cells[--first[draft->cell_area[c] + 1]] = c;
        }
    }
    for (int32_t a = 0; status == KJ_OK && a < draft->n_areas; a++) {
        kj_draft_area *area = &draft->areas[a];
        make_dwellings(draft, area);
        status = assign_area(err, draft, area, chosen, ranked, ranked2);
        if (status == KJ_OK)
            status = place_area(err, draft, area, cells + first[a + 1], area->n_cells, list, picked, ranked);
    }
    free(chosen);
    free(cells);
    free(list);
    free(picked);
    free(first);
    free(ranked);
    free(ranked2);
    return status;
}
