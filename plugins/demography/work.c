/* demography.work: studies, employment, workplace and income, once a year in the birth month. */

#include <kedja/math.h>

#include "state.h"

typedef struct job_starters job_starters;
typedef struct raises raises;

typedef struct work_view {
    const demography *d;
    const kj_run_v1 *run;
    kj_ctx *ctx;
    kj_month month;
    const kj_grid *grid;
    kj_stream place_draws;
    tax_rule tax;
    earnings earnings;
    const int16_t *birth_month;
    const int32_t *workplace_cell, *openings_upto, *outside_upto, *dwelling_cell;
    const uint64_t *luck;
    const kj_id *household, *partner, *head, *person_id, *workplace_id;
    const uint32_t *workplace_row;
    home_columns home;
    uint8_t *education, *activity;
    kj_id *workplace;
    int32_t *income;
    uint32_t n_workplaces;
    int32_t student_income, not_employed_income, pension_floor;
    double pension_ratio, half_cells;
    uint32_t upper_secondary, completion, job_change, outside; /* thresholds */
    uint8_t settled[AGE_MAX + 1];
    job_starters *starters;
    raises *raises;
} work_view;

enum { CANDIDATES = KJ_COMMUTE_CANDIDATES, SCHOOL_AGE = 6 };

/* Those among the due persons who work and have no workplace yet, or change it. */
struct job_starters {
    uint32_t n, row[DUE_ROOM], home[DUE_ROOM];
    int32_t cell[DUE_ROOM];
    uint64_t luck[DUE_ROOM];
    uint32_t draw[3][4][DUE_ROOM];
};

/* Changes of income after tax that their households have not been told of yet; a person may have two. */
struct raises {
    uint32_t n, household[2 * DUE_ROOM]; /* ids, then rows */
    int32_t change[2 * DUE_ROOM];
};

/* Rows of the first workplaces whose cumulated number exceeds the tickets: bisection without branches, all tickets in step, so that their
   waits for memory overlap. */
static inline void workplaces_of(const int32_t *upto, uint32_t n, const uint32_t *ticket, int n_tickets, uint32_t *row)
{
    for (int i = 0; i < n_tickets; i++) row[i] = 0;
    while (n > 1) {
        uint32_t half = n / 2;
        for (int i = 0; i < n_tickets; i++) {
            const uint32_t next = row[i] + half;
            row[i] = (uint32_t)upto[next - 1] <= ticket[i] ? next : row[i];
        }
        n -= half;
    }
}

/* Draws, and cells of the homes, of those who start at a new workplace, -1 unknown; in passes, so that the waits for memory overlap.
   Rows and ids of no entity lead to row KJ_NO_ROW. */
static void prepare_starters(const work_view *v, job_starters *x)
{
    for (uint32_t i = 0; i < x->n; i++) {
        x->luck[i] = v->luck[x->row[i]];
        x->home[i] = v->home.household_row[v->household[x->row[i]]];
    }
    for (uint32_t number = 0; number < 3; number++)
        v->run->draw_many(v->place_draws, x->luck, x->n, v->month, number, x->draw[number][0], DUE_ROOM);
    homes_of(&v->home, x->home, x->n);
    for (uint32_t i = 0; i < x->n; i++) x->cell[i] = x->home[i] == KJ_NO_ROW ? -1 : v->dwelling_cell[x->home[i]];
}

/* Outside the map with the month's share, to places there by how many the start sends to each. Inside, gravity in two steps: eight
   openings drawn in proportion to their number, then one by distance, weight 1 / (1 + (distance / half)^2). */
static kj_id choose_workplace(const work_view *v, const job_starters *x, uint32_t k)
{
    const int32_t home = x->cell[k];
    const uint32_t n = v->n_workplaces;
    int32_t total = n ? v->openings_upto[n - 1] : 0, outside = n ? v->outside_upto[n - 1] : 0;
    uint32_t place[CANDIDATES], ticket[CANDIDATES];
    if (outside > 0 && (total <= 0 || x->draw[2][1][k] < v->outside)) {
        ticket[0] = kj_below(x->draw[2][2][k], (uint32_t)outside);
        workplaces_of(v->outside_upto, n, ticket, 1, place);
        return v->workplace_id[place[0]];
    }
    if (total <= 0) return 0;
    for (int i = 0; i < CANDIDATES; i++) ticket[i] = kj_below(x->draw[i / 4][i % 4][k], (uint32_t)total);
    workplaces_of(v->openings_upto, n, ticket, CANDIDATES, place);
    double weight[CANDIDATES], sum = 0.0;
    for (int i = 0; i < CANDIDATES; i++) {
        double distance2 = home < 0 ? 0.0 : (double)kj_grid_distance2(v->grid, home, v->workplace_cell[place[i]]) / (v->half_cells * v->half_cells);
        weight[i] = 1.0 / (1.0 + distance2);
        sum += weight[i];
    }
    double u = kj_uniform(x->draw[2][0][k]) * sum;
    int i = 0;
    for (; i < CANDIDATES - 1 && u >= weight[i]; i++) u -= weight[i];
    return v->workplace_id[place[i]];
}

