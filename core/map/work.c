/* Education, studies, jobs, commuting, incomes, queue for housing, and children ever born. */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "fit.h"

/* Assumed: spread of incomes within an age (log scale), pay by sex round the age's mean. */
static const double income_sigma = 0.42, pay_of_sex[2] = {0.92, 1.08};

static double square(double v) { return v * v; }

static double luck(kj_map_stream stream, int32_t p, uint32_t number)
{
    return kj_map_uniform(stream, (uint64_t)p, number);
}

/* --- what people do
 * --------------------------------------------------------------------------------------------------- */

static bool in_student_home(const kj_draft *draft, const kj_draft_person *p)
{
    int32_t home = p->household >= 0 ? draft->households[p->household].dwelling : -1;
    return home >= 0 && draft->dwellings[home].tenure == KJ_TENURE_STUDENT;
}

static kj_activity activity_of(const kj_draft *draft, int32_t index)
{
    const kj_draft_person *p = &draft->persons[index];
    if (p->age < 6) return KJ_ACT_CHILD;
    if (p->age < 18 || (p->age == 18 && p->child_at_home)) return KJ_ACT_PUPIL;
    if (p->age == 18) return KJ_ACT_STUDENT; /* away from home at upper secondary school */
    if (p->care >= 0) return KJ_ACT_RETIRED;
    /* of the recipe's share at 19-24: beside those in student homes, about what demography.studies leads to in a few years */
    double share = draft->recipe->student_share * (p->age < 25 ? 1.0 : p->age < 30 ? 1.0 / 3.0 : p->age < 45 ? 0.05 : 0.0);
    if ((p->age < 30 && in_student_home(draft, p)) || luck(KJ_MAP_WORK, index, 0) < share) return KJ_ACT_STUDENT;
    if (p->age < 30) {
        double rate = fmin(0.94, draft->country->employed[p->age] / fmax(0.4, 1.0 - 0.5 * share));
        return luck(KJ_MAP_WORK, index, 1) < rate ? KJ_ACT_EMPLOYED : KJ_ACT_NOT_EMPLOYED;
    }
    if (luck(KJ_MAP_WORK, index, 1) < draft->country->employed[p->age]) return KJ_ACT_EMPLOYED;
    return p->age >= 65 ? KJ_ACT_RETIRED : KJ_ACT_NOT_EMPLOYED;
}

/* Assumed profile round the recipe's share with tertiary education: the old studied less. */
static kj_education education_of(const kj_draft *draft, int32_t index)
{
    const kj_draft_person *p = &draft->persons[index];
    if (p->age < 7) return KJ_EDU_NONE;
    if (p->age < 16) return KJ_EDU_COMPULSORY;
    if (p->age < 19) return KJ_EDU_UPPER;
    if (p->activity == KJ_ACT_STUDENT) return KJ_EDU_UPPER; /* the highest completed */
    double u = luck(KJ_MAP_EDUCATION, index, 0), share = draft->recipe->tertiary_share;
    double tertiary = p->age < 25 ? 0.4 * share : p->age < 65 ? 1.1 * share : p->age < 80 ? 0.75 * share : 0.5 * share;
    double compulsory = p->age < 65 ? 0.13 : p->age < 80 ? 0.28 : 0.45;
    return u < tertiary ? KJ_EDU_TERTIARY : u < 1.0 - compulsory * (1.0 - tertiary) ? KJ_EDU_UPPER : KJ_EDU_COMPULSORY;
}

/* Children ever born: those at home, or of women past 38 at least a completed number drawn from the Swedish pattern of
   0.14, 0.16, 0.44, 0.18, 0.08 (assumed). */
static void count_children(kj_draft *draft)
{
    for (int32_t i = 0; i < draft->n_persons; i++) {
        int32_t mother = draft->persons[i].mother;
        if (mother >= 0) draft->persons[mother].children++;
    }
    for (int32_t i = 0; i < draft->n_persons; i++) {
        kj_draft_person *p = &draft->persons[i];
        if (p->sex != KJ_FEMALE) p->children = 0;
        if (p->sex != KJ_FEMALE || p->age < 38) continue;
        double u = luck(KJ_MAP_PARITY, i, 0);
        uint8_t born = u < 0.14 ? 0 : u < 0.30 ? 1 : u < 0.74 ? 2 : u < 0.92 ? 3 : 4;
        if (born > p->children) p->children = born;
    }
}

/* --- workplaces
 * --------------------------------------------------------------------------------------------------------- */

/* Jobs of a cell by its use, relative: work areas, town centres, a few elsewhere. Assumed. */
static double job_weight(const kj_draft *draft, int32_t cell)
{
    if (draft->cell_area[cell] < 0) return 0.0;
    kj_area_kind kind = draft->areas[draft->cell_area[cell]].kind;
    double by_kind = kind == KJ_AREA_TOWN ? 1.0 : kind == KJ_AREA_LOCALITY ? 0.8 : 0.4;
    double luck_factor = 0.3 + 1.4 * kj_map_uniform(KJ_MAP_PLACE, (uint64_t)cell, 999);
    switch ((kj_land_use)draft->land[cell]) {
    case KJ_LAND_WORK: return by_kind * luck_factor;
    case KJ_LAND_FLATS: return 0.5 * by_kind * luck_factor;
    case KJ_LAND_SMALL_HOUSES: return 0.03 * by_kind * luck_factor;
    default: return 0.0;
    }
}

static kj_status make_workplaces(kj_error *err, kj_draft *draft)
{
    double sum = 0.0, carried = 0.5;
    for (int32_t cell = 0; cell < draft->n_cells; cell++) sum += job_weight(draft, cell);
    for (int32_t cell = 0; cell < draft->n_cells && sum > 0.0; cell++) {
        carried += draft->recipe->jobs * job_weight(draft, cell) / sum;
        int32_t jobs = (int32_t)carried;
        if (jobs < 1) continue;
        carried -= jobs;
        kj_draft_workplace *w = kj_draft_add_workplace(draft);
        if (!w) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        w->cell = cell;
        w->area = draft->cell_area[cell];
        w->jobs = jobs;
        w->sector = draft->land[cell] == KJ_LAND_WORK ? 1 : 2;
    }
    for (uint32_t i = 0; i < draft->recipe->n_commutes; i++) {
        kj_draft_workplace *w = kj_draft_add_workplace(draft);
        if (!w) return kj_fail(err, KJ_E_MEMORY, "out of memory");
        w->cell = w->area = -1;
        snprintf(w->name, sizeof w->name, "%s", draft->recipe->commutes[i].name);
    }
    return KJ_OK;
}

static int64_t gcd(int64_t a, int64_t b) { return b ? gcd(b, a % b) : a; }

/* The k-th worker of an area with `jobs` jobs takes slot k * step mod jobs: every job once before any twice, and not
   all of a street at the same firm. */
static int64_t slot_of(int64_t k, int64_t jobs)
{
    int64_t step = jobs * 618 / 1000 + 1;
    while (gcd(step, jobs) != 1) step++;
    return k * step % jobs;
}

/* First of the area's workplaces whose cumulative jobs exceed the slot. */
static int32_t workplace_at(const int64_t *cumulative, int32_t first, int32_t last, int64_t slot)
{
    while (first < last) {
        int32_t mid = (first + last) / 2;
        if (cumulative[mid] > slot)
            last = mid;
        else
            first = mid + 1;
    }
    return first;
}

typedef struct job_map { /* workplaces inside, sorted by area */
    int32_t *order, *first;
    int64_t *cumulative, *taken;
    double *jobs;
} job_map;

static void sort_jobs(const kj_draft *draft, const job_map *m)
{
    for (int32_t i = 0; i < draft->n_workplaces; i++) {
        if (draft->workplaces[i].area >= 0) m->first[draft->workplaces[i].area + 1]++;
    }
    for (int32_t a = 0; a < draft->n_areas; a++) m->first[a + 1] += m->first[a];
    for (int32_t i = draft->n_workplaces - 1; i >= 0; i--) {
        if (draft->workplaces[i].area >= 0) m->order[--m->first[draft->workplaces[i].area + 1]] = i;
    }
    for (int32_t a = 0; a < draft->n_areas; a++) {
        int64_t sum = 0;
        int32_t end = a + 1 < draft->n_areas ? m->first[a + 2] : 0;
        if (a + 1 == draft->n_areas) {
            for (int32_t i = 0; i < draft->n_workplaces; i++) end += draft->workplaces[i].area >= 0;
        }
        for (int32_t i = m->first[a + 1]; i < end; i++) {
            sum += draft->workplaces[m->order[i]].jobs;
            m->cumulative[i] = sum;
        }
        m->jobs[a] = (double)sum;
    }
}