static void set_workplace(const work_view *v, uint32_t row, kj_id id)
{
    kj_id before = v->workplace[row];
    if (before == id) return;
    if (before && v->workplace_row[before] != KJ_NO_ROW) v->run->add(v->ctx, v->d->workplace.filled, v->workplace_row[before], -1);
    if (id) v->run->add(v->ctx, v->d->workplace.filled, v->workplace_row[id], 1);
    v->workplace[row] = id;
}

static inline void set_income(const work_view *v, uint32_t row, int32_t gross)
{
    int32_t change = net_income(&v->tax, gross) - net_income(&v->tax, v->income[row]);
    v->income[row] = gross;
    raises *x = v->raises;
    x->household[x->n] = v->household[row];
    x->change[x->n] = change;
    x->n += change != 0;
}

/* In passes, so that the waits for memory overlap. */
static void tell_households(const work_view *v)
{
    raises *x = v->raises;
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n; i++) x->household[i] = v->home.household_row[x->household[i]];
    for (uint32_t i = 0; i < x->n; i++) {
        if (x->household[i] == KJ_NO_ROW) continue;
        x->household[n] = x->household[i];
        x->change[n++] = x->change[i];
    }
    v->run->add_many(v->ctx, v->d->household.income, x->household, x->change, n);
}

/* School years: pupil to 18; at 16 compulsory school is done, at 19 most have upper secondary. */
static void school_age(const work_view *v, uint32_t row, int32_t age)
{
    v->activity[row] = age < SCHOOL_AGE ? KJ_ACT_CHILD : KJ_ACT_PUPIL;
    if (age == WORK_AGE_MIN && v->education[row] < KJ_EDU_COMPULSORY) v->education[row] = KJ_EDU_COMPULSORY;
}

static void start_work(const work_view *v, uint32_t row, int32_t age)
{
    v->activity[row] = KJ_ACT_EMPLOYED;
    set_income(v, row, earned_income(&v->earnings, v->luck[row], v->education[row], age));
}

static void stop_work(const work_view *v, uint32_t row, int32_t age)
{
    set_workplace(v, row, 0);
    if (age >= 65) {
        int32_t pension = (int32_t)((double)v->income[row] * v->pension_ratio);
        v->activity[row] = KJ_ACT_RETIRED;
        set_income(v, row, pension > v->pension_floor ? pension : v->pension_floor);
    } else {
        v->activity[row] = KJ_ACT_NOT_EMPLOYED;
        set_income(v, row, v->not_employed_income);
    }
}

/* Those on their own have drawn already whether they end their studies and leave. Their homes are looked at where that decides. */
static bool ends_studies(const work_view *v, uint32_t row, int32_t age, uint32_t draw)
{
    const bool usually = draw < v->d->rates.finish[age - STUDY_AGE_MIN], alone = draw < v->d->rates.finish_and_stay[age - STUDY_AGE_MIN];
    if (usually == alone) return usually;
    const uint32_t household = v->home.household_row[v->household[row]];
    return household != KJ_NO_ROW && on_their_own(v->partner[row], v->head[household], v->person_id[row]) ? alone : usually;
}

/* Returns 1 if the person is or becomes a student this year. */
static int studies(const work_view *v, uint32_t row, int32_t age, kj_draw4 draw)
{
    if (age > STUDY_AGE_MAX) return 0;
    if (v->activity[row] == KJ_ACT_STUDENT) {
        if (!ends_studies(v, row, age, draw.v[0])) return 1;
        if (draw.v[1] < v->completion) v->education[row] = KJ_EDU_TERTIARY;
        v->activity[row] = KJ_ACT_PUPIL; /* out of school: employment draws a first job, as at 19 */
        return 0;
    }
    if (draw.v[0] >= v->d->rates.enrol[v->education[row]][age]) return 0;
    set_workplace(v, row, 0);
    v->activity[row] = KJ_ACT_STUDENT;
    set_income(v, row, v->student_income);
    return 1;
}