/* Sends the employed of one area to work: `to[b]` of them to area b, to[n_areas + i] to the i-th place outside. */
static void send_area(kj_draft *draft, const job_map *m, int32_t a, const int32_t *to, kj_ranked *ranked)
{
    const kj_draft_area *area = &draft->areas[a];
    int32_t n = 0, at = 0, n_outside = (int32_t)draft->recipe->n_commutes;
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        if (draft->persons[p].activity == KJ_ACT_EMPLOYED) ranked[n++] = (kj_ranked){luck(KJ_MAP_WORK, p, 2), p};
    }
    kj_ranked_sort(ranked, (size_t)n);
    for (int32_t b = 0; b < draft->n_areas + n_outside; b++) {
        for (int32_t k = 0; k < to[b] && at < n; k++, at++) {
            kj_draft_person *p = &draft->persons[ranked[at].index];
            if (b >= draft->n_areas) {
                int32_t w = draft->n_workplaces - n_outside + b - draft->n_areas;
                p->workplace = w;
                draft->workplaces[w].jobs++;
            } else {
                int64_t slot = slot_of(m->taken[b]++, (int64_t)m->jobs[b]);
                int32_t end = m->first[b + 1];
                while (m->cumulative[end] < (int64_t)m->jobs[b]) end++;
                p->workplace = m->order[workplace_at(m->cumulative, m->first[b + 1], end, slot)];
            }
        }
    }
}

/* How much likelier than at random someone from area a works in each area b: a job that weighs w is taken before seven others drawn at
   random with probability about w / (w + 7 mean), as in demography.work. Places outside the map: 1. */
static void seed_commutes(const kj_draft *draft, const job_map *m, double jobs, int32_t a, double *seed)
{
    int32_t n = draft->n_areas, n_cols = n + (int32_t)draft->recipe->n_commutes;
    double mean = 0.0;
    for (int32_t b = 0; b < n; b++) {
        double d2 = square(draft->areas[a].x - draft->areas[b].x) + square(draft->areas[a].y - draft->areas[b].y);
        seed[b] = 1.0 / (1.0 + d2 / square(KJ_COMMUTE_HALF_KM * 1000.0));
        mean += jobs > 0.0 ? seed[b] * m->jobs[b] / jobs : 0.0;
    }
    for (int32_t b = 0; b < n; b++) seed[b] = seed[b] / (seed[b] + (KJ_COMMUTE_CANDIDATES - 1) * mean);
    for (int32_t b = n; b < n_cols; b++) seed[b] = 1.0;
}

/* IPF of home areas by work areas: the employed of each area, the jobs of each, seed by distance; plus places outside.
 */
static kj_status commute(kj_error *err, kj_draft *draft, const job_map *m, double *value, double *rows, double *cols,
                         int32_t *to, kj_ranked *ranked)
{
    int32_t n = draft->n_areas, n_cols = n + (int32_t)draft->recipe->n_commutes;
    double employed = 0.0, jobs = 0.0, outside = 0.0;
    for (int32_t p = 0; p < draft->n_persons; p++) {
        bool works = draft->persons[p].activity == KJ_ACT_EMPLOYED;
        rows[draft->persons[p].area] += works;
        employed += works;
    }
    for (uint32_t i = 0; i < draft->recipe->n_commutes; i++) outside += draft->recipe->commutes[i].share;
    for (int32_t a = 0; a < n; a++) jobs += m->jobs[a];
    if (!(jobs > 0.0) && !(outside > 0.0))
        return kj_fail(err, KJ_E_INPUT, "%s: work = {…} gives no jobs and no place to commute to", draft->recipe->path);
    for (int32_t b = 0; b < n_cols; b++) {
        cols[b] = b < n ? (jobs > 0.0 ? employed * (1.0 - outside) * m->jobs[b] / jobs : 0.0)
                        : employed * draft->recipe->commutes[b - n].share;
    }
    for (int32_t a = 0; a < n; a++) seed_commutes(draft, m, jobs, a, value + (size_t)a * (size_t)n_cols);
    kj_fit_table table = {(uint32_t)n, (uint32_t)n_cols, value, rows, cols};
    kj_fit(&table, 60, 0.5, &draft->fit_worst_commute);
    for (int32_t a = 0; a < n; a++) {
        kj_fit_round(value + (size_t)a * (size_t)n_cols, (uint32_t)n_cols, (int64_t)rows[a], to);
        send_area(draft, m, a, to, ranked);
    }
    return KJ_OK;
}

static kj_status find_jobs(kj_error *err, kj_draft *draft)
{
    size_t n = (size_t)draft->n_areas, w = (size_t)draft->n_workplaces + 1, cols = n + draft->recipe->n_commutes;
    job_map m = {calloc(w, sizeof(int32_t)), calloc(n + 2, sizeof(int32_t)), calloc(w, sizeof(int64_t)),
                 calloc(n + 1, sizeof(int64_t)), calloc(n + 1, sizeof(double))};
    double *value = calloc(n * cols + 1, sizeof *value), *row = calloc(n + 1, sizeof *row),
           *col = calloc(cols + 1, sizeof *col);
    int32_t *to = calloc(cols + 1, sizeof *to);
    kj_ranked *ranked = calloc((size_t)draft->n_persons + 1, sizeof *ranked);
    kj_status status = m.order && m.first && m.cumulative && m.taken && m.jobs && value && row && col && to && ranked
                           ? KJ_OK
                           : kj_fail(err, KJ_E_MEMORY, "out of memory");
    if (status == KJ_OK) {
        sort_jobs(draft, &m);
        status = commute(err, draft, &m, value, row, col, to, ranked);
    }
    free(m.order);
    free(m.first);
    free(m.cumulative);
    free(m.taken);
    free(m.jobs);
    free(value);
    free(row);
    free(col);
    free(to);
    free(ranked);
    return status;
}

/* --- incomes
 * --------------------------------------------------------------------------------------------------------------- */

/* Income before tax in SEK a year: earned income by age with a lognormal spread; pensions, study grants and other
   incomes assumed. */
static double income_of(const kj_draft *draft, int32_t index)
{
    const kj_draft_person *p = &draft->persons[index];
    double z = kj_map_normal(KJ_MAP_INCOME, (uint64_t)index, 0);
    switch ((kj_activity)p->activity) {
    case KJ_ACT_EMPLOYED:
        return draft->country->earned[p->age] * pay_of_sex[p->sex] *
               kj_exp(income_sigma * z - 0.5 * income_sigma * income_sigma);
    case KJ_ACT_STUDENT: return 125000.0 * kj_exp(0.25 * z);
    case KJ_ACT_RETIRED: return (p->age < 80 ? 245000.0 : 200000.0) * kj_exp(0.30 * z);
    case KJ_ACT_NOT_EMPLOYED: return 140000.0 * kj_exp(0.40 * z);
    default: return 0.0;
    }
}

/* After tax, a simple scale: a basic allowance, 32 % municipal tax lowered for earned income and for pensioners, 20 %
   state tax above 540 000. Assumed round the rules of 2020. */
static double after_tax(const kj_draft_person *p, double income)
{
    double rate = p->activity == KJ_ACT_EMPLOYED || p->age >= 66 ? 0.25 : 0.31, allowance = 40000.0;
    if (p->activity == KJ_ACT_STUDENT) return income;
    double tax = income > allowance ? rate * (income - allowance) : 0.0;
    if (income > 540000.0) tax += 0.20 * (income - 540000.0);
    return income - tax;
}

static const double child_grant = 15000.0; /* SEK/year, child allowance of 1 250 a month */

/* Consumption units of Statistics Sweden: 1, 0.51 the partner or second adult, 0.6 further adults, 0.52 and 0.42
 * children. */