/* Of all but those who keep their jobs. */
static void employment(const work_view *v, uint32_t row, int32_t age, kj_draw4 draw)
{
    const rates *r = &v->d->rates;
    uint8_t education = v->education[row];
    int at = age - WORK_AGE_MIN, first = v->activity[row] == KJ_ACT_PUPIL;
    if (age > WORK_AGE_MAX) {
        if (v->activity[row] != KJ_ACT_RETIRED) stop_work(v, row, age);
        return;
    }
    if (v->activity[row] == KJ_ACT_EMPLOYED) {
        stop_work(v, row, age);
    } else if (draw.v[2] < (first ? r->employed : r->find_job)[education][at]) {
        start_work(v, row, age);
    } else if (v->activity[row] != KJ_ACT_RETIRED) {
        stop_work(v, row, age);
    }
    if (v->activity[row] == KJ_ACT_EMPLOYED && !v->workplace[row]) v->starters->row[v->starters->n++] = row;
}

static void work_year(const work_view *v, uint32_t row, kj_draw4 draw)
{
    int32_t age = age_at(v->month, v->birth_month[row]);
    if (age < STUDY_AGE_MIN) {
        school_age(v, row, age);
        return;
    }
    if (v->activity[row] == KJ_ACT_RETIRED && age > WORK_AGE_MAX) return;
    if (age == STUDY_AGE_MIN && v->activity[row] == KJ_ACT_PUPIL && v->education[row] < KJ_EDU_UPPER && draw.v[3] < v->upper_secondary)
        v->education[row] = KJ_EDU_UPPER;
    if (!studies(v, row, age, draw)) employment(v, row, age, draw);
}

/* Activity by age with which a year brings nothing: most children, and the old. */
static void settled_by_age(uint8_t settled[AGE_MAX + 1])
{
    for (int32_t age = 0; age <= AGE_MAX; age++)
        settled[age] = age < SCHOOL_AGE                             ? KJ_ACT_CHILD
                       : age < STUDY_AGE_MIN && age != WORK_AGE_MIN ? KJ_ACT_PUPIL
                       : age > WORK_AGE_MAX                         ? KJ_ACT_RETIRED
                                                                    : UINT8_MAX;
}

/* Due persons by what the year brings: most keep their jobs, nothing happens to the settled, and the others are left. Who is of which kind
   follows no pattern: no branches. */
typedef struct due_work {
    uint32_t n_keep, keep[DUE_ROOM], n_other, other[DUE_ROOM]; /* due numbers */
} due_work;

static void sift(const work_view *v, const due_people *due, due_work *x)
{
    const rates *r = &v->d->rates;
    x->n_keep = x->n_other = 0;
    for (uint32_t i = 0; i < due->n; i++) {
        const uint32_t row = due->row[i], activity = v->activity[row], education = v->education[row];
        const int32_t age = clamp_age(age_at(v->month, v->birth_month[row]), 0, AGE_MAX);
        const uint32_t keeps = (activity == KJ_ACT_EMPLOYED) & (due->draw[2][i] < r->keep_job[education][age]) & (due->draw[0][i] >= r->enrol[education][age]);
        const uint32_t in_care = v->household[row] == 0;
        x->keep[x->n_keep] = x->other[x->n_other] = i;
        x->n_keep += keeps & !in_care;
        x->n_other += !(keeps | (activity == v->settled[age]) | in_care);
        __builtin_prefetch(&v->home.household_row[v->household[row] & -keeps]);
    }
}

static void keep_jobs(const work_view *v, const due_people *due, const due_work *x)
{
    for (uint32_t k = 0; k < x->n_keep; k++) {
        const uint32_t i = x->keep[k], row = due->row[i];
        const int64_t raised = (int64_t)v->income[row] * v->d->rates.raise[v->education[row]][age_at(v->month, v->birth_month[row])] >> 16;
        set_income(v, row, raised < 100000000 ? (int32_t)raised : 100000000);
        v->starters->row[v->starters->n] = row;
        v->starters->n += (due->draw[3][i] < v->job_change) | (v->workplace[row] == 0);
    }
}