static double consumption_units(const kj_draft *draft, const kj_draft_household *h)
{
    int32_t adults = 0, children = 0;
    for (int32_t p = h->head; p >= 0; p = draft->persons[p].next_member) {
        if (draft->persons[p].age < 20)
            children++;
        else
            adults++;
    }
    double units = adults > 1 ? 1.51 + 0.60 * (adults - 2) : 1.0;
    return units + (children > 0 ? 0.52 : 0.0) + (children > 1 ? 0.42 * (children - 1) : 0.0);
}

static void set_incomes(kj_draft *draft, kj_draft_area *area, double factor)
{
    for (int32_t p = area->first_person; p < area->first_person + area->n_persons; p++) {
        draft->persons[p].income = (int32_t)(factor * income_of(draft, p));
    }
    for (int32_t i = area->first_household; i < area->first_household + area->n_households; i++) {
        kj_draft_household *h = &draft->households[i];
        double sum = 0.0;
        for (int32_t p = h->head; p >= 0; p = draft->persons[p].next_member) {
            sum += after_tax(&draft->persons[p], draft->persons[p].income) +
                   (draft->persons[p].age < 17 ? child_grant : 0.0);
        }
        h->income = (int32_t)sum;
    }
}

/* Median over the persons of the area of their household's income a consumption unit. */
static double median_of(const kj_draft *draft, const kj_draft_area *area, kj_ranked *ranked)
{
    int32_t n = 0, persons = 0;
    for (int32_t i = area->first_household; i < area->first_household + area->n_households; i++) {
        const kj_draft_household *h = &draft->households[i];
        ranked[n++] = (kj_ranked){h->income / consumption_units(draft, h), i};
        persons += h->size;
    }
    kj_ranked_sort(ranked, (size_t)n);
    int32_t half = (persons + 1) / 2;
    for (int32_t i = 0; i < n; i++) {
        half -= draft->households[ranked[i].index].size;
        if (half <= 0) return ranked[i].key;
    }
    return 0.0;
}

static kj_status fit_incomes(kj_error *err, kj_draft *draft)
{
    kj_ranked *ranked = calloc((size_t)draft->n_households + 1, sizeof *ranked);
    if (!ranked) return kj_fail(err, KJ_E_MEMORY, "out of memory");
    for (int32_t a = 0; a < draft->n_areas; a++) {
        kj_draft_area *area = &draft->areas[a];
        double factor = 1.0;
        set_incomes(draft, area, factor);
        area->median_income = median_of(draft, area, ranked);
        for (int round = 0; round < 4 && area->income_sek > 0.0 && area->median_income > 0.0; round++) {
            factor *= area->income_sek / area->median_income;
            set_incomes(draft, area, factor);
            area->median_income = median_of(draft, area, ranked);
        }
    }
    free(ranked);
    return KJ_OK;
}

/* Adults in the housing queue joined at some time since they were 18: exponential, by the recipe's mean. */
static void join_queue(kj_draft *draft)
{
    for (int32_t i = 0; i < draft->n_persons; i++) {
        kj_draft_person *p = &draft->persons[i];
        if (p->age < 18 || p->care >= 0 || luck(KJ_MAP_QUEUE, i, 0) >= draft->recipe->queue_share) continue;
        int32_t since_18 = draft->start - p->birth_month - 12 * 18;
        double months = -kj_log(luck(KJ_MAP_QUEUE, i, 1)) * 12.0 * draft->recipe->queue_years;
        p->queue_since = draft->start - (months < since_18 ? (int32_t)months : since_18);
    }
}

kj_status kj_draft_work(kj_error *err, kj_draft *draft)
{
    for (int32_t i = 0; i < draft->n_persons; i++) {
        draft->persons[i].activity = (uint8_t)activity_of(draft, i);
        draft->persons[i].education = (uint8_t)education_of(draft, i);
    }
    count_children(draft);
    join_queue(draft);
    kj_status status = make_workplaces(err, draft);
    if (status == KJ_OK) status = find_jobs(err, draft);
    if (status == KJ_OK) status = fit_incomes(err, draft);
    return status;
}