static kj_status run_work(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    const kj_grid *grid = run->grid(ctx);
    work_view v = {
        .d = d,
        .run = run,
        .ctx = ctx,
        .month = run->month(ctx),
        .grid = grid,
        .place_draws = run->stream(ctx, STREAM_WORKPLACE),
        .tax = read_tax_rule(d, ctx),
        .earnings = open_earnings(d, ctx),
        .birth_month = run->read(ctx, d->person.birth_month),
        .workplace_cell = run->read(ctx, d->workplace.cell),
        .openings_upto = run->read(ctx, d->workplace.openings_upto),
        .outside_upto = run->read(ctx, d->workplace.outside_upto),
        .dwelling_cell = run->read(ctx, d->dwelling.cell),
        .luck = run->read(ctx, d->person.luck),
        .household = run->read(ctx, d->person.household),
        .home = open_homes(d, ctx),
        .workplace_id = run->ids(ctx, d->t_workplace),
        .workplace_row = run->row_of(ctx, d->t_workplace),
        .education = run->write(ctx, d->person.education),
        .activity = run->write(ctx, d->person.activity),
        .workplace = run->write(ctx, d->person.workplace),
        .income = run->write(ctx, d->person.income),
        .partner = run->read(ctx, d->person.partner),
        .head = run->read(ctx, d->household.head),
        .person_id = run->ids(ctx, d->t_person),
        .n_workplaces = run->n_rows(ctx, d->t_workplace),
        .student_income = (int32_t)run->param(ctx, d->par.student_income),
        .not_employed_income = (int32_t)run->param(ctx, d->par.not_employed_income),
        .pension_floor = (int32_t)run->param(ctx, d->par.pension_floor),
        .pension_ratio = run->param(ctx, d->par.pension_ratio),
        .half_cells = run->param(ctx, d->par.commute_half_km) * 1000.0 / grid->cell_m,
        .upper_secondary = kj_threshold(run->param(ctx, d->par.upper_secondary_share)),
        .completion = kj_threshold(run->param(ctx, d->par.completion_share)),
        .job_change = kj_threshold(run->param(ctx, d->par.job_change)),
        .outside = run->n_rows(ctx, d->t_municipality) ? kj_threshold(((const double *)run->read(ctx, d->municipality.outside_share))[0]) : 0,
    };
    const due_columns columns = {run->read(ctx, d->person.birth_moy), run->read(ctx, d->person.resident), run->alive(ctx, d->t_person), v.luck};
    kj_stream stream = run->stream(ctx, STREAM_WORK);
    due_people due;
    due_work sifted;
    job_starters starters;
    raises raised;
    settled_by_age(v.settled);
    v.starters = &starters;
    v.raises = &raised;
    for (uint32_t from = begin; from < end;) {
        from = due_find(run, &due, &columns, stream, from, end, v.month);
        starters.n = raised.n = 0;
        sift(&v, &due, &sifted);
        keep_jobs(&v, &due, &sifted);
        for (uint32_t i = 0; i < sifted.n_other; i++) work_year(&v, due.row[sifted.other[i]], due_draw(&due, sifted.other[i]));
        tell_households(&v);
        prepare_starters(&v, &starters);
        for (uint32_t i = 0; i < starters.n; i++) {
            const kj_id found = choose_workplace(&v, &starters, i);
            if (found) set_workplace(&v, starters.row[i], found);
        }
    }
    return KJ_OK;
}

typedef struct job_market {
    const uint8_t *alive;
    const int32_t *cell, *jobs, *filled;
    double turnover, elasticity;
    uint32_t n;
} job_market;

static job_market open_market(const demography *d, kj_ctx *ctx, const int32_t *filled)
{
    const kj_run_v1 *run = d->run;
    return (job_market){.alive = run->alive(ctx, d->t_workplace), .cell = run->read(ctx, d->workplace.cell), .jobs = run->read(ctx, d->workplace.jobs),
                        .filled = filled, .turnover = run->param(ctx, d->par.job_turnover),
                        .elasticity = run->param(ctx, d->par.outside_jobs_elasticity), .n = run->n_rows(ctx, d->t_workplace)};
}

/* Openings of a workplace inside the map, in hundredths: jobs that nobody from the map holds, whoever commutes in to them, and a share of all
   for those who change. */
static int32_t openings(const job_market *m, uint32_t row)
{
    if (!m->alive[row] || m->cell[row] < 0) return 0;
    return (m->jobs[row] > m->filled[row] ? 100 * (m->jobs[row] - m->filled[row]) : 0) + (int32_t)(100.0 * (double)m->jobs[row] * m->turnover);
}

/* Jobs inside the map for each resident in work, to the power by which the odds of working outside answer to them; 0 without either. */
static double jobs_each(const job_market *m)
{
    int64_t jobs = 0, held = 0;
    for (uint32_t row = 0; row < m->n; row++) {
        jobs += m->alive[row] && m->cell[row] >= 0 ? m->jobs[row] : 0;
        held += m->alive[row] ? m->filled[row] : 0;
    }
    return jobs > 0 && held > 0 ? kj_pow((double)jobs / (double)held, m->elasticity) : 0.0;
}

void fit_outside_pull(state *s)
{
    const demography *d = s->d;
    const job_market m = open_market(d, s->ctx, s->workplace_filled);
    double *pull = s->run->write(s->ctx, d->municipality.outside_pull), inside = 0.0, outside = 0.0;
    for (uint32_t row = 0; row < m.n; row++) *(m.cell[row] < 0 ? &outside : &inside) += m.filled[row];
    const double now = inside > 0.0 ? outside / inside * jobs_each(&m) : 0.0;
    for (uint32_t i = 0; i < s->n_municipalities; i++) pull[i] = now;
}

/* What those who start to work choose from this month. */
static kj_status run_jobs(void *instance, kj_ctx *ctx, uint32_t begin, uint32_t end)
{
    (void)begin, (void)end;
    const demography *d = instance;
    const kj_run_v1 *run = d->run;
    const job_market m = open_market(d, ctx, run->read(ctx, d->workplace.filled));
    int32_t *upto = run->write(ctx, d->workplace.openings_upto), *outside_upto = run->write(ctx, d->workplace.outside_upto), open = 0, outside = 0;
    for (uint32_t row = 0; row < m.n; row++) {
        upto[row] = open += openings(&m, row);
        outside_upto[row] = outside += m.alive[row] && m.cell[row] < 0 ? m.jobs[row] : 0;
    }
    const double *pull = run->read(ctx, d->municipality.outside_pull), now = jobs_each(&m);
    double *share = run->write(ctx, d->municipality.outside_share);
    for (uint32_t i = 0; i < run->n_rows(ctx, d->t_municipality); i++) share[i] = now > 0.0 ? pull[i] / (pull[i] + now) : 0.0;
    return KJ_OK;
}

kj_status register_work(demography *d)
{
    const kj_use job_uses[] = {kj_reads(d->workplace.cell), kj_reads(d->workplace.jobs), kj_reads(d->workplace.filled), kj_reads(d->municipality.outside_pull),
                               kj_writes(d->workplace.openings_upto), kj_writes(d->workplace.outside_upto), kj_writes(d->municipality.outside_share)};
    kj_system_def jobs = {.struct_size = sizeof jobs,
                          .name = "demography.jobs",
                          .doc = "Counts the openings of all workplaces, and who would work outside the map.",
                          .phase = KJ_PHASE_MONEY,
                          .shape = KJ_SERIAL,
                          .uses = job_uses,
                          .n_uses = sizeof job_uses / sizeof job_uses[0],
                          .run = run_jobs};
    kj_status status = d->reg->system(d->host->impl, &jobs);
    use_list list = {.n = 0};
    uses(&list, kj_adds(d->household.income)); /* first: looked up once a person */
    uses(&list, kj_adds(d->workplace.filled));
    const kj_col reads[] = {d->municipality.income_level,  d->person.birth_moy, d->person.resident,    d->person.birth_month,      d->person.luck,
                            d->person.household,           d->workplace.cell,   d->household.living,   d->workplace.openings_upto, d->workplace.outside_upto,
                            d->municipality.outside_share, d->dwelling.cell,    d->household.dwelling, d->household.host,          d->household.head,
                            d->person.partner};
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) uses(&list, kj_reads(reads[i]));
    uses(&list, kj_writes(d->person.education));
    uses(&list, kj_writes(d->person.activity));
    uses(&list, kj_writes(d->person.workplace));
    uses(&list, kj_writes(d->person.income));
    const char *const after[] = {"demography.jobs", NULL};
    kj_system_def work = {.struct_size = sizeof work, .name = "demography.work",
                          .doc = "Studies, employment, workplace and income of everybody whose birth month it is.", .phase = KJ_PHASE_MONEY,
                          .shape = KJ_ROWS, .over = d->t_person, .uses = list.items, .n_uses = list.n, .after = after, .run = run_work};
    if (!status) status = d->reg->system(d->host->impl, &work);
    return status;
}
